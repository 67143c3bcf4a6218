"""Shaping: joined letters, reading order, fonts chosen per letter."""

import unicodedata

import pytest

from issuance.render.fonts import BOLD
from issuance.render.text import Unprintable, isolated, shape


def _glyphs(text: str) -> list[int]:
    return [placed.glyph for placed in shape(text, weight=BOLD).glyphs]


def test_arabic_letters_are_joined():
    word = "مثال"
    alone = [_glyphs(letter)[0] for letter in word]
    joined = _glyphs(word)
    assert set(joined) - set(alone), "no letter has changed its form"
    assert shape(word, weight=BOLD).units < sum(shape(letter, weight=BOLD).units for letter in word)


def test_arabic_runs_from_right_to_left():
    first, second = _glyphs("د"), _glyphs("ر")
    assert _glyphs("در") == second + first


@pytest.mark.parametrize("text", ["أمينة 12", "אמינה 12"])
def test_digits_in_a_right_to_left_name_keep_their_order(text):
    assert _glyphs(text)[:2] == _glyphs("12")


def test_a_latin_word_in_an_arabic_name_stays_readable():
    line = _glyphs("أمينة Bo")
    assert line[:2] == _glyphs("Bo")


def test_brackets_in_hebrew_are_mirrored():
    assert _glyphs("א(ב)")[0] == _glyphs("(")[0], "the closing bracket stands left and opens to the right"


def test_devanagari_vowel_sign_i_stands_before_its_consonant():
    sign_after, consonant = _glyphs("का")[1], _glyphs("क")[0]
    assert _glyphs("कि")[1] == consonant
    assert _glyphs("कि")[0] not in (consonant, sign_after)


def test_a_letter_and_its_accent_written_apart_look_like_one_letter():
    assert _glyphs(unicodedata.normalize("NFD", "Très")) == _glyphs("Très")


def test_one_word_may_need_two_fonts():
    assert len({id(placed.font) for placed in shape("Łukasz", weight=BOLD).glyphs}) == 2


def test_a_letter_without_a_glyph_is_never_drawn_as_a_box():
    with pytest.raises(Unprintable) as refusal:
        shape("李", weight=BOLD)
    assert "李" not in str(refusal.value)


def test_a_telephone_number_in_an_arabic_sentence_keeps_its_order():
    number = "+31 20 100"
    alone = _glyphs(number.replace(" ", "\u00a0"))
    line = _glyphs(f"هاتف {isolated(number)} أو")
    assert any(line[at : at + len(alone)] == alone for at in range(len(line)))
    plain = _glyphs(f"هاتف {number} أو")
    assert not any(plain[at : at + len(alone)] == alone for at in range(len(plain))), "it would be turned around"
