"""Read-back: what is decoded from the rendered PDF is what was given."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cardservice.credential.profiles import SECTORS
from issuance.render.card import PrintedCard, PrintedFace, card_pdf
from issuance.render.paper import PrintedPaper, paper_pdf
from issuance.render.pdf import Canvas, Page, document
from issuance.render.readback import Unreadable, read_back
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
