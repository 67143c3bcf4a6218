"""Names: one way to write each, in any script, and no trick on the reader."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential.claims import MAX_NAME
from cardservice.credential.names import MAX_CHARACTERS, NameProblem, NameRefused, normalised


@given(st.text(max_size=100))
def test_a_name_is_refused_with_a_problem_or_written_the_one_way(name):
    try:
        written = normalised(name)
    except NameRefused as refused:
        assert refused.problem in NameProblem
        assert str(refused) == refused.problem.value
        return
    assert normalised(written) == written
    assert written == unicodedata.normalize("NFC", written)
    assert written == " ".join(written.split()) and 1 <= len(written) <= MAX_CHARACTERS
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for letter in written)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo"], max_codepoint=0x24F), min_size=1, max_size=40))
def test_composed_and_decomposed_are_one_name(name):
    assert normalised(unicodedata.normalize("NFD", name)) == normalised(name)


def test_a_written_name_always_fits_the_claim():
    assert MAX_CHARACTERS == MAX_NAME


@pytest.mark.parametrize("blank", ["\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"])
def test_a_name_never_holds_a_letter_that_prints_as_nothing(blank):
    for name in (blank, f"Ada{blank}", f"{blank} {blank}"):
        with pytest.raises(NameRefused) as caught:
            normalised(name)
        assert caught.value.problem is NameProblem.UNKNOWN_CHARACTER


def test_a_joiner_stands_alone_between_letters():
    assert normalised("\u0646\u06cc\u06a9\u200c\u0646\u0627\u0645")
    for name in ("a\u200c\u200cb", "a\u200d\u200cb", "\u200ca", "a \u200cb"):
        with pytest.raises(NameRefused):
            normalised(name)


def test_the_error_never_holds_the_name():
    with pytest.raises(NameRefused) as caught:
        normalised("Secret\x00Name")
    assert "Secret" not in repr(caught.value) + str(caught.value)
