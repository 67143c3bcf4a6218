"""From signed faces to the two PDFs of a card, read back as a scanner would before anybody gets them."""

from dataclasses import dataclass, field

from django.utils.translation import gettext

from cardservice.credential.numbers import SLIP_BYTES, slip_code
from cardservice.credential.profiles import PORTRAIT
from issuance.render import fonts, qr
from issuance.render.card import PrintedCard, PrintedFace, card_pdf, check_name
from issuance.render.fit import NameTooLong
from issuance.render.paper import PrintedPaper, paper_pdf
from issuance.render.raster import Unreadable
from issuance.render.readback import reads_as
from issuance.render.text import Unprintable
from issuance.render.texts import languages
from issuance.render.theme import Theme

_SPREAD = 24
"""Characters by which the QR texts of one order may differ: zlib packs other random bytes otherwise."""


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

    def warm(self) -> None:
        """Reads the fonts and draws what all papers of a language share (3.5 s), so that no resident waits for it."""
        fonts.warm()
        code = slip_code(bytes(SLIP_BYTES))
        for language in languages():
            paper = PrintedPaper(
                slip_code=code, slip_url=f"{self.slip_page}#{code}", card_number=code, language=language
            )
            paper_pdf(paper=paper, theme=self.theme)

    def check_fits(self, faces: list[SignedFace], *, name: str, with_photo: bool) -> None:
        """Raises CannotPrint when a face or the name finds no room. Asked before anything is written; draws nothing."""
        fronts: set[int] = set()
        for face in faces:
            version = _version(face, face.qr)
            if is_front(face):
                fronts |= {version, _version(face, face.qr + "0" * _SPREAD)}
        for version in fronts:
            _check_name(name, version, with_photo)

    def print_card(
        self,
        faces: list[SignedFace],
        *,
        name: str,
        valid_through: str,
        photo: bytes | None,
        slip_code: str,
        language: str,
        large_print: bool = False,
    ) -> Prints:
        """Both PDFs. `valid_through` is MM/YYYY.

        Raises ReadBackFailed when a QR does not read as it was signed, and CannotPrint where `check_fits` was asked
        about a text that came out some characters longer.
        """
        for face in faces:
            _version(face, face.qr)
        slip_url = f"{self.slip_page}#{slip_code}"
        card = card_pdf(card=printed_card(faces, name=name, valid_through=valid_through, photo=photo), theme=self.theme)
        paper = paper_pdf(
            paper=PrintedPaper(
                slip_code=slip_code,
                slip_url=slip_url,
                card_number=faces[0].number,
                language=language,
                large=large_print,
            ),
            theme=self.theme,
        )
        if not (_reads_as(card, [face.qr for face in faces]) and _reads_as(paper, [slip_url])):
            raise ReadBackFailed
        return Prints(card_pdf=card, paper_pdf=paper)


def _version(face: SignedFace, text: str) -> int:
    try:
        return qr.pinned_version(text, qr.COMPACT_VERSIONS if is_front(face) else qr.PORTRAIT_VERSIONS)
    except qr.TextTooLong:
        if is_front(face):
            raise CannotPrint("name", gettext("is too long for the card in this script: shorten it")) from None
        what_to_do = gettext("is too large beside a name of this length: compress it further or leave it out")
        raise CannotPrint("photo_qr", what_to_do) from None


def _check_name(name: str, version: int, with_photo: bool) -> None:
    try:
        check_name(name=name, version=version, with_photo=with_photo)
    except NameTooLong:
        raise CannotPrint("name", gettext("is too long to be printed legibly: shorten it")) from None
    except Unprintable:
        what_to_do = gettext(
            "contains a letter that the card printer has no shape for: ask for a spelling in another script"
        )
        raise CannotPrint("name", what_to_do) from None


def is_front(face: SignedFace) -> bool:
    """Whether the side with name and photo, not the one with the large QR."""
    return face.name != PORTRAIT


def _reads_as(pdf: bytes, texts: list[str]) -> bool:
    try:
        return reads_as(pdf, texts)
    except Unreadable:
        return False


def printed_card(faces: list[SignedFace], *, name: str, valid_through: str, photo: bytes | None) -> PrintedCard:
    """The card as it is laid out, a page per face."""
    return PrintedCard(
        name=name,
        valid_through=valid_through,
        photo=photo,
        faces=tuple(
            PrintedFace(
                text=face.qr,
                number=face.number,
                role="front" if is_front(face) else "back",
                sector=face.sector,
            )
            for face in faces
        ),
    )
