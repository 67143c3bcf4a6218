"""From signed faces to the two PDFs of a card, read back as a scanner would before anybody gets them."""

from dataclasses import dataclass, field

from cardservice.credential.profiles import PORTRAIT
from issuance.render import qr
from issuance.render.card import PrintedCard, PrintedFace, card_pdf
from issuance.render.fit import NameTooLong
from issuance.render.paper import PrintedPaper, paper_pdf
from issuance.render.readback import Unreadable, read_back
from issuance.render.theme import Theme


class CannotPrint(Exception):
    """The card cannot be printed; `field` of the order is the reason and `text` says what to do."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(field)
        self.field, self.text = field, text


class ReadBackFailed(Exception):
    """What was rendered does not read as what was signed: nothing may leave the desk."""


@dataclass(frozen=True)
class SignedFace:
    """One face ready to print: its QR text, the number beside it, its sector (None: every sector)."""

    name: str
    sector: str | None
    number: str
    qr: str


@dataclass(frozen=True)
class Prints:
    """Card (ID-1 pages) and paper (A4) as PDF."""

    card_pdf: bytes = field(repr=False)
    paper_pdf: bytes = field(repr=False)


@dataclass(frozen=True)
class Printer:
    """Renders in one city's look; `slip_page` is the address of the public page where a lost card is blocked."""

    theme: Theme
    slip_page: str

    def check_fits(self, faces: list[SignedFace], *, name: str) -> None:
        """Raises CannotPrint when a face does not fit its largest pinned symbol. Asked before anything is written."""
        for face in faces:
            versions = qr.PORTRAIT_VERSIONS if face.name == PORTRAIT else qr.COMPACT_VERSIONS
            try:
                qr.pinned_version(face.qr, versions)
            except qr.TextTooLong:
                if face.name == PORTRAIT:
                    text = "is too large beside a name of this length: compress it further or leave it out"
                    raise CannotPrint("photo_qr", text) from None
                raise CannotPrint("name", "is too long for the card in this script: shorten it") from None
        try:
            card_pdf(card=_printed_card(faces, name=name, valid_through="12/2099", photo=None), theme=self.theme)
        except NameTooLong:
            raise CannotPrint("name", "is too long to be printed legibly: shorten it") from None

    def print_card(
        self,
        faces: list[SignedFace],
        *,
        name: str,
        valid_through: str,
        photo: bytes | None,
        slip_code: str,
        language: str,
    ) -> Prints:
        """Both PDFs. `valid_through` is MM/YYYY. Raises ReadBackFailed when a QR does not read as it was signed."""
        slip_url = f"{self.slip_page}#{slip_code}"
        card = card_pdf(
            card=_printed_card(faces, name=name, valid_through=valid_through, photo=photo), theme=self.theme
        )
        paper = paper_pdf(
            paper=PrintedPaper(slip_code=slip_code, slip_url=slip_url, card_number=faces[0].number, language=language),
            theme=self.theme,
        )
        if _read(card) != [face.qr for face in faces] or _read(paper) != [slip_url]:
            raise ReadBackFailed
        return Prints(card_pdf=card, paper_pdf=paper)


def _read(pdf: bytes) -> list[str]:
    try:
        return read_back(pdf)
    except Unreadable:
        raise ReadBackFailed from None


def _printed_card(faces: list[SignedFace], *, name: str, valid_through: str, photo: bytes | None) -> PrintedCard:
    return PrintedCard(
        name=name,
        valid_through=valid_through,
        photo=photo,
        faces=tuple(
            PrintedFace(
                text=face.qr,
                number=face.number,
                role="back" if face.name == PORTRAIT else "front",
                label=(face.sector or "").replace("-", " ").capitalize(),
            )
            for face in faces
        ),
    )
