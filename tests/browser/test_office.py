"""The office in a browser: an agreement from draft to key by two people without scripts, and how the pages look."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.clerk import codes_of
from tests.stack import Stack

AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
PROVIDER = "Verzonnen bibliotheek"
People = tuple[BrowserContext, BrowserContext]


@pytest.fixture(scope="module")
def people(chromium: Browser, stack: Stack) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """The two coordinators of the demo, signed in by typing, in browsers that run no scripts."""
    staff = json.loads(stack.home.demo_staff.read_text())
    contexts = [signed_in(chromium, stack.office, staff[who]) for who in ("coordinator", "second coordinator")]
    yield contexts[0], contexts[1]
    for context in contexts:
        context.close()


def signed_in(chromium: Browser, office: str, account: Any, **options: Any) -> BrowserContext:
    context = chromium.new_context(base_url=office, java_script_enabled=False, **options)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Staff code").fill(account["staff_code"])
    page.get_by_label("Password").fill(account["password"])
    page.keyboard.press("Enter")
    for code in codes_of(account):
        page.get_by_label("Code", exact=True).fill(code)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if not page.url.endswith("/sign-in/code"):
            break
    assert page.url == f"{office}/agreements"
    page.close()
    return context


@pytest.fixture(scope="module")
def agreement(people: People) -> str:
    """The address of an agreement that one coordinator wrote and the other activated, by their pages alone."""
    writing, activating = (context.new_page() for context in people)
    writing.goto("/agreements")
    writing.get_by_role("link", name="Write an agreement").click()
    writing.get_by_label("Organisation", exact=True).fill(PROVIDER)
    writing.get_by_label("Sector").select_option("culture")
    writing.get_by_label("What they check cards for").fill("lending books")
    writing.get_by_label("Name", exact=True).check()
    writing.get_by_label("Contact").fill("front desk")
    writing.get_by_label("The organisation signed").check()
    writing.get_by_role("button", name="Keep the draft").click()
    expect(writing.get_by_role("button", name="Activate")).to_have_count(0)

    activating.goto("/agreements")
    activating.get_by_role("link", name=PROVIDER).click()
    activating.get_by_role("button", name="Activate").click()
    expect(activating.locator(".badge")).to_have_text("Active")
    address = activating.url
    writing.close()
    activating.close()
    return address


def test_a_key_made_on_the_page_opens_the_gate(people: People, agreement: str, stack: Stack):
    page = people[0].new_page()
    page.goto(agreement)
    page.get_by_role("button", name="Make an API key").click()
    api_key = page.locator(".shown-once").inner_text()
    assert stack.terms_of(api_key)["provider"] == PROVIDER
    page.goto(agreement)
    expect(page.locator(".shown-once")).to_have_count(0)
    page.close()


def test_what_is_kept_in_the_office_is_published_and_believed(people: People, agreement: str, stack: Stack):
    page = people[0].new_page()
    page.goto("/places/new")
    page.get_by_label("Name of the place").fill(PROVIDER)
    page.get_by_label("Sector").select_option("culture")
    page.get_by_label("Address").fill("Gracht 1")
    page.get_by_label("Languages").fill("nl ar")
    page.get_by_role("button", name="Keep and publish").click()
    expect(page.get_by_role("link", name=PROVIDER)).to_be_visible()
    page.close()
    assert stack.word("publish").returncode == 0
    public = stack.public_services()
    assert PROVIDER in {place.name for place in public.places}
    assert PROVIDER in {listed.provider for listed in public.agreements}


@pytest.fixture(params=["light", "dark"])
def looked_at(request: pytest.FixtureRequest, chromium: Browser, people: People, stack: Stack) -> Iterator[Page]:
    """A page of the signed-in coordinator that runs scripts, for axe."""
    context = chromium.new_context(base_url=stack.office, color_scheme=request.param)
    context.add_cookies(people[1].cookies())
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_and_nothing_stands_beside_the_screen(looked_at: Page, agreement: str):
    for address in (
        "/agreements",
        "/agreements/new",
        agreement,
        "/places",
        "/places/new",
        "/places?lang=nl",
        "/statistics",
    ):
        looked_at.goto(address)
        looked_at.evaluate(AXE.read_text())
        found = looked_at.evaluate("() => axe.run()")
        assert [issue["id"] for issue in found["violations"]] == [], address
        looked_at.set_viewport_size({"width": 320, "height": 800})
        assert looked_at.evaluate("() => document.documentElement.scrollWidth") <= 320, address
        looked_at.set_viewport_size({"width": 1280, "height": 800})
