"""The PDF writer: a well-formed file without metadata."""

import re

import pypdfium2 as pdfium
import pytest

from issuance.render.pdf import Canvas, Page, document, number
from tests.issuance.render.specimens import card, photograph


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (-0.00001, "0"), (1.5, "1.5"), (10, "10"), (100.0, "100"), (0.33333, "0.3333")]
)
def test_numbers_are_short_and_never_in_exponents(value, text):
    assert number(value) == text


def test_every_entry_of_the_table_points_at_its_object():
    pdf = card(photo=photograph())
    start = int(re.search(rb"startxref\n(\d+)", pdf)[1])
    assert pdf[start : start + 4] == b"xref"
    offsets = re.findall(rb"(\d{10}) 00000 n ", pdf[start:])
    assert len(offsets) > 8
    for position, offset in enumerate(offsets, 1):
        assert pdf[int(offset) :].startswith(b"%d 0 obj\n" % position)


def test_there_is_no_metadata_and_no_date():
    pdf = card(photo=photograph())
    assert pdfium.PdfDocument(pdf).get_metadata_dict(skip_empty=True) == {}
    for word in (b"/Info", b"/Metadata", b"CreationDate", b"/ID", b"Producer"):
        assert word not in pdf


def test_pages_keep_their_sizes_and_order():
    pages = [Page(width, 50, fixed="", own=Canvas().content()) for width in (30, 40)]
    widths = [page.get_size()[0] / 72 * 25.4 for page in pdfium.PdfDocument(document(pages))]
    assert widths == pytest.approx([30, 40], abs=0.001)
