"""The scanner before a camera: printed cards, straight and turned, are read from its pictures and judged."""

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import expect, sync_playwright

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


@pytest.fixture(scope="module")
def front(stack: Stack) -> Iterator[Front]:
    with front_of(stack.gate) as front:
        yield front


@pytest.fixture(scope="module")
def api_key(stack: Stack) -> str:
    """The key of a library that sees name and photo."""
    return stack.agree("name", "photo")


@pytest.fixture
def before_the_camera(front: Front, stack: Stack, api_key: str, tmp_path: Path) -> Iterator[Callable[..., Scanner]]:
    """Gives a paired scanner whose camera sees these pictures, a second and a half each, over and over.

    A browser of its own for every film, which is whole before the browser starts: Chromium goes on showing what it has
    read of a film that is written anew.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed: `apt-get install chromium`, or run `./city test` as root.")
    with ExitStack() as opened:

        def filmed(*pictures: Image.Image) -> Scanner:
            film = tmp_path / "film.mjpeg"
            film.write_bytes(b"".join(jpeg(picture) * 45 for picture in pictures))
            fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
            fake += [f"--use-file-for-fake-video-capture={film}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
            playwright = opened.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=fake)
            opened.callback(browser.close)
            scanner = Scanner(browser.new_page(viewport={"width": 390, "height": 780}), front)
            scanner.open()
            scanner.pair(pairing_code(stack, api_key))
            scanner.page.evaluate("() => { document.querySelector('details').open = true }")
            scanner.page.locator("#closes-after").select_option("0")
            # The page installs itself meanwhile; what it asks for afterwards, it asks because of a card.
            scanner.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
            return scanner

        yield filmed


def jpeg(picture: Image.Image) -> bytes:
    frame = BytesIO()
    picture.save(frame, "JPEG", quality=85)
    return frame.getvalue()


def scene(picture: Image.Image, *, width: int = 760, turn: float = 0, blur: float = 0) -> Image.Image:
    """A card on a grey desk: `width` pixels wide, turned by degrees, out of focus by so many pixels."""
    card = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    card = card.convert("RGBA").rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
    desk = Image.new("RGB", FRAME, (150, 146, 138))
    desk.paste(card, ((FRAME[0] - card.width) // 2, (FRAME[1] - card.height) // 2), card)
    return desk.filter(ImageFilter.GaussianBlur(blur)) if blur else desk


# A portrait face narrower than 500 pixels or out of focus by 2 has too few pixels a module for any decoder.
WAYS: dict[str, dict[str, Any]] = {
    "clean": {},
    "turned": {"turn": 17},
    "upright": {"turn": 90, "width": 660},
    "upside down": {"turn": 180},
    "blurred": {"blur": 1.5},
    "small": {"width": 500},
}


@pytest.mark.parametrize("way", WAYS)
def test_both_faces_of_a_printed_card_are_read(
    before_the_camera: Callable[..., Scanner], sides: list[Image.Image], way: str
) -> None:
    scanner = before_the_camera(*[scene(side, **WAYS[way]) for side in sides])
    asked = list(scanner.front.asked)
    scanner.page.get_by_role("button", name="Start the camera").click()
    with_photo: set[bool] = set()
    for _ in range(6):
        verdict = scanner.verdict("Valid", within=60)
        expect(verdict).to_contain_text(NAME)
        with_photo.add(verdict.get_by_role("img").is_visible())
        scanner.dismiss()
        if len(with_photo) == 2:
            break
    assert with_photo == {True, False}
    assert [path for path in scanner.front.asked[len(asked) :] if not is_on_the_beat(path)] == []


def is_on_the_beat(path: str) -> bool:
    """Whether it is a public document, which the page fetches by the clock."""
    return path.startswith(("/s/", "/trust/"))


def test_a_picture_of_a_card_is_read_and_one_without_is_told(
    before_the_camera: Callable[..., Scanner], sides: list[Image.Image]
) -> None:
    scanner = before_the_camera(Image.new("RGB", FRAME, "grey"))
    picture = BytesIO()
    sides[1].save(picture, "PNG")
    scanner.page.locator("#file").set_input_files(
        {"name": "card.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    scanner.verdict("Valid")
    scanner.dismiss()
    picture = BytesIO()
    Image.new("RGB", (300, 200), "grey").save(picture, "PNG")
    scanner.page.locator("#file").set_input_files(
        {"name": "desk.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    expect(scanner.page.locator("#scan-error")).to_contain_text("No QR code was found")
