"""Fixtures of the browser tests: Chromium with a drawn face before its camera, signed in at a running desk."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from cardservice.cli.desk_client import DeskRefused
from cardservice.cli.portrait import draw_portrait
from tests.stack import Stack

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=30_000)  # a busy machine is no reason to fail


@pytest.fixture(scope="session")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of one drawn face before a wall, as the fake camera wants it."""
    wall = Image.new("RGB", (1280, 960), (206, 214, 218))
    wall.paste(Image.open(BytesIO(draw_portrait(7))).resize((768, 960)), (256, 0))
    frame = BytesIO()
    wall.save(frame, "JPEG", quality=88)
    film = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    film.write_bytes(frame.getvalue() * 30)
    return film


@pytest.fixture(scope="session")
def launch(camera_film: Path) -> dict[str, Any]:
    """How every browser of the desk is started."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed: `apt-get install chromium`, or run `./city test` as root.")
    arguments = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_film}",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": str(CHROMIUM), "args": arguments}


# Playwright's event loop must not outlive its module: Django's ORM refuses to work beside one.
@pytest.fixture(scope="module")
def chromium(launch: dict[str, Any]) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in_cookies(stack: Stack) -> Any:
    """The cookies of a signed-in clerk: one session for all modules, since each code is good once."""
    with suppress(DeskRefused):
        stack.clerk().post("/cards/ack", {"issue_seed": ""})  # signs in where the session that is kept has ended
    kept = json.loads(stack.home.desk_session.read_text())["cookies"]
    return [{"name": name, "value": value, "url": stack.desk} for name, value in kept.items()]


@pytest.fixture
def context(chromium: Browser, stack: Stack, signed_in_cookies: Any) -> Iterator[BrowserContext]:
    """A fresh browser profile of the signed-in clerk."""
    context = chromium.new_context(base_url=stack.desk, viewport={"width": 1280, "height": 960})
    context.add_cookies(signed_in_cookies)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The desk page, ready to type. Whatever a test does, nothing may break the content security policy."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/")
    page.locator("#take-photo").wait_for()
    yield page
    assert not [text for text in complaints if "Content Security Policy" in text or "Error" in text], complaints
