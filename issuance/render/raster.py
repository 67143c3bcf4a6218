"""Draws pages of our own PDFs as pictures, in memory."""

from collections.abc import Callable
from threading import Lock

import pypdfium2 as pdfium
from PIL import Image

DOTS_PER_INCH = 300
"""What card printers have: a picture in this resolution shows every dot."""
PDFIUM = Lock()
"""PDFium may be used by one thread at a time in a process."""


class Unreadable(ValueError):
    """The bytes are no PDF that can be drawn. Never holds any of them."""

    def __init__(self) -> None:
        super().__init__("the rendered PDF cannot be drawn: do not print it")


def drawn(pdf: bytes, draw: Callable[[pdfium.PdfPage], pdfium.PdfBitmap]) -> list[Image.Image]:
    """A picture of each page, as `draw` makes it. Raises Unreadable."""
    with PDFIUM:
        try:
            document = pdfium.PdfDocument(pdf)
        except pdfium.PdfiumError:
            raise Unreadable from None
        try:
            images: list[Image.Image] = []
            for page in document:
                bitmap = draw(page)
                images.append(bitmap.to_pil().copy())
                bitmap.close()
                page.close()
            return images
        finally:
            document.close()


def as_printed(page: pdfium.PdfPage) -> pdfium.PdfBitmap:
    """The whole page in colour, one pixel a printer dot."""
    return page.render(scale=DOTS_PER_INCH / 72, draw_annots=False, may_draw_forms=False)
