"""Joins the files of many cards: one after the other for the card printer, or ten on an A4 sheet."""

from collections.abc import Sequence
from io import BytesIO

import pypdfium2 as pdfium

from issuance.render import card, sheet
from issuance.render.pdf import DOT, POINTS_PER_MM
from issuance.render.raster import PDFIUM

COLUMNS, ROWS = 2, 5
A_SHEET = COLUMNS * ROWS
"""Cards on one A4 sheet, edge to edge."""


def joined(files: Sequence[bytes]) -> bytes:
    """One PDF with all pages of these, in order."""
    with PDFIUM:
        out = pdfium.PdfDocument.new()
        for octets in files:
            one = pdfium.PdfDocument(octets)
            out.import_pages(one)
            one.close()
        return _saved(out)


def on_sheets(cards: Sequence[bytes]) -> bytes:
    """A4 sheets of ten cards in true size: a sheet of first faces, then one of second faces, and so on.

    Every second sheet is laid out from right to left, so that printed on both sides (turned over the long edge) all
    faces of a card meet.
    """
    with PDFIUM:
        out = pdfium.PdfDocument.new()
        for start in range(0, len(cards), A_SHEET):
            documents = [pdfium.PdfDocument(octets) for octets in cards[start : start + A_SHEET]]
            for face in range(max(map(len, documents))):
                _lay(out, documents, face)
            for document in documents:
                document.close()
        return _saved(out)


def _lay(out: pdfium.PdfDocument, documents: list[pdfium.PdfDocument], face: int) -> None:
    page = out.new_page(sheet.WIDTH * POINTS_PER_MM, sheet.HEIGHT * POINTS_PER_MM)
    for place, document in enumerate(documents):
        if face < len(document):
            form = document.page_as_xobject(face, out)
            drawn = form.as_pageobject()
            drawn.set_matrix(pdfium.PdfMatrix().translate(*_corner(place, mirrored=face % 2 == 1)))
            page.insert_obj(drawn)
            form.close()
    page.gen_content()
    page.close()


def _corner(place: int, *, mirrored: bool) -> tuple[float, float]:
    """Lower left corner of a card, in points from the sheet's; its upper left one lies on the printer's dot grid."""
    row, column = divmod(place, COLUMNS)
    left = (sheet.WIDTH - COLUMNS * card.WIDTH) / 2 + (COLUMNS - 1 - column if mirrored else column) * card.WIDTH
    top = (sheet.HEIGHT - ROWS * card.HEIGHT) / 2 + row * card.HEIGHT
    x, y = round(left / DOT) * DOT, sheet.HEIGHT - round(top / DOT) * DOT - card.HEIGHT
    return x * POINTS_PER_MM, y * POINTS_PER_MM


def _saved(document: pdfium.PdfDocument) -> bytes:
    out = BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()
