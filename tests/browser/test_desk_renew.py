"""Renewal at the desk page: the old card is scanned, its content filled in, and it is blocked with the confirmation."""

import base64
import json
import secrets
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Page, expect

from tests.browser.clerk import issue, sent_to
from tests.stack import Stack

AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
ARABIC = "فاطمة الزهراء"


def scan(page: Page, text: str) -> None:
    """A hand scanner: types into the page and ends with Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def _born_card(stack: Stack, name: str = "Amina Example", **order: Any) -> dict[str, Any]:
    """A confirmed card made elsewhere."""
    seed = secrets.token_hex(32)
    clerk = stack.clerk()
    body = {"issue_seed": seed, "profile": "standard", "policy_version": 1, "name": name, "language": "ar"} | order
    issued = clerk.post("/cards", body)
    assert clerk.post("/cards/ack", {"issue_seed": seed})["state"] == "active"
    return issued


def _begin(page: Page, text: str) -> None:
    page.get_by_role("button", name="Renew a card").click()
    expect(page.locator("#renew-title")).to_be_focused()
    scan(page, text)


def _state(stack: Stack, card: dict[str, Any]) -> str:
    """What the desk says when the card is suspended: a revoked one stays revoked."""
    body = {"card_number": card["card_number"], "purpose": "lost"}
    return str(stack.clerk().post("/cards/suspend", body)["state"])


def test_a_scanned_card_is_renewed_with_keyboard_and_hand_scanner_alone(page: Page, stack: Stack):
    old = _born_card(stack, ARABIC, born="1985-03-27")
    sent, acknowledged = sent_to(page, "/cards"), sent_to(page, "/cards/ack")

    _begin(page, old["faces"][1]["qr"])

    expect(page.get_by_label("Name", exact=True)).to_have_value(ARABIC)
    expect(page.get_by_label("Birth date")).to_have_value("27-03-1985")
    expect(page.locator("#renewing")).to_contain_text(old["card_number"])
    expect(page.locator("#evidence-points")).to_have_text("The old card is enough: it is still valid.")
    expect(page.locator("#evidence")).to_be_hidden()
    page.locator("#see-button").press("Enter")
    expect(page.get_by_role("button", name="Renew card")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#printed")).to_be_visible()
    page.locator("#ack-button").press("Enter")
    expect(page.locator("#printed-status")).to_contain_text("the old one no longer")

    assert json.loads(sent[0].post_data or "")["renews"] == [old["faces"][1]["qr"]]
    assert json.loads(acknowledged[0].post_data or "")["renews"] == old["card_number"]
    assert _state(stack, old) == "revoked"

    # The next resident finds nothing of this one.
    page.get_by_role("button", name="Next resident").click()
    expect(page.locator("#renewing")).to_be_hidden()
    expect(page.locator("#evidence")).to_be_visible()
    issue(page)
    assert "renews" not in json.loads(sent[-1].post_data or "")


def test_a_blocked_card_is_refused_in_words_and_another_may_be_scanned(page: Page, stack: Stack):
    blocked, good = _born_card(stack, "Blocked Example"), _born_card(stack, "Good Example")
    _state(stack, blocked)
    _begin(page, blocked["faces"][0]["qr"])
    expect(page.locator("#renew-alert")).to_contain_text("This card is blocked")
    scan(page, good["faces"][0]["qr"])
    expect(page.get_by_label("Name", exact=True)).to_have_value("Good Example")


def test_a_scanner_on_another_keyboard_layout_is_understood(page: Page, stack: Stack):
    old = _born_card(stack, "Layout Example")
    page.get_by_role("button", name="Renew a card").click()
    page.evaluate(
        """(text) => {
            const keys = { " ": ["Space", false], "-": ["Minus", false], ".": ["Period", false], "/": ["Slash", false],
                           "$": ["Digit4", true], "%": ["Digit5", true], "*": ["Digit8", true], "+": ["Equal", true],
                           ":": ["Semicolon", true] };
            for (const symbol of text) {
                const [code, shiftKey] = keys[symbol]
                    ?? (/[0-9]/.test(symbol) ? [`Digit${symbol}`, false] : [`Key${symbol}`, true]);
                document.body.dispatchEvent(new KeyboardEvent("keydown", { code, shiftKey, key: "§", bubbles: true }));
            }
            document.body.dispatchEvent(new KeyboardEvent("keydown", { code: "Enter", key: "Enter", bubbles: true }));
        }""",
        old["faces"][0]["qr"],
    )
    expect(page.get_by_label("Name", exact=True)).to_have_value("Layout Example")


def test_all_codes_of_a_card_of_sectors_are_asked_for(page: Page, stack: Stack):
    old = _born_card(stack, "Sector Example", profile="sectors")
    page.get_by_role("button", name="Renew a card").click()
    for number, face in enumerate(old["faces"], 1):
        with page.expect_response("**/cards/renewal"):
            scan(page, face["qr"])
        if number < 7:
            expect(page.locator("#renew-status")).to_contain_text(f"{number} of 7 codes read")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Sector Example")
    expect(page.locator('[name="profile"][value="standard"]')).to_be_disabled()


def test_an_expired_card_asks_for_new_evidence(page: Page, stack: Stack):
    said = {
        "card_number": "000-0012",
        "profile": "standard",
        "name": "Late Example",
        "expires": "2026-08",
        "expired": True,
        "codes": 1,
        "scanned": 1,
    }
    page.route("**/cards/renewal", lambda route: route.fulfill(json=said))
    _begin(page, "A" * 300)
    expect(page.locator("#renewing")).to_contain_text("has expired")
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#evidence-error")).to_contain_text("Tick what you have seen")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_renewal_has_no_findings_of_axe_and_fits(page: Page, stack: Stack, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    old = _born_card(stack, "Axe Example", born="1990-01-01")
    page.get_by_role("button", name="Renew a card").click()
    found = []
    for _ in range(2):
        page.evaluate(AXE.read_text())
        result = page.evaluate("() => axe.run()")
        found += [one["id"] for one in result["violations"]]
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        if page.locator("#renew").is_visible():
            scan(page, old["faces"][0]["qr"])
            expect(page.locator("#renewing")).to_be_visible()
    assert found == []


def test_the_camera_reads_the_old_card(page: Page, stack: Stack):
    old = _born_card(stack, "Camera Example", born="1990-01-01")
    back = BytesIO()
    pdfium.PdfDocument(base64.b64decode(old["card_pdf"]))[1].render(scale=300 / 72).to_pil().save(back, "PNG")
    page.evaluate(
        """async (address) => {
            const picture = Object.assign(new Image(), { src: address });
            await picture.decode();
            const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
            const draw = () => { canvas.getContext("2d").drawImage(picture, 100, 40); requestAnimationFrame(draw); };
            draw();
            navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
        }""",
        "data:image/png;base64," + base64.b64encode(back.getvalue()).decode(),
    )
    page.get_by_role("button", name="Renew a card").click()
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Camera Example", timeout=30_000)
    assert page.locator("#renew-camera").evaluate("(video) => video.srcObject") is None
