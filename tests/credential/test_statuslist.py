"""Status lists against Token Status List's examples, bounded, and in both forms the same."""

import base64
import json
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cbor, cose, statuslist
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city, documents

STATUSES = (1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1)
"""Token Status List section 4.1: sixteen entries of one bit."""


def read(octets: bytes) -> statuslist.StatusList:
    return statuslist.verify(statuslist.parse(octets), key=city.public_key("status"))


def test_bits_and_compression_are_those_of_the_example_in_section_4_1():
    bits = documents.bits_of(tuple(index for index, status in enumerate(STATUSES) if status), size=16)
    assert bits.hex() == "b9a3"
    assert zlib.decompress(bytes.fromhex("78dadbb918000217015d")) == bits
    held = read(documents.status_list(bits=bits))
    assert [held.blocked(index) for index in range(16)] == [bool(status) for status in STATUSES]


@given(st.sets(st.integers(0, 4095), max_size=40))
def test_what_is_listed_is_read_back(blocked):
    bits = documents.bits_of(tuple(blocked), size=4096)
    held = read(documents.status_list(number=7, bits=bits))
    assert (held.uri, held.iat, held.exp) == (f"{city.ISSUER}/s/7", city.NOW - 60, city.NOW - 60 + 604_800)
    assert {index for index in range(4096) if held.blocked(index)} == blocked
    assert held.blocked(4096) is None


def test_every_bit_of_every_position_of_a_byte_counts_alone():
    for index in range(64):
        held = read(documents.status_list(bits=documents.bits_of((index,), size=64)))
        assert [other for other in range(64) if held.blocked(other)] == [index]


def test_a_full_list_of_a_million_is_read():
    held = read(documents.status_list(bits=b"\xff" * 2**17))
    assert held.blocked(0) is held.blocked(2**20 - 1) is True
    assert held.blocked(2**20) is None


def test_a_bomb_is_too_large_without_ever_being_inflated():
    octets = documents.status_list(bits=bytes(100_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(CredentialError) as caught:
            read(octets)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.reason is Reason.TOO_LARGE


@given(st.binary(max_size=100))
def test_a_signed_noise_is_no_list(noise):
    header = statuslist.cwt_header(alg=ES256, kid=city.kid("status"))
    listed = cbor.dumps({2: "uri", 4: 1, 6: 0, 65534: 300, 65533: {"bits": 1, "lst": noise}})
    for payload in (noise, listed):
        with pytest.raises(CredentialError) as caught:
            read(city.sign(payload, key="status", protected=header))
        assert caught.value.reason in (Reason.MALFORMED, Reason.UNSUPPORTED)


def test_no_flipped_bit_of_a_list_is_accepted():
    octets = documents.status_list(bits=bytes(64))
    for position in range(len(octets)):
        for bit in range(8):
            with pytest.raises(CredentialError):
                read(octets[:position] + bytes([octets[position] ^ 1 << bit]) + octets[position + 1 :])


def test_a_card_key_signs_no_list_by_mistake():
    with pytest.raises(CredentialError) as caught:
        read(documents.status_list(bits=bytes(64), key="card"))
    assert caught.value.reason is Reason.BAD_SIGNATURE
    with pytest.raises(CredentialError) as caught:
        statuslist.parse(city.sign(city.claims("x").encode(), key="status"))
    assert caught.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize(("alg", "named"), [(ES256, "ES256"), (EDDSA, "EdDSA")])
def test_the_jwt_says_what_the_cwt_says(alg, named):
    compressed = statuslist.compress(bytes(64))
    unsigned = statuslist.jwt_signing_input(alg=alg, kid=b"\xff" * 8, uri="uri", iat=5, compressed=compressed)
    header, payload, signature = statuslist.jwt(signing_input=unsigned, signature=b"\xfb" * 64).split(b".")
    assert json.loads(from_base64url(header)) == {"alg": named, "kid": "__________8", "typ": "statuslist+jwt"}
    said = json.loads(from_base64url(payload))
    assert from_base64url(said.pop("status_list").pop("lst").encode()) == compressed
    assert said == {"sub": "uri", "iat": 5, "exp": 604_805, "ttl": 300}
    assert from_base64url(signature) == b"\xfb" * 64 and b"=" not in signature
    cwt = cbor.loads(statuslist.cwt_payload(uri="uri", iat=5, compressed=compressed))
    assert cwt == {2: "uri", 6: 5, 4: 604_805, 65534: 300, 65533: {"bits": 1, "lst": compressed}}
    assert cose.protected_header(alg=alg, kid=bytes(8), typ=statuslist.CWT_TYPE) == statuslist.cwt_header(
        alg=alg, kid=bytes(8)
    )


def from_base64url(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
