"""How the desk page looks in all its states: readable for everybody, on every screen, and harmless on paper."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clerk import clear_all, fill_in, see
from tests.browser.test_scan_page import AXE

STATES = "leaflet", "errors", "refusal", "override", "preview", "question", "again", "printed", "corrected", "block"


def states(page: Page) -> Iterator[str]:
    """Leads the page through everything it can show; gives the name of each state."""
    page.get_by_role("radio", name="العربية").click()
    expect(page.locator('[data-leaflet="ar"]')).to_be_visible()
    yield "leaflet"
    page.get_by_role("button", name="Informed: go on").click()
    page.get_by_label("Child from 10: a carer is here").check()
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#name-error")).to_be_visible()
    yield "errors"
    page.get_by_text("Refuse, with a letter").click()
    page.get_by_label("Reason of the refusal").select_option("home_unproven")
    yield "refusal"
    page.get_by_role("button", name="Refuse and make the letter").click()
    page.locator("#override-form").wait_for()
    yield "override"
    page.get_by_label("The child is 10 or older").check()
    page.get_by_role("button", name="Take photo").click()
    fill_in(page, "Nkechinyere Adaobi Chukwuemeka-Oyelaran")
    see(page)
    yield "preview"
    page.get_by_role("button", name="Clear all").click()
    page.get_by_role("alertdialog").wait_for()
    yield "question"
    page.get_by_role("button", name="Cancel").click()
    page.route("**/cards", lambda route: route.fulfill(status=401, json={"title": "Sign in first"}), times=1)
    page.get_by_role("button", name="Issue card").click()
    page.get_by_role("dialog", name="Sign in again").wait_for()
    yield "again"
    page.get_by_role("button", name="Not now").click()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#printed")).to_be_visible()
    yield "printed"
    page.get_by_role("button", name="Correct a typing error").click()
    expect(page.locator("#issue-status")).to_contain_text("Correcting")
    yield "corrected"
    page.get_by_role("button", name="Block a card").click()
    page.get_by_role("button", name="Suspend card").click()
    yield "block"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(page: Page, scheme: Any):
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AXE.read_text())
    seen = []
    for state in states(page):
        found = page.evaluate("() => axe.run(document, { iframes: false })")["violations"]
        assert [f"{state}: {it['id']}: {it['nodes'][0]['html'][:90]}" for it in found] == []
        seen.append(state)
    assert seen == list(STATES)


def test_axe_would_find_something(page: Page):
    page.evaluate(AXE.read_text())
    page.evaluate("() => document.getElementById('name').labels[0].remove()")
    found = page.evaluate("() => axe.run(document, { iframes: false })")["violations"]
    assert "label" in {it["id"] for it in found}


# A screen of 1280 pixels at 400 % zoom is 320 wide.
def test_nothing_stands_beside_a_narrow_screen_in_any_state(page: Page):
    page.set_viewport_size({"width": 320, "height": 800})
    for state in states(page):
        assert (state, page.evaluate("() => document.documentElement.scrollWidth")) == (state, 320)


def test_on_paper_there_is_the_leaflet_or_a_line_but_never_what_was_typed(page: Page):
    fill_in(page)
    see(page)
    page.emulate_media(media="print")
    assert page.locator("main").inner_text().strip().startswith("Nothing on this page is meant for paper")
    expect(page.get_by_label("Name", exact=True)).to_be_hidden()
    expect(page.locator("#preview")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("radio", name="Deutsch").click()
    page.emulate_media(media="print")
    shown = page.locator("main").inner_text()
    assert page.locator('[data-leaflet="de"] h3').inner_text() in shown
    assert "Amara" not in shown and "Nothing on this page" not in shown
    page.emulate_media(media="screen")
    clear_all(page)


def test_the_demo_is_marked(page: Page):
    expect(page.get_by_text("Cards made here are refused everywhere else")).to_be_visible()
