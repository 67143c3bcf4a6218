"""Cards joined for the card printer and laid on A4 sheets: each reads as before, fronts and backs meet."""

import pypdfium2 as pdfium
import pytest
import zxingcpp

from issuance.render.card import HEIGHT, WIDTH, PrintedCard, PrintedFace, card_pdf
from issuance.render.imposition import joined, on_sheets
from issuance.render.readback import read_back
from issuance.render.theme import default_theme
from tests.issuance.render.specimens import NUMBER, base45

MM = 300 / 25.4


def _texts(which: int) -> tuple[str, str]:
    return base45(300, 2 * which), base45(700, 2 * which + 1)


def _card(which: int) -> bytes:
    front, back = _texts(which)
    faces = (PrintedFace(front, NUMBER), PrintedFace(back, NUMBER, "back"))
    return card_pdf(
        card=PrintedCard(name=f"Person {which}", valid_through="11/2029", faces=faces), theme=default_theme()
    )


@pytest.fixture(scope="module")
def cards() -> list[bytes]:
    return [_card(which) for which in range(12)]


def _read(page: pdfium.PdfPage) -> dict[str, tuple[float, float]]:
    """Text of each QR -> its middle in millimetres from the sheet's upper left corner."""
    found = zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())
    corners = {code.text: (code.position.top_left, code.position.bottom_right) for code in found}
    return {text: ((a.x + b.x) / 2 / MM, (a.y + b.y) / 2 / MM) for text, (a, b) in corners.items()}


def test_joined_cards_are_read_one_after_the_other(cards: list[bytes]):
    assert read_back(joined(cards)) == [text for which in range(12) for text in _texts(which)]


def test_ten_cards_lie_on_a_sheet_and_the_back_of_each_lies_behind_its_front(cards: list[bytes]):
    sheets = pdfium.PdfDocument(on_sheets(cards))

    assert [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in sheets] == [(210, 297)] * 4
    pages = [_read(page) for page in sheets]
    assert [len(page) for page in pages] == [10, 10, 2, 2]
    for which in range(12):
        front, back = _texts(which)
        here, behind = pages[which // 10 * 2][front], pages[which // 10 * 2 + 1][back]
        # Seen through the paper: the same card, whose codes need not lie at the same place of it.
        places = [(int((x - 19.4) / WIDTH), int((y - 13.5) / HEIGHT)) for x, y in (here, (210 - behind[0], behind[1]))]
        assert places == [(which % 2, which % 10 // 2)] * 2


def test_a_card_on_a_sheet_has_its_true_size(cards: list[bytes]):
    lone = zxingcpp.read_barcode(pdfium.PdfDocument(cards[0])[0].render(scale=300 / 72).to_pil())
    laid = _read_widths(pdfium.PdfDocument(on_sheets(cards[:1]))[0])
    assert lone is not None
    assert abs(laid - (lone.position.top_right.x - lone.position.top_left.x)) <= 1


def _read_widths(page: pdfium.PdfPage) -> int:
    code = zxingcpp.read_barcode(page.render(scale=300 / 72).to_pil())
    assert code is not None
    return int(code.position.top_right.x - code.position.top_left.x)
