"""The scanner page at a library's counter: typed key, scanned cards, whole-page verdicts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from cardservice.cli.portrait import draw_portrait
from tests.stack import Stack

NAME = "Layla Example"
VALID, REFUSED = "rgb(23, 102, 58)", "rgb(156, 34, 25)"


@pytest.fixture(scope="module")
def api_key(stack: Stack) -> str:
    return stack.agree("name", "photo")


@pytest.fixture(scope="module")
def faces(stack: Stack) -> dict[str, str]:
    """The QR texts of a card of an invented person, by face."""
    issued = stack.issue(name=NAME, picture=draw_portrait(3))
    return {face["name"]: face["qr"] for face in issued["faces"]}


@pytest.fixture
def page(chromium: Browser, stack: Stack) -> Iterator[Page]:
    """The empty scanner page. Whatever a test does, nothing may break the policy, set a cookie or leave the origin."""
    context = chromium.new_context(base_url=stack.gate, viewport={"width": 320, "height": 640}, color_scheme="light")
    page = context.new_page()
    complaints: list[str] = []
    requests: list[Request] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request))
    page.goto("/scan/")
    yield page
    assert not [text for text in complaints if "Content Security Policy" in text or "Error" in text], complaints
    assert not [request.url for request in requests if not request.url.startswith((stack.gate, "data:"))]
    assert context.cookies() == []
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    context.close()


@pytest.fixture
def scanner(page: Page, api_key: str) -> Page:
    """The page after the key was typed, waiting for a card."""
    expect(page.get_by_label("API key")).to_be_focused()
    page.keyboard.type(api_key)
    page.keyboard.press("Enter")
    expect(page.get_by_label("QR text")).to_be_focused()
    return page


def scan(page: Page, text: str) -> None:
    """As a keyboard scanner does: characters into whatever has the focus, and Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def colour(page: Page) -> Any:
    return page.evaluate("() => getComputedStyle(document.getElementById('verdict')).backgroundColor")


def test_a_wrong_key_is_told_and_nothing_can_be_scanned(page: Page) -> None:
    page.keyboard.type("cs_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This API key is not known")
    expect(page.get_by_label("QR text")).to_be_hidden()


def test_a_valid_card_fills_the_screen_with_the_agreed_fields(scanner: Page, faces: dict[str, str]) -> None:
    scan(scanner, faces["portrait"])
    verdict = scanner.get_by_role("region", name="Valid")
    expect(verdict).to_be_focused()
    expect(verdict).to_contain_text(NAME)
    expect(verdict.get_by_role("img", name="Photo on the card")).to_be_visible()
    assert scanner.evaluate("() => document.getElementById('card-photo').naturalWidth") > 0
    expect(scanner.locator("#card-number")).to_have_text(re.compile(r"^[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]$"))
    assert colour(scanner) == VALID
    assert scanner.evaluate("() => document.documentElement.scrollWidth") == 320


def test_a_refused_card_says_what_to_do_and_that_nobody_is_turned_away(scanner: Page, faces: dict[str, str]) -> None:
    scan(scanner, faces["compact"][:-6] + "000000")
    verdict = scanner.get_by_role("region", name="Not valid")
    expect(verdict).to_contain_text("Do not turn the person away.")
    expect(scanner.locator("#card")).to_be_hidden()
    assert colour(scanner) == REFUSED


def test_the_next_card_may_be_scanned_while_a_verdict_is_shown(scanner: Page, faces: dict[str, str]) -> None:
    scan(scanner, "NONSENSE")
    expect(scanner.get_by_role("heading", name="Not valid")).to_be_visible()
    scan(scanner, faces["compact"])
    expect(scanner.get_by_role("heading", name="Valid", exact=True)).to_be_visible()


def test_nothing_of_a_card_stays_on_the_page(scanner: Page, faces: dict[str, str]) -> None:
    scan(scanner, faces["portrait"])
    expect(scanner.get_by_role("heading", name="Valid")).to_be_visible()
    scanner.keyboard.press("Escape")
    expect(scanner.get_by_label("QR text")).to_be_focused()
    assert scanner.get_by_label("QR text").input_value() == ""
    left = scanner.content()
    assert NAME not in left
    assert "data:image" not in left


def test_a_forgotten_key_is_gone(scanner: Page, api_key: str) -> None:
    scanner.get_by_role("button", name="Forget key").click()
    expect(scanner.get_by_label("API key")).to_be_focused()
    assert scanner.get_by_label("API key").input_value() == ""
    assert api_key not in scanner.content()


def test_when_the_server_cannot_be_reached_nothing_is_claimed(scanner: Page, faces: dict[str, str]) -> None:
    scanner.context.set_offline(True)
    scan(scanner, faces["compact"])
    expect(scanner.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(scanner.locator("#verdict")).to_be_hidden()
    scanner.context.set_offline(False)
