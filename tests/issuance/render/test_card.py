"""The card: its size, its dots, its black, and that nobody's name reaches the code."""

import re
import zlib
from io import BytesIO

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops

from issuance.render import qr
from issuance.render.card import MODULE_DOTS, PrintedCard, PrintedFace, card_pdf
from issuance.render.fit import NameTooLong
from issuance.render.photo import check_photo_print
from issuance.render.theme import default_theme
from tests.issuance.render.specimens import CAPACITY, LONG_NAME, base45, card, dots, photograph

PANEL_RIGHT = 1011 - 40


def _symbol(version: int, length: int, seed: int = 1) -> qr.Symbol:
    return qr.symbol(base45(length, seed), (version,))


def _code_box(version: int, top: int) -> tuple[int, int, int, int]:
    side = (17 + 4 * version + 2 * qr.QUIET_ZONE) * MODULE_DOTS
    y = top + (637 - top - side) // 2
    return PANEL_RIGHT - side, y, PANEL_RIGHT, y + side


@pytest.mark.parametrize("photo", [None, photograph()])
def test_every_page_is_exactly_an_id_1_card(photo):
    document = pdfium.PdfDocument(card(photo=photo))
    assert len(document) == 2
    for page in document:
        assert [side / 72 * 25.4 for side in page.get_size()] == pytest.approx([85.60, 53.98], abs=0.001)


@pytest.mark.parametrize(("page", "version", "top"), [(0, 13, 102), (0, 16, 102), (0, 20, 102), (1, 20, 0), (1, 23, 0)])
def test_each_module_is_five_whole_dots_of_pure_black_on_pure_white(page, version, top):
    length = CAPACITY[version]
    pdf = card(front=length if page == 0 else 450, back=length if page == 1 else 900)
    symbol = _symbol(version, length, page + 1)
    dark = {(x + a, y + b) for x, y, w, h in symbol.rectangles for a in range(w) for b in range(h)}
    left, upper, right, lower = _code_box(version, top)
    quiet = qr.QUIET_ZONE * MODULE_DOTS
    pixels = dots(pdf, page).crop((left + quiet, upper + quiet, right - quiet, lower - quiet)).load()
    for x in range(symbol.size * MODULE_DOTS):
        for y in range(symbol.size * MODULE_DOTS):
            expected = (0, 0, 0) if (x // MODULE_DOTS, y // MODULE_DOTS) in dark else (255, 255, 255)
            assert pixels[x, y] == expected, (x, y)


@pytest.mark.parametrize(("page", "version", "top", "length"), [(0, 13, 102, 450), (1, 20, 0, 900)])
def test_the_quiet_zone_is_white(page, version, top, length):
    left, upper, right, lower = _code_box(version, top)
    image = dots(card(front=450, back=900), page).convert("L")
    quiet = qr.QUIET_ZONE * MODULE_DOTS
    # The panel's corners are rounded: a millimetre of the zone's outermost corner may show the ground.
    corner = 12
    for box in (
        (left + corner, upper, right - corner, upper + quiet),
        (left, upper + corner, left + quiet, lower - corner),
    ):
        assert image.crop(box).getextrema() == (255, 255)


def test_the_code_is_painted_in_device_grey_zero():
    streams = [zlib.decompress(part) for part in re.findall(rb"FlateDecode.*?stream\n(.*?)\nendstream", card(), re.S)]
    codes = [stream for stream in streams if re.search(rb"\d+ \d+ \d+ \d+ re\n\d+ \d+ \d+ \d+ re", stream)]
    assert len(codes) == 2
    for stream in codes:
        assert re.search(rb"q 0 g 0\.08466\d+ 0 0 0\.08466\d+ [\d. ]+ cm\n\d+ \d+ \d+ \d+ re", stream)


@pytest.mark.parametrize("photo", [None, photograph()])
@pytest.mark.parametrize(
    ("name", "length", "version"),
    [
        ("Jean-Baptiste de la Très-Longue-Maison", 480, 13),
        (LONG_NAME, 480, 13),
        (LONG_NAME, 650, 16),
        (LONG_NAME, 960, 20),
        ("أمينة المثال", 450, 13),
        ("عبد الرحمن محمد عبد العزيز بن سلمان الأندلسي القرطبي الإشبيلي أبو القاسم", 960, 20),
        ("አሚና ምሳሌ " * 10, 960, 20),
        ("Александра Константиновна Вознесенская-Преображенская", 650, 16),
        ("Ελευθερία Παπαδοπούλου-Χατζηγεωργίου", 650, 16),
        ("Amina أمينة አሚና Αμίνα Амина", 650, 16),
        ("W" * 80, 650, 16),
    ],
)
def test_a_name_changes_nothing_outside_its_own_room(photo, name, length, version):
    with_name = dots(card(name, front=length, back=None, photo=photo))
    other = dots(card("I", front=length, back=None, photo=photo))
    box = ImageChops.difference(with_name, other).getbbox()
    left, upper, _, _ = _code_box(version, 102)
    assert box[2] <= left - 20, "the name comes near the code"
    assert box[0] >= 35
    assert box[3] <= 637 - 20
    if photo is None:
        assert box[1] >= 120
        assert box[3] <= 520, "the name touches number and month"
    else:
        photo_foot = 145 + (190 if version == 20 else 290)
        assert box[1] >= photo_foot, "the name touches the photo"


def test_a_name_of_letters_too_wide_for_any_size_is_refused():
    with pytest.raises(NameTooLong):
        card("\ufdfd" * 80, front=450, back=None)


FRONT_WITH_PHOTO = ((42, 144, 280, 441), (306, 295, 560, 335), (306, 395, 560, 440), (42, 460, 572, 616))
FRONT_WITHOUT_PHOTO = ((42, 144, 572, 490), (42, 550, 330, 600), (340, 550, 572, 600))
FRONT_CODE, BACK_CODE, BACK_NUMBER = (606, 197, 951, 542), (466, 76, 951, 561), (74, 560, 430, 612)
"""Dots from the upper left corner: photo, number, month and name; the dark modules of each page."""


@pytest.mark.parametrize("with_photo", [True, False])
def test_two_people_differ_only_in_what_is_their_own(with_photo):
    def printed(name: str, number: str, month: str, seed: int, shade: int) -> bytes:
        picture = BytesIO()
        Image.new("RGB", (400, 500), (shade, shade, shade)).save(picture, "JPEG")
        faces = (
            PrintedFace(base45(450, seed), number),
            PrintedFace(base45(900, seed + 1), number, "back"),
        )
        photo = check_photo_print(picture.getvalue()) if with_photo else None
        return card_pdf(
            card=PrintedCard(name=name, valid_through=month, faces=faces, photo=photo), theme=default_theme()
        )

    first = printed("Amina Example", "4K7-P2MX", "11/2029", 1, 30)
    second = printed("عبد الرحمن بن محمد الأنصاري", "00Z-GXYG", "02/2030", 3, 220)
    fronts = FRONT_WITH_PHOTO if with_photo else FRONT_WITHOUT_PHOTO
    for page, own in ((0, (*fronts, FRONT_CODE)), (1, (BACK_NUMBER, BACK_CODE))):
        difference = ImageChops.difference(dots(first, page), dots(second, page))
        for box in own:
            assert difference.crop(box).getbbox(), "both have a value of their own here"
            difference.paste((0, 0, 0), box)
        assert difference.getbbox() is None


def test_the_same_card_gives_the_same_bytes():
    assert card(photo=photograph()) == card(photo=photograph())


def test_sectors_have_one_page_each_of_the_same_size_with_label_and_number():
    faces = tuple(
        PrintedFace(base45(460, seed), number, "front", sector)
        for seed, (sector, number) in enumerate([("health", "4K7-P2MX"), ("culture", "0Z3-TR51")])
    )
    printed = PrintedCard(name="Amina Example", valid_through="11/2029", faces=faces)
    pdf = card_pdf(card=printed, theme=default_theme())
    document = pdfium.PdfDocument(pdf)
    assert [page.get_size() for page in document] == [document[0].get_size()] * 2
    difference = ImageChops.difference(dots(pdf, 0), dots(pdf, 1))
    assert difference.crop((600, 0, 1011, 96)).getbbox(), "the sector differs"
    assert difference.crop((0, 530, 280, 637)).getbbox(), "the number differs"
    assert difference.crop((0, 110, 540, 500)).getbbox() is None, "the name does not"


def test_the_print_file_holds_no_text_only_outlines():
    document = pdfium.PdfDocument(card(photo=photograph()))
    assert [page.get_textpage().get_text_range() for page in document] == ["", ""]
