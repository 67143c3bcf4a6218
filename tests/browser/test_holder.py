"""The residents' pages in a browser: a lost card is blocked, a card is read in the page, and little of it is sent."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdfium2 import PdfDocument

from cardservice.cli.portrait import draw_portrait
from tests.browser.test_scan_page import AXE
from tests.cardservice.test_public_services import Published
from tests.issuance.test_holder_services import published
from tests.issuance.test_holder_views import resident
from tests.stack import Stack
from tests.vectors.public_services import FULL, signed

__all__ = ["published", "resident"]

NAME = "Yara Example"


@pytest.fixture(scope="module")
def card(stack: Stack) -> dict[str, Any]:
    return stack.issue(name=NAME, born="1991-04-12", picture=draw_portrait(5))


@pytest.fixture(scope="module")
def photo(card: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of the card's front."""
    path = tmp_path_factory.mktemp("photo") / "card.png"
    PdfDocument(base64.b64decode(card["card_pdf"]))[0].render(scale=300 / 72).to_pil().save(path)
    return path


@pytest.fixture(scope="module")
def phone(chromium: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """A phone of 320 pixels. Whatever it does, it keeps nothing, asks nobody else and breaks no policy."""
    address = stack.supervisor.addresses["holder"]
    context = chromium.new_context(base_url=address, viewport={"width": 320, "height": 640}, locale="en")
    complaints: list[str] = []
    strayed: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(f"Error: {error.error}"))
    context.on("request", lambda r: None if r.url.startswith((address, "blob:")) else strayed.append(r.url))
    yield context
    assert not [text for text in complaints if "Content Security Policy" in text or "Error:" in text], complaints
    assert strayed == []
    assert context.cookies() == []
    context.close()


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    page = phone.new_page()
    page.asked = asked = []  # type: ignore[attr-defined]
    page.on("request", lambda r: asked.append((r.method, r.url, r.post_data or "")))
    yield page
    page.close()


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run()")
    return [f"{violation['id']}: {violation['nodes'][0]['html'][:90]}" for violation in found["violations"]]


def fits(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))


def test_the_slips_code_comes_after_the_hash_and_stands_in_no_address(page: Page, card: dict[str, Any]) -> None:
    page.goto(f"/block?lang=en#{card['slip_code']}")
    expect(page.get_by_text("The code was read from your slip.")).to_be_visible()
    expect(page.get_by_label("Recovery code")).to_have_value(card["slip_code"])
    assert page.url.endswith("/block?lang=en")
    # Another language keeps the code, and the server does not hear of it.
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#slip_code")).to_have_value(card["slip_code"])
    page.locator("button[type=submit]").click()
    expect(page.locator(".panel--done")).to_be_visible()
    assert fits(page)
    posts = [(url, body) for method, url, body in page.asked if method == "POST"]  # type: ignore[attr-defined]
    assert [body for _, body in posts] == [f"slip_code={card['slip_code']}"]
    assert not [url for _, url, _ in page.asked if card["slip_code"] in url.partition("#")[0]]  # type: ignore[attr-defined]


def test_a_mistyped_code_is_said_before_anything_is_sent_by_keyboard_alone(page: Page, card: dict[str, Any]) -> None:
    page.goto("/block?lang=nl")
    page.locator("#main").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Noodcode")).to_be_focused()
    wrong = card["slip_code"][:-1] + ("0" if card["slip_code"][-1] != "0" else "1")
    page.keyboard.type(wrong)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Er zit een typefout in de code.")).to_be_visible()
    expect(page.get_by_label("Noodcode")).to_be_focused()
    assert not [method for method, _, _ in page.asked if method == "POST"]  # type: ignore[attr-defined]
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    expect(page.get_by_text("Er zit een typefout in de code.")).to_be_hidden()
    page.keyboard.type(card["slip_code"][-1])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="De pas van dit briefje is geblokkeerd")).to_be_visible()


def test_a_photo_of_the_card_is_read_in_the_page_and_only_its_number_is_sent(
    page: Page, card: dict[str, Any], photo: Path
) -> None:
    page.goto("/held?lang=en")
    page.get_by_label("Or choose a photo of the card").set_input_files(photo)
    expect(page.get_by_role("heading", name="What the city holds about this card")).to_be_visible(timeout=60_000)
    expect(page.locator(".entry")).to_contain_text(card["card_number"])
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()
    sent = [body for method, _, body in page.asked if method == "POST"]  # type: ignore[attr-defined]
    assert sent == [f"card_number={card['card_number']}"]
    assert fits(page)
    assert faults(page) == []


def test_a_photo_without_a_card_is_told_and_nothing_is_sent(page: Page, tmp_path: Path) -> None:
    (tmp_path / "wall.png").write_bytes(draw_portrait(9))
    page.goto("/held?lang=en")
    page.get_by_label("Or choose a photo of the card").set_input_files(tmp_path / "wall.png")
    expect(page.get_by_text("No code was found in this photo.")).to_be_visible(timeout=60_000)
    assert not [method for method, _, _ in page.asked if method == "POST"]  # type: ignore[attr-defined]


def test_the_camera_starts_and_stops_by_the_buttons(page: Page) -> None:
    page.goto("/held?lang=en")
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.get_by_role("button", name="Stop the camera")).to_be_focused(timeout=60_000)
    expect(page.locator("#video")).to_be_visible()
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_focused()


@pytest.mark.parametrize(("language", "scheme"), [("de", "light"), ("ar", "dark")])
def test_axe_finds_nothing_on_any_page_and_all_fit_320_pixels(page: Page, language: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in ("/", "/block", "/held", "/leaflet", "/services"):
        page.goto(f"{path}?lang={language}")
        assert (path, faults(page)) == (path, [])
        assert fits(page), path


@pytest.mark.urls("cardservice.urls.holder")
@pytest.mark.parametrize(("language", "scheme"), [("nl", "light"), ("ar", "dark")])
def test_axe_finds_nothing_where_places_and_who_checks_are_named(
    page: Page, resident: Client, published: Published, language: str, scheme: Any
) -> None:
    published.services(signed(FULL))
    address = f"/services?lang={language}"
    shown = resident.get(address)
    page.route(f"**{address}", lambda route: route.fulfill(body=shown.content, headers=dict(shown.headers)))
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    expect(page.locator("#checks ~ .panel")).to_have_count(2)
    assert faults(page) == []
    assert fits(page)


def test_without_javascript_a_card_is_blocked_and_its_row_is_shown(
    chromium: Browser, stack: Stack, card: dict[str, Any]
) -> None:
    context = chromium.new_context(
        base_url=stack.supervisor.addresses["holder"], java_script_enabled=False, locale="fr-BE"
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Ma carte est perdue ou volée").click()
    page.get_by_label("Code de secours").fill("ABCD")
    page.get_by_role("button", name="Bloquer la carte").click()
    expect(page.get_by_text("Il y a une faute de frappe dans le code.")).to_be_visible()
    page.get_by_label("Code de secours").fill(card["slip_code"])
    page.get_by_role("button", name="Bloquer la carte").click()
    expect(page.get_by_role("heading", name="La carte de ce coupon est bloquée")).to_be_visible()
    page.get_by_role("link", name="Vers l’accueil").click()
    page.get_by_role("link", name="Que détient la ville sur ma carte ?").click()
    page.get_by_label("Tapez le numéro de la carte").fill(card["card_number"].lower())
    page.get_by_role("button", name="Afficher l’inscription").click()
    expect(page.locator(".entry")).to_contain_text("bloquée")
    expect(page.get_by_role("button", name="Imprimer cette page")).to_be_hidden()
    context.close()
