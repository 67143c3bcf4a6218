"""The photo at the desk page: what becomes of it before it leaves, and what is no photo."""

import base64
import random
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from cardservice.cli.portrait import draw_portrait
from privacy.search import search, text_needles
from tests.browser.clerk import NAME, discard, issue, sent_to

PLANTED = "planted description"


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


def test_a_photo_of_a_blank_wall_is_small_in_the_best_quality_and_lossy_all_the_same(page: Page, tmp_path: Path):
    Image.new("RGB", (800, 1000), (206, 214, 218)).save(tmp_path / "wall.png")
    page.locator("#photo-file").set_input_files(tmp_path / "wall.png")
    expect(page.get_by_text("In the QR")).to_be_visible()
    expect(page.locator("#photo-error")).to_be_hidden()


def test_what_is_no_picture_is_refused_in_words(page: Page, tmp_path: Path):
    page.get_by_label("Name", exact=True).fill(NAME)
    contents = {
        "not a picture that can be read": [b"this is no picture", b"", draw_portrait(3)[:300]],
        "larger than 20 MB": [bytes(20_000_001)],
    }
    for words, files in contents.items():
        for content in files:
            (tmp_path / "photo.png").write_bytes(content)
            page.locator("#photo-file").set_input_files(tmp_path / "photo.png")
            expect(page.locator("#photo-error")).to_contain_text(words)
            page.get_by_role("button", name="Take photo").click()
            expect(page.locator("#photo-error")).to_be_hidden()
            page.get_by_role("button", name="Remove photo").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)


def test_a_picture_of_ten_megabytes_becomes_a_small_one(page: Page, tmp_path: Path):
    noise = Image.frombytes("RGB", (1900, 1900), random.Random(1).randbytes(1900 * 1900 * 3))
    noise.save(tmp_path / "large.bmp")
    assert (tmp_path / "large.bmp").stat().st_size > 10_000_000
    page.locator("#photo-file").set_input_files(tmp_path / "large.bmp")
    expect(page.get_by_text("In the QR")).to_be_visible()
    sent = sent_to(page, "/cards")
    issue(page)
    assert len(sent[0].post_data or "") < 400_000


def test_animation_and_metadata_reach_neither_the_desk_nor_the_print(page: Page, tmp_path: Path):
    first, second = (Image.open(BytesIO(draw_portrait(number))).convert("RGB") for number in (3, 4))
    exif = Image.Exif()
    exif[0x010E] = PLANTED
    xmp = f"<x:xmpmeta>{PLANTED}</x:xmpmeta>".encode()
    needles = text_needles("metadata", PLANTED)
    first.save(tmp_path / "moving.webp", save_all=True, append_images=[second], exif=exif, xmp=xmp)
    first.save(tmp_path / "marked.jpg", exif=exif, xmp=xmp, comment=PLANTED)
    sent, seen = sent_to(page, "/cards"), sent_to(page, "/cards/preview")
    for name in ("moving.webp", "marked.jpg"):
        assert search([tmp_path / name], needles), "a search that could find nothing shows nothing"
        page.locator("#photo-file").set_input_files(tmp_path / name)
        expect(page.get_by_text("In the QR")).to_be_visible()
        card = issue(page)
        discard(page)
        expect(page.locator("#printed")).to_be_hidden()
        gone = tmp_path / "out"
        gone.mkdir(exist_ok=True)
        for number, request in enumerate((sent[-1], seen[-1])):
            order = request.post_data_json
            for photo in ("photo_qr", "photo_print"):
                picture = base64.b64decode(order[photo])
                assert (picture[8:16], getattr(Image.open(BytesIO(picture)), "n_frames", 1)) == (b"WEBPVP8 ", 1)
            (gone / f"request-{number}").write_text(request.post_data or "")
        for sheet in ("card_pdf", "paper_pdf"):
            (gone / sheet).write_bytes(base64.b64decode(card[sheet]))
        assert search([gone], needles) == []


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
