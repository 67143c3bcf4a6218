"""The card as it will be printed, before there is one: same layout, no row, no signature, no QR that says anything."""

from dataclasses import dataclass, field, replace
from hashlib import shake_256
from io import BytesIO

from cardservice.credential.base45 import ALPHABET
from cardservice.credential.calendar import last_valid_month
from issuance.cards import IssuingOffice
from issuance.orders import Order
from issuance.printing import SignedFace, is_front, printed_card
from issuance.render.card import card_pdf
from issuance.render.raster import as_printed, drawn

_DRAFT = "DRAFT "
"""What a scanner reads first. It decodes to bytes that begin no zlib stream: every reader refuses it as malformed."""


@dataclass(frozen=True)
class SeenFace:
    """One face as a PNG with a pixel for every printer dot."""

    name: str
    sector: str | None
    picture: bytes = field(repr=False)


def preview(order: Order, *, office: IssuingOffice, now: int) -> tuple[str, list[SeenFace]]:
    """The last month of validity, YYYY-MM, and the different sides: of the sectors' fronts only the first, as its
    likes differ in one word. Number and QR are stand-ins of the true size. `now` in UTC seconds.

    Raises CannotPrint, as issuing would.
    """
    faces, exp = office.stand_ins(order, now=now)
    first_front = next(face for face in faces if is_front(face))
    seen = [_draft(face) for face in faces if face is first_front or not is_front(face)]
    expires = last_valid_month(exp)
    pdf = card_pdf(
        card=printed_card(seen, name=order.name, valid_through=f"{expires[5:]}/{expires[:4]}", photo=order.photo_print),
        theme=office.printer.theme,
    )
    pictures = []
    for image in drawn(pdf, as_printed):
        out = BytesIO()
        image.save(out, "PNG", compress_level=1)
        pictures.append(out.getvalue())
    return expires, [
        SeenFace(name=face.name, sector=face.sector, picture=picture)
        for face, picture in zip(seen, pictures, strict=True)
    ]


def _draft(face: SignedFace) -> SignedFace:
    """A face of the same size that says nothing: neither number nor text is of anybody."""
    noise = shake_256(b"draft").digest(len(face.qr) - len(_DRAFT))
    return replace(face, number="–––-––––", qr=_DRAFT + "".join(chr(ALPHABET[byte % len(ALPHABET)]) for byte in noise))
