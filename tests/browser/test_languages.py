"""The desk in another language: page, scripts and refusals, as browser or address ask; nothing remembers it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack import Stack


@pytest.fixture
def dutch(chromium: Browser, stack: Stack, signed_in_cookies: Any) -> Iterator[Page]:
    """The desk page in a browser that prefers Dutch as it is spoken in Belgium."""
    context = chromium.new_context(base_url=stack.desk, locale="nl-BE")
    context.add_cookies(signed_in_cookies)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def test_page_scripts_and_refusals_speak_the_language_of_the_browser(dutch: Page):
    assert dutch.locator("html").get_attribute("lang") == "nl"
    expect(dutch.get_by_role("radio", name="Nederlands")).to_be_focused()
    dutch.get_by_role("button", name="Pas bekijken").click()
    expect(dutch.locator("#name-error")).to_have_text("Typ de naam.")
    dutch.get_by_label("Paspoort").check()
    dutch.get_by_label("Brief van opvang").check()
    dutch.get_by_label("Naam", exact=True).fill("李")
    with dutch.expect_response("**/cards/preview") as answer:
        dutch.get_by_role("button", name="Pas bekijken").click()
    assert answer.value.status == 400
    expect(dutch.locator("#name-error")).to_contain_text(
        "De naam bevat een letter waarvoor de pasprinter geen vorm heeft"
    )


def test_the_address_may_ask_for_another_language_and_nothing_remembers_it(dutch: Page):
    before = dutch.context.cookies()
    dutch.goto("/?lang=en")
    assert dutch.locator("html").get_attribute("lang") == "en"
    expect(dutch.get_by_label("Passport")).to_be_visible()
    dutch.goto("/?lang=ar")
    assert dutch.locator("html").get_attribute("lang") == "nl", "screens of staff are whole in Dutch and English only"
    assert [cookie["name"] for cookie in dutch.context.cookies()] == [cookie["name"] for cookie in before]


def test_the_leaflet_is_shown_in_the_residents_language_which_the_paper_then_has(dutch: Page):
    dutch.get_by_role("radio", name="العربية").click()
    leaflet = dutch.locator('[data-leaflet="ar"]')
    expect(leaflet).to_be_visible()
    expect(leaflet).to_contain_text("المدينة لا تحتفظ بأي شيء عنك")
    assert leaflet.evaluate("element => getComputedStyle(element).direction") == "rtl"
    assert dutch.locator("[data-leaflet]:visible").count() == 1
    expect(dutch.get_by_label("Taal van het papier")).to_have_value("ar")
    dutch.get_by_label("Taal van het papier").select_option("fr")
    expect(dutch.locator('[data-leaflet="fr"]')).to_be_visible()
    # The next resident does not see which language the last one read.
    dutch.get_by_role("button", name="Alles wissen").click()
    expect(dutch.locator("#leaflet")).to_be_hidden()
    expect(dutch.get_by_label("Taal van het papier")).to_have_value("nl")
    expect(dutch.get_by_role("radio", name="Nederlands")).to_be_checked()
