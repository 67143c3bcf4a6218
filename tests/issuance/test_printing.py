"""From signed faces to PDFs that read as what was signed."""

from typing import Any

import pytest

from issuance import printing
from issuance.printing import CannotPrint, ReadBackFailed, SignedFace
from issuance.render import card as layout
from issuance.render import paper as papers
from issuance.render.readback import read_back
from issuance.render.texts import languages
from tests.issuance.office import ISSUER, PRINTER, photos
from tests.issuance.render.specimens import base45

NUMBER, SLIP = "4K7-P2MX", "4K7P-2MX0-1234-5678-9"


def _faces(front: int = 400, back: int = 900) -> list[SignedFace]:
    return [
        SignedFace(name="compact", sector=None, number=NUMBER, qr=base45(front)),
        SignedFace(name="portrait", sector=None, number=NUMBER, qr=base45(back, 2)),
    ]


def _print(faces: list[SignedFace], **about: Any) -> printing.Prints:
    values = {
        "name": "Amina Example",
        "valid_through": "11/2029",
        "photo": None,
        "slip_code": SLIP,
        "language": "en",
    }
    return PRINTER.print_card(faces, **(values | about))


def _refusal(faces: list[SignedFace], *, name: str = "Amina Example", with_photo: bool = False) -> str | None:
    try:
        PRINTER.check_fits(faces, name=name, with_photo=with_photo)
    except CannotPrint as refused:
        assert name not in refused.text
        return refused.field
    return None


def test_both_pdfs_read_as_what_was_signed() -> None:
    faces = _faces()
    prints = _print(faces, photo=photos()[1])

    assert read_back(prints.card_pdf) == [face.qr for face in faces]
    assert read_back(prints.paper_pdf) == [f"{ISSUER}/block#{SLIP}"]


@pytest.mark.parametrize("which", ["card_pdf", "paper_pdf"])
def test_a_pdf_of_another_card_fails_the_reading_back(monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    other = _print(_faces(front=410), slip_code="0000-0000-0000-0000-0")
    monkeypatch.setattr(printing, which, lambda **about: getattr(other, which))

    with pytest.raises(ReadBackFailed):
        _print(_faces())


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_fails_the_reading_back(monkeypatch: pytest.MonkeyPatch, pdf: bytes) -> None:
    monkeypatch.setattr(printing, "card_pdf", lambda **about: pdf)

    with pytest.raises(ReadBackFailed):
        _print(_faces())


def test_a_card_without_its_second_face_fails_the_reading_back(monkeypatch: pytest.MonkeyPatch) -> None:
    one = _print(_faces()[:1])
    monkeypatch.setattr(printing, "card_pdf", lambda **about: one.card_pdf)

    with pytest.raises(ReadBackFailed):
        _print(_faces())


@pytest.mark.parametrize(
    ("front", "back", "field"),
    [
        (483, 970, None),
        (946, 1248, None),
        (947, 900, "name"),
        (970, 900, "name"),
        (971, 900, "name"),
        (400, 1249, "photo_qr"),
    ],
)
def test_faces_must_fit_the_largest_symbol(front: int, back: int, field: str | None) -> None:
    assert _refusal(_faces(front, back)) == field


def test_a_face_that_came_out_too_long_is_said_so_when_printing() -> None:
    for faces, field in ((_faces(971), "name"), (_faces(400, 1249), "photo_qr")):
        with pytest.raises(CannotPrint) as caught:
            _print(faces)
        assert caught.value.field == field


def test_the_name_is_measured_as_it_will_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[tuple[int, bool]] = set()
    monkeypatch.setattr(printing, "check_name", lambda *, name, version, with_photo: asked.add((version, with_photo)))
    # Near a symbol's limit the signature decides which of two it will be: both are measured.
    for front, expected in ((400, {13}), (470, {13, 16}), (500, {16}), (640, {16, 20}), (700, {20})):
        for with_photo in (True, False):
            asked.clear()
            PRINTER.check_fits(_faces(front), name="Amina Example", with_photo=with_photo)
            assert asked == {(version, with_photo) for version in expected}


def test_a_name_without_room_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_NAME_SIZES", (15,))

    assert _refusal(_faces(), name="Wilhelmina-Alexandra " * 3, with_photo=True) == "name"
    assert _refusal(_faces(), name="Wilhelmina-Alexandra " * 3, with_photo=False) is None


def test_a_letter_without_a_shape_is_refused() -> None:
    assert _refusal(_faces(), name="王小明") == "name"


@pytest.mark.parametrize("with_photo", [True, False])
@pytest.mark.parametrize("front", [400, 500, 700])
@pytest.mark.parametrize(
    "name", ["W" * 80, "Ж" * 80, "Maria Guadalupe Hernández-Villanueva y Gutiérrez-Castañe", "أ" * 80]
)
def test_the_check_and_the_print_agree(name: str, front: int, with_photo: bool) -> None:
    refused = _refusal(_faces(front), name=name, with_photo=with_photo)
    photo = photos()[1] if with_photo else None
    if refused is None:
        assert _print(_faces(front), name=name, photo=photo).card_pdf
    else:
        with pytest.raises(Exception, match="does not fit"):
            _print(_faces(front), name=name, photo=photo)


def test_prints_and_refusals_show_no_name() -> None:
    assert "Amina" not in repr(_print(_faces()))
    assert "Amina" not in repr(CannotPrint("name", "is too long"))


def test_after_warming_up_no_resident_waits_for_a_language() -> None:
    papers._fixed.cache_clear()
    PRINTER.warm()
    drawn = papers._fixed.cache_info().misses
    for language in languages():
        _print(_faces(), language=language)

    assert drawn == len(languages())
    assert papers._fixed.cache_info().misses == drawn
