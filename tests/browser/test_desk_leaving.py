"""What is left when the desk page is left: a warning before, nobody after."""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from privacy.search import Needle, search, text_needles
from tests.browser.clerk import NAME, confirm_and_go_on, issue, sent_to
from tests.stack import Stack

NAMED = "Zebulon Quartermain"


@pytest.fixture
def profiled(tmp_path: Path, launch: dict[str, Any], stack: Stack, signed_in_cookies: Any, chromium: Browser) -> Any:
    """A browser of its own whose profile lies on disk, as at a desk."""
    context = chromium.browser_type.launch_persistent_context(tmp_path / "profile", base_url=stack.desk, **launch)
    context.add_cookies(signed_in_cookies)
    return context


def test_leaving_with_a_resident_on_the_page_warns(page: Page):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Name", exact=True).press_sequentially("A")
    page.goto("/healthz")
    assert asked == ["beforeunload"]


def test_leaving_a_finished_page_does_not_warn_and_coming_back_shows_nobody(page: Page):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    issue(page)
    page.get_by_role("button", name="Confirm printed").click()
    expect(page.get_by_role("button", name="Next resident")).to_be_visible()
    page.goto("/healthz")
    page.go_back()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    assert NAME not in page.content()
    assert asked == []


def test_nothing_is_kept_in_the_browser(page: Page, context: BrowserContext):
    issue(page)
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    )
    assert kept == [0, 0, 0]
    assert {cookie["name"] for cookie in context.cookies()} == {"desk_session", "csrftoken"}
    for field in page.locator("#issue-form input:not([type=radio], [type=file])").all():
        assert field.get_attribute("autocomplete") == "off"
        assert field.get_attribute("name") is None, "a field without name cannot end up in an address or in autofill"


def test_the_browsers_profile_on_disk_names_nobody_afterwards(profiled: BrowserContext, tmp_path: Path):
    page = profiled.new_page()
    page.goto("/")
    page.get_by_role("button", name="Take photo").click()
    page.get_by_label("Birth date").fill("19-11-1973")
    sent = sent_to(page, "/cards")
    card = issue(page, NAMED)
    confirm_and_go_on(page)
    page.get_by_role("button", name="Block a card").click()
    page.get_by_label("Slip or card").check()
    page.get_by_label("Slip code or scanned QR").fill(card["slip_code"])
    page.get_by_label("Why").select_option("stolen")
    page.get_by_role("button", name="Revoke card for good").click()
    expect(page.locator("#block-done")).to_contain_text("is revoked for good")
    order = sent[0].post_data_json
    # Planted as a page would that kept something: the search must find this one.
    page.evaluate("() => localStorage.setItem('planted', 'Planted Resident')")
    expect(page.locator("#block")).to_be_visible()
    profiled.close()

    needles = [*text_needles("name", NAMED), Needle("birth date", b"1973-11-19"), Needle("typed", b"19-11-1973")]
    needles += [Needle("seed", order["issue_seed"].encode()), Needle("slip", card["slip_code"].encode())]
    needles += [Needle("qr", face["qr"][60:100].encode()) for face in card["faces"]]
    for photo in ("photo_qr", "photo_print"):
        needles.append(Needle(photo, base64.b64decode(order[photo])[60:100]))
    needles += [Needle(sheet, base64.b64decode(card[sheet])[900:932]) for sheet in ("card_pdf", "paper_pdf")]
    assert search([tmp_path / "profile"], needles) == []
    assert search([tmp_path / "profile"], text_needles("control", "Planted Resident"))
    written = {"cache": base64.b64encode(b"x" + NAMED.encode()), "history": NAMED.encode("utf-16-le")}
    for file, content in (written | {"session": NAMED.encode().hex().encode()}).items():
        (tmp_path / "profile" / file).write_bytes(content)
    found = search([tmp_path / "profile"], needles)
    assert {hit.path.name for hit in found} == {"cache", "history", "session"}
