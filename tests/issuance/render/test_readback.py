"""Read-back: what is decoded from the rendered PDF is what was given."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cardservice.credential.profiles import SECTORS
from issuance.render import qr, readback
from issuance.render.card import PrintedCard, PrintedFace, card_pdf
from issuance.render.paper import PrintedPaper, paper_pdf
from issuance.render.pdf import Canvas, Page, document
from issuance.render.raster import Unreadable
from issuance.render.readback import read_back, reads_as
from issuance.render.theme import default_theme
from tests.issuance.render.specimens import CAPACITY, NUMBER, base45, card, photograph


@pytest.mark.parametrize(("front", "back"), [(13, 20), (16, 20), (20, 23)])
@pytest.mark.parametrize("seed", range(4))
def test_both_faces_read_back_at_every_pinned_version_filled_to_the_brim(front, back, seed):
    faces = (
        PrintedFace(base45(CAPACITY[front] - seed, seed), NUMBER),
        PrintedFace(base45(CAPACITY[back] - seed, seed + 50), NUMBER, "back"),
    )
    printed = PrintedCard(name="Amina Example", valid_through="11/2029", faces=faces, photo=photograph())
    pdf = card_pdf(card=printed, theme=default_theme())
    assert read_back(pdf) == [face.text for face in faces]


def test_a_hardly_filled_symbol_reads_back_too():
    assert read_back(card(front=60, back=60)) == [base45(60), base45(60, 2)]


def test_seven_sectors_read_back_in_page_order():
    faces = tuple(PrintedFace(base45(460, seed), NUMBER, "front", sector) for seed, sector in enumerate(SECTORS))
    printed = PrintedCard(name="Amina Example", valid_through="11/2029", faces=faces)
    assert read_back(card_pdf(card=printed, theme=default_theme())) == [face.text for face in faces]


def test_the_slip_reads_back():
    address = "https://cards.city.example/lost#7K2M-XQ4T-9RWD-H3PZ-5"
    paper = PrintedPaper(slip_code="7K2M-XQ4T-9RWD-H3PZ-5", slip_url=address, card_number=NUMBER)
    assert read_back(paper_pdf(paper=paper, theme=default_theme())) == [address]


def test_a_page_without_a_code_gives_nothing():
    assert read_back(document([Page(85.6, 53.98, fixed="", own=Canvas().content())])) == []


def test_bytes_that_are_no_pdf_are_refused():
    with pytest.raises(Unreadable):
        read_back(b"no PDF")


def test_several_clerks_at_once_get_their_own_texts_back():
    lengths = [300 + 20 * clerk for clerk in range(8)]
    with ThreadPoolExecutor(4) as clerks:
        found = list(clerks.map(lambda length: read_back(card(front=length)), lengths))
    assert found == [[base45(length), base45(900, 2)] for length in lengths]


def _page(code: str, *, below: str = "") -> bytes:
    """A page with one code over whatever lies below."""
    canvas = Canvas()
    canvas.dots(100, 100, qr.symbol(code).rectangles, 5)
    return document([Page(85.6, 53.98, fixed=below, own=canvas.content())])


def test_what_all_cards_share_is_read_with_the_first_and_left_out_afterwards(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readback, "_READ_WELL", {})
    drawn: list[bytes] = []
    monkeypatch.setattr(readback, "drawn", lambda pdf, draw, real=readback.drawn: drawn.append(pdf) or real(pdf, draw))
    white = "1 g 0 0 85 53 re f"
    first, second = _page("A1", below=white), _page("B2", below=white)
    assert reads_as(first, ["A1"])
    assert reads_as(second, ["B2"])
    assert drawn[0] == first
    assert drawn[1] != second
    assert len(drawn[1]) == len(second)
    # The reading still tells one card from another, and one that does not read from one that does.
    assert not reads_as(second, ["A1"])
    assert not reads_as(_page("A1", below=white)[:-400] + second[-400:], ["B2"])
    with pytest.raises(Unreadable):
        reads_as(b"no PDF", ["B2"])


def test_what_makes_codes_unreadable_is_never_left_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readback, "_READ_WELL", {})
    black = "0 g 0 0 85 53 re f"
    for _ in range(2):
        assert not reads_as(_page("A1", below=black), ["A1"])
    assert readback._READ_WELL == {}


def test_cards_and_papers_are_read_without_what_they_share():
    text, back, address = base45(400, 7), base45(700, 8), "https://demo.invalid/block#4K7P-2MX0-1234-5678-9"
    faces = (PrintedFace(text, "4K7-P2MX"), PrintedFace(back, "4K7-P2MX", "back"))
    card = card_pdf(card=PrintedCard(name="A", valid_through="11/2029", faces=faces), theme=default_theme())
    paper = paper_pdf(
        paper=PrintedPaper(slip_code="4K7P-2MX0-1234-5678-9", slip_url=address, card_number="4K7-P2MX"),
        theme=default_theme(),
    )
    for _ in range(2):
        assert reads_as(card, [text, back])
        assert reads_as(paper, [address])
        assert not reads_as(card, [text, text])
