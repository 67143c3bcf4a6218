"""The paper: one A4 page, no name, the code only after '#'."""

import pypdfium2 as pdfium
import pytest
from PIL import ImageChops, ImageOps, ImageStat

from issuance.render import paper as module
from issuance.render.paper import LeafletTooLong, PrintedPaper, paper_pdf
from issuance.render.readback import read_back
from issuance.render.texts import UnknownLanguage, languages
from issuance.render.theme import default_theme
from tests.issuance.render.specimens import NUMBER, dots


def _paper(code: str = "7K2M-XQ4T-9RWD-H3PZ-5", language: str = "en") -> bytes:
    printed = PrintedPaper(
        slip_code=code, slip_url=f"https://cards.city.example/lost#{code}", card_number=NUMBER, language=language
    )
    return paper_pdf(paper=printed, theme=default_theme())


@pytest.mark.parametrize("language", languages())
def test_it_is_one_a4_page_in_every_language(language):
    document = pdfium.PdfDocument(_paper(language=language))
    assert len(document) == 1
    assert [side / 72 * 25.4 for side in document[0].get_size()] == pytest.approx([210, 297], abs=0.001)


def test_two_papers_differ_only_above_the_cut_line():
    difference = ImageChops.difference(dots(_paper()), dots(_paper("0000-0000-0000-0000-0")))
    assert difference.getbbox()[3] < 115 / 25.4 * 300


def test_the_same_paper_gives_the_same_bytes():
    assert _paper() == _paper()


def test_a_language_without_texts_is_refused():
    with pytest.raises(UnknownLanguage):
        _paper(language="../en")


def test_texts_too_long_for_the_page_are_refused_and_not_cut(monkeypatch):
    monkeypatch.setattr(module, "_FOOT", 160.0)
    module._fixed.cache_clear()
    with pytest.raises(LeafletTooLong):
        _paper()
    module._fixed.cache_clear()


def test_the_arabic_paper_is_mirrored_and_its_code_still_reads():
    latin, arabic = read_back(_paper()), read_back(_paper(language="ar"))
    assert latin == arabic == ["https://cards.city.example/lost#7K2M-XQ4T-9RWD-H3PZ-5"]
    pages = [dots(_paper(language=language)) for language in ("en", "ar")]
    middle = pages[0].width // 2
    codes = [ImageOps.invert(page.convert("L")).crop((0, 500, page.width, 800)) for page in pages]
    dark_on_the_left = [ImageStat.Stat(code.crop((0, 0, middle, 300))).sum[0] for code in codes]
    dark_on_the_right = [ImageStat.Stat(code.crop((middle, 0, code.width, 300))).sum[0] for code in codes]
    assert dark_on_the_left[1] > dark_on_the_left[0] and dark_on_the_right[1] < dark_on_the_right[0]
