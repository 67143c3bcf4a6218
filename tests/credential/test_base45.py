"""Base45 against RFC 9285's own examples and against a naive reading of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import base45
from cardservice.credential.reasons import CredentialError, Reason

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def naive_encode(octets: bytes) -> str:
    """RFC 9285 section 4.2, as it is written."""
    text = ""
    for start in range(0, len(octets), 2):
        chunk = octets[start : start + 2]
        value = int.from_bytes(chunk)
        for _ in range(3 if len(chunk) == 2 else 2):
            text += LETTERS[value % 45]
            value //= 45
    return text


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"AB", "BB8"),  # RFC 9285 section 4.3, example 1
        (b"Hello!!", "%69 VD92EX0"),  # example 2
        (b"base-45", "UJCLQE7W581"),  # example 3
        (b"ietf!", "QED8WEX0"),  # section 4.4
        (b"\xff\xff", "FGW"),  # 65535, the highest pair of bytes
        (b"\xff", "U5"),  # 255, the highest single byte
        (b"", ""),
    ],
)
def test_it_agrees_with_the_published_examples(octets, text):
    assert base45.encode(octets) == text
    assert base45.decode(text) == octets


@given(st.binary(max_size=300))
def test_it_encodes_as_the_naive_reading_does_and_back(octets):
    text = base45.encode(octets)
    assert text == naive_encode(octets)
    assert base45.decode(text) == octets


@given(st.text(alphabet=LETTERS, max_size=40))
def test_it_reads_a_text_only_when_the_encoder_would_write_it(text):
    try:
        octets = base45.decode(text)
    except CredentialError as error:
        assert error.reason is Reason.MALFORMED
    else:
        assert naive_encode(octets) == text


@given(st.text(max_size=20))
def test_it_raises_nothing_but_its_own_error(text):
    try:
        assert base45.encode(base45.decode(text)) == text
    except CredentialError as error:
        assert error.reason is Reason.MALFORMED


NOT_WRITTEN = ("GGW", ":::", "V5", "::", "A", "AAAA", "bb8", "BB8\n", "BB_", "\uff10B8", "B\x00", "\ud800")


@pytest.mark.parametrize("text", NOT_WRITTEN)
def test_it_refuses_what_no_encoder_writes(text):
    with pytest.raises(CredentialError) as caught:
        base45.decode(text)
    assert caught.value.reason is Reason.MALFORMED


def test_every_pair_and_triple_has_one_reading_or_none():
    pairs = [first + second for first in LETTERS for second in LETTERS]
    assert sum(_reads(pair) for pair in pairs) == 256
    highest = [first + second + third for first in LETTERS for second in LETTERS for third in "VWXYZ"]
    assert sum(_reads(triple) for triple in highest) == 2025 + (65_536 - 32 * 2025)


def _reads(text: str) -> bool:
    try:
        base45.decode(text)
    except CredentialError:
        return False
    return True
