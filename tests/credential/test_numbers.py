"""Card numbers and slip codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import numbers


@given(st.integers(0, numbers.MAX_LISTS - 1), st.integers(0, numbers.LIST_SIZE - 1))
def test_a_card_number_says_list_and_index(list_number, index):
    text = numbers.card_number(list_number=list_number, index=index)
    assert len(text) == 8 and text[3] == "-"
    assert numbers.parse_card_number(text) == (list_number, index)


@given(st.binary(min_size=10, max_size=10))
def test_a_slip_code_says_its_bytes(octets):
    text = numbers.slip_code(octets)
    assert [len(group) for group in text.split("-")] == [4, 4, 4, 4, 1]
    assert numbers.parse_slip_code(text) == octets


def test_an_index_beyond_the_list_never_becomes_another_list():
    for index in (-1, numbers.LIST_SIZE):
        with pytest.raises(ValueError, match="entries"):
            numbers.card_number(list_number=0, index=index)
    with pytest.raises(ValueError, match="does not fit"):
        numbers.card_number(list_number=numbers.MAX_LISTS, index=0)


@pytest.mark.parametrize("octets", [b"", bytes(9), bytes(11)])
def test_a_slip_code_of_another_length_is_refused(octets):
    with pytest.raises(ValueError, match="10 bytes"):
        numbers.slip_code(octets)


def test_a_slip_code_is_no_card_number():
    with pytest.raises(numbers.Mistyped):
        numbers.parse_card_number(numbers.slip_code(bytes(10)))
    with pytest.raises(numbers.Mistyped):
        numbers.parse_slip_code(numbers.card_number(list_number=0, index=0))
