"""Deterministic CBOR against RFC 8949's examples, a naive encoder and noise."""

import random

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cbor
from cardservice.credential.reasons import CredentialError, Reason

INTEGERS = st.integers(min_value=-(2**64), max_value=2**64 - 1)
KEYS = INTEGERS | st.text(max_size=16)
VALUES = st.recursive(
    INTEGERS | st.text(max_size=300) | st.binary(max_size=300),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


def naive(value) -> bytes:
    """RFC 8949 sections 3 and 4.2.1, as they are written."""
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(naive, value))
    members = sorted((naive(key), naive(member)) for key, member in value.items())
    return head(5, len(value)) + b"".join(key + member for key, member in members)


def head(major: int, amount: int) -> bytes:
    if amount < 24:
        return bytes([major << 5 | amount])
    size = next(size for size in (1, 2, 4, 8) if amount < 256**size)
    return bytes([major << 5 | 24 + size.bit_length() - 1]) + amount.to_bytes(size)


def depth(value) -> int:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if members is None else 1 + max(map(depth, members), default=0)


def reason_of(octets: bytes) -> Reason | None:
    try:
        cbor.loads(octets)
    except CredentialError as error:
        return error.reason
    return None


@given(VALUES.filter(lambda value: depth(value) <= cbor.MAX_DEPTH))
def test_it_writes_the_one_deterministic_encoding_and_reads_it_back(value):
    octets = cbor.dumps(value)
    assert octets == naive(value)
    assert cbor.loads(octets) == value


@given(st.binary(max_size=60))
def test_noise_is_read_only_when_it_is_the_one_encoding(octets):
    try:
        value = cbor.loads(octets)
    except CredentialError as error:
        assert error.reason in (Reason.MALFORMED, Reason.UNSUPPORTED)
    else:
        assert naive(value) == octets


def test_a_changed_byte_is_read_only_when_it_is_the_one_encoding():
    rng = random.Random(8949)
    content = {1: "iss", 4: 1_800_000_000, 169: {62: [{0: b"y", 1: 0}]}, "text": [-1, b"", ""], -65538: 2}
    good = cbor.dumps(content)
    for _ in range(20_000):
        octets = bytearray(good)
        for _ in range(rng.randint(1, 3)):
            octets[rng.randrange(len(octets))] = rng.randrange(256)
        try:
            value = cbor.loads(bytes(octets))
        except CredentialError:
            continue
        assert naive(value) == bytes(octets)


def test_keys_stand_in_the_order_of_the_rfc():
    # RFC 8949 section 4.2.1: 10, 100, -1, "z", "aa" (its array and boolean keys are never used here).
    assert cbor.dumps({"aa": 0, "z": 0, -1: 0, 100: 0, 10: 0}).hex() == "a50a001864002000617a0062616100"


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        # RFC 8949 appendix A
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("1903e8", 1000),
        ("1a000f4240", 1_000_000),
        ("1b000000e8d4a51000", 1_000_000_000_000),
        ("1bffffffffffffffff", 18_446_744_073_709_551_615),
        ("3bffffffffffffffff", -18_446_744_073_709_551_616),
        ("20", -1),
        ("3903e7", -1000),
        ("40", b""),
        ("4401020304", b"\1\2\3\4"),
        ("6449455446", "IETF"),
        ("62c3bc", "\u00fc"),
        ("64f0908591", "\U00010151"),
        ("80", []),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        ("a201020304", {1: 2, 3: 4}),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ],
)
def test_it_agrees_with_the_published_examples(octets, value):
    assert cbor.loads(bytes.fromhex(octets)) == value
    assert cbor.dumps(value).hex() == octets


@pytest.mark.parametrize(
    "octets",
    [
        *("c000", "c11a514b67b0", "c249010000000000000000", "d74401020304", "d818456449455446", "d9d9f700"),
        *("d81c00", "d81d00", "d9010080", "d901024100", "d82500", "81a101c11a514b67b0", "d81840"),
        *("f4", "f5", "f6", "f7", "f0", "f8ff", "f90000", "f93c00", "fa47c35000", "fb3ff199999999999a", "f97e00"),
        *("a1f500", "a1f600", "a1f9000000", "a1410000", "a1810000", "a1a000"),
    ],
)
def test_tags_floats_and_simple_values_are_unsupported(octets):
    assert reason_of(bytes.fromhex(octets)) is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    "octets",
    [
        *("", "18", "19ff", "1c", "1d", "1e", "1f", "3f", "5c", "7c", "9c", "bc", "df", "f818", "f81f", "fc", "ff"),
        *(
            "1800",
            "1817",
            "190018",
            "1900ff",
            "1a0000ffff",
            "1b00000000ffffffff",
            "3800",
            "5800",
            "7800",
            "9800",
            "b800",
        ),
        *("9f00ff", "bf0000ff", "5f4100ff", "7f6161ff", "8200ff", "0000", "410000", "a1000000"),
        *("a200000000", "a202000100", "a26161000000", "a262616100617a00", "a220000000"),
        *("61ff", "62c328", "63eda080", "64f4908080", "62c080", "9bffffffffffffffff", "bbffffffffffffffff"),
        *("5bffffffffffffffff", "7bffffffffffffffff", "9b0000000100000000", "81818181818181818100"),
    ],
)
def test_every_other_encoding_is_malformed(octets):
    assert reason_of(bytes.fromhex(octets)) is Reason.MALFORMED


def test_keys_of_64_bytes_are_read_and_longer_ones_are_unsupported():
    longest = {"a" * 63: 0, "\u20ac" * 21 + "a": 0}
    assert cbor.loads(cbor.dumps(longest)) == longest
    for length in (65, 300):
        assert reason_of(naive({"a" * length: 0})) is Reason.UNSUPPORTED
        with pytest.raises(CredentialError):
            cbor.dumps({"a" * length: 0})


def test_eight_levels_are_read_and_nine_are_not():
    assert cbor.loads(b"\x81" * 8 + b"\0") == [[[[[[[[0]]]]]]]]
    assert reason_of(b"\x81" * 9 + b"\0") is Reason.MALFORMED
    assert reason_of(b"\x81" * 60_000 + b"\0") is Reason.MALFORMED


def test_no_tag_number_reaches_a_decoder_of_the_library():
    for tag in [*range(300), 1004, 5000, 43_000, 55_799, 65_535, 2**32 - 1, 2**64 - 1]:
        for content in (0, 1, "2013-03-21T20:04:00Z", b"\1", [1, 2], {}):
            octets = head(6, tag) + cbor2.dumps(content)
            assert reason_of(octets) is Reason.UNSUPPORTED, (tag, content)
            assert reason_of(cbor2.dumps([0])[:-1] + octets) is Reason.UNSUPPORTED, (tag, content)
