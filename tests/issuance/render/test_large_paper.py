"""The paper in large print: slip and leaflet on A4 pages, nothing smaller than 18 points, nothing over the edge."""

import pypdfium2 as pdfium
import pytest
from PIL import ImageChops, ImageOps

from issuance.render import large_paper as module
from issuance.render.paper import PrintedPaper, paper_pdf
from issuance.render.readback import read_back
from issuance.render.texts import languages
from issuance.render.theme import default_theme
from tests.issuance.render.specimens import NUMBER, dots

ADDRESS = "https://cards.city.example/lost#"


def _paper(code: str = "7K2M-XQ4T-9RWD-H3PZ-5", *, language: str = "en", number: str = NUMBER) -> bytes:
    paper = PrintedPaper(slip_code=code, slip_url=ADDRESS + code, card_number=number, language=language, large=True)
    return paper_pdf(paper=paper, theme=default_theme())


@pytest.mark.parametrize("language", languages())
def test_every_language_has_its_code_and_stays_within_the_margins(language):
    pdf = _paper(language=language)
    assert read_back(pdf) == [ADDRESS + "7K2M-XQ4T-9RWD-H3PZ-5"]
    document = pdfium.PdfDocument(pdf)
    assert 3 <= len(document) <= 4
    for page in document:
        assert [side / 72 * 25.4 for side in page.get_size()] == pytest.approx([210, 297], abs=0.001)
        ink = ImageOps.invert(page.render(scale=1, grayscale=True).to_pil()).point(lambda dark: 255 * (dark > 64))
        left, _, right, foot = (edge / 72 * 25.4 for edge in ink.getbbox())
        assert left > 17 and right < 193 and foot < 283


@pytest.mark.parametrize("language", languages())
def test_the_numbers_of_a_card_stand_beside_its_code_and_clear_of_the_text(language):
    one, other = (dots(_paper(code, language=language, number=number)) for code, number in (
        ("7K2M-XQ4T-9RWD-H3PZ-5", "0000-0000-0"), ("QQQQ-QQQQ-QQQQ-QQQQ-Q", "QQQQ-QQQQ-Q"),
    ))  # fmt: skip
    _, top, _, foot = (edge / 300 * 25.4 for edge in ImageChops.difference(one, other).getbbox())
    begin = module._code_top(language)
    assert begin - 0.1 < top and foot < begin + module._CODES - 1
    assert foot < 297 / 2, "only the upper half of a paper is read back"


def test_nothing_is_smaller_than_large_print(monkeypatch):
    sizes = []
    for name in ("paragraph", "one_line"):
        real = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *text, real=real, **how: sizes.append(how["points"]) or real(*text, **how)
        )
    module._fixed_pages.cache_clear()
    _paper()
    assert min(sizes) >= 18


def test_the_same_large_paper_gives_the_same_bytes():
    assert _paper() == _paper()
