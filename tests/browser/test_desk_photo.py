"""The photo at the desk page: what becomes of it before it leaves, and what is no photo."""

import base64
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cardservice.cli.portrait import draw_portrait
from tests.browser.clerk import NAME, issue, sent_to


def test_a_chosen_file_becomes_a_small_grey_picture_without_metadata(page: Page, tmp_path: Path):
    photo = Image.open(BytesIO(draw_portrait(3)))
    exif = Image.Exif()
    exif[0x010E] = "planted description"
    photo.save(tmp_path / "photo.jpg", exif=exif)
    sent = sent_to(page, "/cards")
    page.locator("#photo-file").set_input_files(tmp_path / "photo.jpg")
    expect(page.get_by_text("In the QR")).to_be_visible()
    issue(page)
    order = sent[0].post_data_json
    small, large = base64.b64decode(order["photo_qr"]), base64.b64decode(order["photo_print"])
    assert len(small) <= 340
    assert small[8:16] == large[8:16] == b"WEBPVP8 "
    assert b"planted" not in small + large
    picture = Image.open(BytesIO(small))
    assert picture.size == (64, 80)
    assert all(max(colour) - min(colour) <= 2 for _, colour in picture.convert("RGB").getcolors(64 * 80))
    assert Image.open(BytesIO(large)).size == (400, 500)


def test_a_busy_photo_still_fits(page: Page, tmp_path: Path):
    Image.effect_noise((800, 1000), 120).convert("RGB").save(tmp_path / "noise.png")
    page.locator("#photo-file").set_input_files(tmp_path / "noise.png")
    expect(page.get_by_text("In the QR")).to_be_visible()
    assert 0 < int(page.locator("#photo-bytes").inner_text()) <= 340


@pytest.mark.parametrize("content", [b"this is no picture", b"", b"\x89PNG\r\n\x1a\n broken"])
def test_a_file_that_is_no_picture_is_refused_in_words(page: Page, tmp_path: Path, content: bytes):
    (tmp_path / "photo.png").write_bytes(content)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.locator("#photo-file").set_input_files(tmp_path / "photo.png")
    expect(page.locator("#photo-error")).to_contain_text("not a picture that can be read")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)


def test_a_photo_still_being_read_when_the_page_is_cleared_is_nobodys(page: Page, tmp_path: Path):
    (tmp_path / "photo.jpg").write_bytes(draw_portrait(3))
    page.evaluate("""() => {
      const read = window.createImageBitmap;
      const gate = new Promise((open) => (window.openGate = open));
      window.createImageBitmap = (...source) => gate.then(() => read(...source));
    }""")
    sent = sent_to(page, "/cards")
    page.locator("#photo-file").set_input_files(tmp_path / "photo.jpg")
    page.get_by_role("button", name="Clear all").click()
    page.evaluate("() => window.openGate()")
    page.wait_for_timeout(1000)
    expect(page.locator("#photo-print")).to_be_hidden()
    issue(page)
    assert "photo_qr" not in sent[0].post_data_json
