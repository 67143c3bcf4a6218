"""Cards of invented people and exact rasters of their pages, for the tests of this folder."""

import ctypes
import random
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from issuance.render.card import PrintedCard, PrintedFace, card_pdf
from issuance.render.photo import check_photo_print
from issuance.render.theme import default_theme

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
CAPACITY = {13: 483, 16: 656, 20: 970, 23: 1248}
"""Alphanumeric characters at error correction M (ISO/IEC 18004, table 7)."""
LONG_NAME = "Maria Guadalupe Fernanda de los Ángeles Hernández-Villanueva y Gutiérrez-Castañe"
NUMBER = "4K7-P2MX"


def base45(length: int, seed: int = 1) -> str:
    """Random text of the alphabet of a QR's alphanumeric mode."""
    chance = random.Random(seed)
    return "".join(chance.choice(BASE45) for _ in range(length))


def photograph() -> bytes:
    """A photo for the print: a gradient, which is enough to see where it stands."""
    out = BytesIO()
    Image.merge("RGB", [Image.linear_gradient("L").resize((400, 500))] * 3).save(out, "JPEG")
    return check_photo_print(out.getvalue())


def card(name: str = "Amina Example", *, front: int = 450, back: int | None = 900, photo: bytes | None = None) -> bytes:
    """A standard card whose faces hold texts of these lengths."""
    faces = [PrintedFace(base45(front), NUMBER)]
    if back is not None:
        faces.append(PrintedFace(base45(back, 2), NUMBER, "back"))
    printed = PrintedCard(name=name, valid_through="11/2029", faces=tuple(faces), photo=photo)
    return card_pdf(card=printed, theme=default_theme())


def dots(pdf: bytes, page: int = 0) -> Image.Image:
    """The page as a card printer sees it: 300 dots per inch from the upper left corner, nothing stretched."""
    document = pdfium.PdfDocument(pdf)
    width, height = (int(side * 300 / 72) for side in document[page].get_size())
    bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGRx)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    scale = 300 / 72
    matrix = raw.FS_MATRIX(scale, 0, 0, scale, 0, 0)
    clip = raw.FS_RECTF(0, 0, width, height)
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, document[page], ctypes.byref(matrix), ctypes.byref(clip), 0)
    return bitmap.to_pil().convert("RGB")
