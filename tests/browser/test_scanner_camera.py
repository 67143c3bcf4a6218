"""The scanner before a camera: printed cards, straight and turned, are read from its pictures and judged."""

import base64
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from cardservice.cli.portrait import draw_portrait
from tests.browser.conftest import CHROMIUM
from tests.browser.front import Front, front_of
from tests.browser.scanner import Scanner, pairing_code
from tests.stack import Stack

NAME = "Layla Example"
FRAME = (1280, 720)


@pytest.fixture(scope="module")
def sides(stack: Stack) -> list[Image.Image]:
    """Both sides of a printed card of an invented person, as an eye sees them at 300 dpi."""
    issued = stack.issue(name=NAME, born="1990-05-17", picture=draw_portrait(3))
    document = pypdfium2.PdfDocument(base64.b64decode(issued["card_pdf"]))
    return [page.render(scale=300 / 72).to_pil().convert("RGB") for page in document]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """The film before the fake camera."""
    path = tmp_path / "film.mjpeg"
    shoot(path, Image.new("RGB", (10, 10)))
    return path


@pytest.fixture
def browser(film: Path) -> Iterator[Browser]:
    """A browser of its own for every film: a camera that is started again may still show the end of the former one."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed: `apt-get install chromium`, or run `./city test` as root.")
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    fake += [f"--use-file-for-fake-video-capture={film}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=fake)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def front(stack: Stack) -> Iterator[Front]:
    with front_of(stack.gate) as front:
        yield front


@pytest.fixture
def scanner(browser: Browser, front: Front, stack: Stack) -> Iterator[Scanner]:
    """A paired scanner of a library that sees name and photo."""
    context = browser.new_context(viewport={"width": 390, "height": 780})
    scanner = Scanner(context.new_page(), front)
    scanner.open()
    scanner.pair(pairing_code(stack, stack.agree("name", "photo")))
    scanner.page.evaluate("() => { document.querySelector('details').open = true }")
    scanner.page.locator("#closes-after").select_option("0")
    yield scanner
    context.close()


def shoot(film: Path, picture: Image.Image, *, width: int = 760, turn: float = 0) -> None:
    """Makes a film of a card that lies on a grey desk: `width` pixels wide, turned by degrees."""
    card = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    card = card.convert("RGBA").rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
    desk = Image.new("RGB", FRAME, (150, 146, 138))
    desk.paste(card, ((FRAME[0] - card.width) // 2, (FRAME[1] - card.height) // 2), card)
    frame = BytesIO()
    desk.save(frame, "JPEG", quality=85)
    film.write_bytes(frame.getvalue() * 30)


WAYS: dict[str, dict[str, Any]] = {
    "clean": {},
    "turned": {"turn": 17},
}


@pytest.mark.parametrize("side", [0, 1], ids=["front", "back"])
@pytest.mark.parametrize("way", WAYS)
def test_a_printed_card_is_read(scanner: Scanner, film: Path, sides: list[Image.Image], way: str, side: int) -> None:
    shoot(film, sides[side], **WAYS[way])
    asked = list(scanner.front.asked)
    scanner.page.get_by_role("button", name="Start the camera").click()
    verdict = scanner.page.get_by_role("region", name="Valid")
    expect(verdict).to_be_visible(timeout=20_000)
    expect(verdict).to_contain_text(NAME)
    expect(verdict.get_by_role("img")).to_be_visible(visible=side == 1)
    assert scanner.front.asked == asked
    scanner.dismiss()
    scanner.page.get_by_role("button", name="Stop the camera").click()


def test_a_picture_of_a_card_is_read(scanner: Scanner, sides: list[Image.Image]) -> None:
    picture = BytesIO()
    sides[1].save(picture, "PNG")
    scanner.page.locator("#file").set_input_files(
        {"name": "card.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    expect(scanner.page.get_by_role("region", name="Valid")).to_be_visible(timeout=20_000)
    scanner.dismiss()


def test_a_picture_without_a_card_is_told(scanner: Scanner) -> None:
    picture = BytesIO()
    Image.new("RGB", (300, 200), "grey").save(picture, "PNG")
    scanner.page.locator("#file").set_input_files(
        {"name": "desk.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    expect(scanner.page.locator("#scan-error")).to_contain_text("No QR code was found")
