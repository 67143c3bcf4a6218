"""What a clerk does at the desk page, for tests of it."""

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, Request, Route, expect

NAME = "Amara Nwosu"


def sent_to(page: Page, address: str) -> list[Request]:
    """The list of POSTs to `address`; grows while the page works."""
    sent: list[Request] = []
    page.on("request", lambda request: request.url.endswith(address) and sent.append(request))
    return sent


def issue(page: Page, name: str = NAME) -> dict[str, Any]:
    """Ticks evidence, types a name, sees the card and issues it; the answer of the desk."""
    fill_in(page, name)
    see(page)
    with page.expect_response("**/cards") as answer:
        page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#printed-number")).to_have_text(answer.value.json()["card_number"])
    card: dict[str, Any] = answer.value.json()
    return card


def fill_in(page: Page, name: str = NAME) -> None:
    """Ticks evidence and types a name."""
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(name)


def see(page: Page) -> None:
    """Asks to see the card, and returns when it can be issued."""
    page.get_by_role("button", name="See the card").click()
    expect(page.get_by_role("button", name="Issue card")).to_be_focused()


def see_evidence(page: Page) -> None:
    """Ticks what is enough for somebody without an address."""
    page.get_by_label("Passport, identity or consular card").check()
    page.get_by_label("Letter of a shelter, NGO or health service").check()


def held(page: Page, address: str) -> list[Route]:
    """The next request to `address`, once made: it waits here until it is told to go on."""
    waiting: list[Route] = []
    page.route(address, lambda route: waiting.append(route), times=1)  # Playwright takes no built-in as handler
    return waiting


def let_go(page: Page, waiting: list[Route]) -> None:
    """Sends the held request, and returns when the page has had its answer for a while."""
    with page.expect_response(waiting[0].request.url):
        waiting[0].continue_()
    page.wait_for_timeout(500)


def confirm_and_go_on(page: Page) -> None:
    page.get_by_role("button", name="Confirm printed").click()
    page.get_by_role("button", name="Next resident").click()


def clear_all(page: Page) -> None:
    """Clears the page of somebody whose evidence or name stands there."""
    page.get_by_role("button", name="Clear all").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Clear all").click()


def discard(page: Page) -> None:
    """Discards the card that was just made."""
    page.get_by_role("button", name="Discard this card").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Discard this card").click()


def codes_of(account: dict[str, str]) -> list[str]:
    """Codes of the second factor that the desk takes now: each is good once, and other tests use some."""
    now = int(time.time()) // 30
    return [format_hotp_value(hotp_value(account["totp_secret"], now + period)) for period in (0, 1, -1)]
