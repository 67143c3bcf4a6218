"""Reads the QR codes back from a rendered PDF, as a scanner would: what is printed must be what was signed."""

import re
import zlib
from collections.abc import Iterator

import pypdfium2 as pdfium
import zxingcpp

from issuance.render.raster import DOTS_PER_INCH, drawn

_SMALL_PAGE_POINTS = 400
"""A card page is 243 x 153 points. Larger pages are paper with one large code in their upper half:
half the resolution reads it, and drawing the leaflet below would take as long as all the rest."""
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_HEAD = re.compile(rb"<</Filter/FlateDecode/Length (\d+)>>stream\n")
_READ_WELL: dict[bytes, bytes] = {}
"""Streams that lie below a page's own, and what stands for them when a card is read. They hold no person's data."""


def reads_as(pdf: bytes, texts: list[str]) -> bool:
    """Whether the QR codes of these bytes, made by `pdf.document`, say `texts`. Raises Unreadable.

    What is the same for everybody lies below a page's own stream and takes most of the time: once it was drawn with a
    card that read well, cards are read without it.
    """
    below = list(_below(pdf))
    unknown = {stream for _, stream in below} - _READ_WELL.keys()
    if read_back(pdf if unknown else _without(pdf, below)) != texts:
        return False
    for stream in unknown:
        _READ_WELL[stream] = _empty(stream)
    return True


def read_back(pdf: bytes) -> list[str]:
    """The texts of all QR codes, in page order; on one page from top to bottom. Raises Unreadable."""
    texts: list[str] = []
    for image in drawn(pdf, _for_reading):
        # Our own codes stand upright, dark on light: the searches for anything else only cost time.
        found = zxingcpp.read_barcodes(
            image,
            formats=_FORMATS,
            try_rotate=False,
            try_invert=False,
            try_downscale=False,
            text_mode=zxingcpp.TextMode.Plain,
        )
        texts += [code.text for code in sorted(found, key=lambda code: code.position.top_left.y)]
    return texts


def _for_reading(page: pdfium.PdfPage) -> pdfium.PdfBitmap:
    paper = max(page.get_size()) > _SMALL_PAGE_POINTS
    return page.render(
        scale=(DOTS_PER_INCH / 2 if paper else DOTS_PER_INCH) / 72,
        crop=(0, page.get_height() / 2 if paper else 0, 0, 0),
        grayscale=True,
        draw_annots=False,
        may_draw_forms=False,
    )


def _below(pdf: bytes) -> Iterator[tuple[int, bytes]]:
    """Where the first of each page's two streams starts, and the stream with its head."""
    at, first = 0, True
    while head := _HEAD.search(pdf, at):
        at = head.end() + int(head[1])
        if first:
            yield head.start(), pdf[head.start() : at]
        first = not first


def _empty(stream: bytes) -> bytes:
    """A stream of the same length that only sets the page's scale, so that everything else keeps its place."""
    head = _HEAD.match(stream)
    assert head is not None
    scale = zlib.decompress(stream[head.end() :]).partition(b"\n")[0] + b"\n"
    plain = head[0].replace(b"/Filter/FlateDecode", b" " * len(b"/Filter/FlateDecode"))
    return (plain + scale).ljust(len(stream))


def _without(pdf: bytes, below: list[tuple[int, bytes]]) -> bytes:
    copy = bytearray(pdf)
    for start, stream in below:
        copy[start : start + len(stream)] = _READ_WELL[stream]
    return bytes(copy)
