"""The letter of refusal: one A4 page in each language for each reason, which names nobody."""

import copy
import tomllib
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from issuance.refusals import RefusalReason
from issuance.render import letter as module
from issuance.render import letter_texts as texts_module
from issuance.render.fonts import unprintable
from issuance.render.letter import LetterTooLong, letter_pdf
from issuance.render.letter_texts import letter_texts, parse_letter_texts
from issuance.render.texts import TextsError, UnknownLanguage, languages
from issuance.render.theme import default_theme
from tests.issuance.render.specimens import dots

FOLDER = Path(texts_module.__file__).with_name("letters")
ENGLISH = tomllib.loads((FOLDER / "en.toml").read_text(encoding="utf-8"))


def words(language: str) -> list[str]:
    all_of = letter_texts(language)
    each = [*all_of.headings.values(), *all_of.steps.values()]
    each += [text for about in all_of.reasons.values() for text in about.values()]
    return [all_of.title, all_of.intro, all_of.nothing_kept, *each]


@pytest.mark.parametrize("language", languages())
def test_every_letter_is_one_a4_page(language):
    for reason in RefusalReason:
        document = pdfium.PdfDocument(letter_pdf(reason=reason, language=language, theme=default_theme()))
        assert len(document) == 1
        assert [side / 72 * 25.4 for side in document[0].get_size()] == pytest.approx([210, 297], abs=0.001)


@pytest.mark.parametrize("language", languages())
def test_every_language_is_whole_and_can_be_printed(language):
    assert all(text.strip() for text in words(language))
    assert not unprintable("".join(words(language)))
    assert "{telephone}" in letter_texts(language).steps["appeal"]


def test_no_language_is_a_copy_of_another():
    everything = [text for language in languages() for text in words(language)]
    assert len(set(everything)) == len(everything)


def test_each_reason_has_a_letter_of_its_own():
    letters = [letter_pdf(reason=reason, language="en", theme=default_theme()) for reason in RefusalReason]
    assert len({dots(letter).tobytes() for letter in letters}) == len(RefusalReason)


def test_a_language_without_texts_is_refused():
    with pytest.raises(UnknownLanguage):
        letter_pdf(reason=RefusalReason.NOT_PRESENT, language="../en", theme=default_theme())


def test_a_missing_or_unknown_key_is_refused():
    for part in ("headings", "steps", "reasons"):
        missing, unknown = copy.deepcopy(ENGLISH), copy.deepcopy(ENGLISH)
        missing[part].popitem()
        unknown[part]["surprise"] = "x"
        for content in (missing, unknown):
            with pytest.raises(TextsError):
                parse_letter_texts("en", content)


def test_texts_too_long_for_the_page_are_refused_and_not_cut(monkeypatch):
    monkeypatch.setattr(module, "_FOOT", 120.0)
    module.letter_pdf.cache_clear()
    with pytest.raises(LetterTooLong):
        letter_pdf(reason=RefusalReason.NOT_PRESENT, language="en", theme=default_theme())
