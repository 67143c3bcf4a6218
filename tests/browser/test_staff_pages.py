"""Invitation, passkeys and one's own account in Chromium, whose virtual authenticator stands for a finger on a key."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.browser.test_scan_page import AXE
from tests.stack import Stack

PASSWORD = "seven quiet herons"


def localhost(stack: Stack) -> str:
    """The desk's address under a name: browsers bind no passkey to a number."""
    return stack.desk.replace("127.0.0.1", "localhost")


def invite(stack: Stack, role: str = "clerk") -> dict[str, Any]:
    done = stack.word("staff", "invite", f"--role={role}", f"--desk={localhost(stack)}", "--json")
    return dict(json.loads(done.stdout))


@pytest.fixture
def own(chromium: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """A browser in which nobody signed in yet."""
    context = chromium.new_context(base_url=localhost(stack), viewport={"width": 1280, "height": 960})
    yield context
    context.close()


def key_in(page: Page) -> tuple[CDPSession, str]:
    """A platform authenticator with finger, in this page's tab."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def judge(page: Page) -> None:
    """Axe finds nothing, light or dark, and nothing sticks out of a narrow screen."""
    page.evaluate(AXE.read_text())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("() => axe.run()")["violations"]
        assert [f"{it['id']}: {it['nodes'][0]['html'][:90]}" for it in found] == [], (page.url, scheme)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size({"width": 1280, "height": 960})


def signed_in_as(page: Page, staff_code: str) -> None:
    expect(page.locator(".account__code")).to_have_text(staff_code)


def test_a_clerk_makes_an_invited_account_their_own_and_works_with_a_passkey_only(own: BrowserContext, stack: Stack):
    made, page = invite(stack), own.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    session, authenticator = key_in(page)

    page.goto(made["link"])
    expect(page.get_by_label("Code of the invitation")).to_have_value(made["link"].split("#")[1])
    assert page.url == f"{localhost(stack)}/invitation", "the code is in no history"
    judge(page)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    judge(page)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    assert len(page.locator(".codes__code").all()) == 10
    judge(page)
    page.emulate_media(media="print")
    expect(page.get_by_text("Keep this sheet")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="I have them on paper").click()

    signed_in_as(page, made["staff_code"])
    expect(page.get_by_text("Passkey 1", exact=True)).to_be_visible()
    judge(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The browser gave no passkey")).to_be_visible()  # this authenticator has one already
    page.get_by_role("link", name="Set up", exact=True).click()
    expect(page.get_by_role("heading", name="Authenticator app")).to_be_visible()
    judge(page)
    page.goto("/account")
    page.get_by_role("button", name="Remove passkey 1").click()
    expect(page.get_by_text("Not removed")).to_be_visible()
    judge(page)

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    judge(page)
    # A finger that is not recognised; then as second factor behind a password.
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The browser gave no passkey")).to_be_visible()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.get_by_label("Staff code").fill(made["staff_code"])
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Use your passkey")).to_be_visible()
    judge(page)
    page.get_by_role("button", name="Use your passkey").click()
    signed_in_as(page, made["staff_code"])

    # In place of password and code.
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    signed_in_as(page, made["staff_code"])

    # The session ends while something is typed: a passkey brings it back, and what was asked is done.
    page.locator("#take-photo").wait_for()
    page.get_by_label("Name", exact=True).fill("Imane Verzonnen")
    own.clear_cookies(name="desk_session")
    page.get_by_text("Refuse, with a letter").click()
    page.get_by_label("Reason of the refusal").select_option("home_unproven")
    page.get_by_role("button", name="Refuse and make the letter").click()
    with page.expect_response("**/refusals") as answer:
        page.get_by_role("dialog", name="Sign in again").get_by_role("button", name="Use a passkey").click()
    assert answer.value.status == 201
    assert page.get_by_label("Name", exact=True).input_value() == "Imane Verzonnen"
    assert not [text for text in complaints if re.search("Content Security Policy|TypeError", text)], complaints


def test_a_page_that_offers_no_passkeys_says_so(own: BrowserContext):
    page = own.new_page()
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto("/sign-in")
    expect(page.get_by_text("This browser offers no passkeys here")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    judge(page)
