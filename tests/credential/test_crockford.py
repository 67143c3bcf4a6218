"""Check symbols over GF(32) and what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import crockford
from cardservice.credential.crockford import ALPHABET, Mistyped


def times(one: int, other: int) -> int:
    """Product in GF(2)[x] / (x^5 + x^2 + 1), by shift and reduce."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 32:
            one ^= 0b100101
        other >>= 1
    return product


def power(exponent: int) -> int:
    return 1 if exponent == 0 else times(power(exponent - 1), 2)


def test_two_generates_the_field():
    assert sorted(power(n) for n in range(31)) == list(range(1, 32))
    assert power(31) == 1


@given(st.lists(st.integers(min_value=0, max_value=31), min_size=1, max_size=20))
def test_the_check_symbol_is_the_weighted_sum(values):
    text = "".join(ALPHABET[value] for value in values)
    total = 0
    for place, value in enumerate(reversed(values), start=1):
        total ^= times(value, power(place))
    assert crockford.with_check(text) == text + ALPHABET[total]


@pytest.mark.parametrize("symbols", [6, 10, 16])
@pytest.mark.parametrize("seed", [0, 1, 0x2A5F3C19, 32**6 - 1])
def test_every_single_wrong_symbol_and_every_swap_is_noticed(symbols, seed):
    good = crockford.with_check(crockford.encode(seed * 0x9E3779B97F4A7C15 % 32**symbols, symbols))
    assert crockford.decode_checked(good, symbols) >= 0
    wrong = [
        good[:place] + symbol + good[place + 1 :]
        for place in range(len(good))
        for symbol in ALPHABET
        if symbol != good[place]
    ]
    for one in range(len(good)):
        for other in range(one + 1, len(good)):
            if good[one] != good[other]:
                letters = list(good)
                letters[one], letters[other] = letters[other], letters[one]
                wrong.append("".join(letters))
    assert len(wrong) >= 31 * len(good)
    for text in wrong:
        with pytest.raises(Mistyped):
            crockford.decode_checked(text, symbols)


@given(st.integers(min_value=0, max_value=32**10 - 1))
def test_it_reads_back_what_it_writes_however_it_is_typed(value):
    text = crockford.with_check(crockford.encode(value, 10))
    sloppy = text.lower().replace("0", "o").replace("1", "l")
    for typed in (text, text.lower(), crockford.grouped(text, (5, 5, 1)), " ".join(text), sloppy):
        assert crockford.decode_checked(typed, 10) == value


@given(st.text(max_size=12))
def test_typed_noise_is_mistyped_or_a_number(text):
    try:
        value = crockford.decode_checked(text, 6)
    except Mistyped:
        return
    assert 0 <= value < 32**6


@pytest.mark.parametrize("text", ["\u01310000000", "\u017f", "\u00df", "\ufb01", "\u0131" + "0" * 5 + "1"])
def test_letters_that_become_symbols_in_upper_case_are_mistyped(text):
    for symbols in range(1, 8):
        with pytest.raises(Mistyped):
            crockford.decode_checked(text, symbols)


def test_a_value_that_needs_more_symbols_is_refused():
    assert crockford.encode(32**6 - 1, 6) == "ZZZZZZ"
    for value in (32**6, -1):
        with pytest.raises(ValueError, match="does not fit"):
            crockford.encode(value, 6)
