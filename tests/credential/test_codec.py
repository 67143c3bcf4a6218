"""QR texts end to end: every flipped bit, bombs, and hostile input in bounded time and memory."""

import time
import tracemalloc
import zlib

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import base45, codec, cose
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city

CARDS = {
    "compact": (city.claims("compact"), "card", ES256),
    "portrait": (city.claims("portrait", photo=city.PHOTO), "card", ES256),
    "sector": (city.claims("sector", sector="health", name="\u1230\u120b\u121d", born=None), "card EdDSA", EDDSA),
}


def accepted(text: str) -> bytes | None:
    """The signed message of a text that decodes and verifies, None otherwise; any other error comes through."""
    try:
        signed, _ = codec.open_text(text)
    except CredentialError:
        return None
    name, alg = ("card", ES256) if signed.alg in (-7, -9) else ("card EdDSA", EDDSA)
    known = signed.kid == city.kid(name, alg=alg) and signed.verified_by(city.public_key(name, alg=alg))
    return signed.message if known else None


@pytest.mark.parametrize("card", CARDS)
def test_what_is_sealed_is_opened(card):
    content, key, alg = CARDS[card]
    text = city.text(city.sign(content.encode(), key=key, alg=alg))
    signed, claims = codec.open_text(text)
    assert claims == content
    sealed = codec.seal(protected=signed.message[13:26], payload=signed.payload, signature=signed.signature)
    assert codec.open_text(sealed) == (signed, claims)


@pytest.mark.parametrize("card", CARDS)
def test_no_flipped_bit_of_a_credential_is_accepted(card):
    content, key, alg = CARDS[card]
    signed = city.sign(content.encode(), key=key, alg=alg)
    assert accepted(city.text(signed)) is not None
    for position in range(len(signed)):
        for bit in range(8):
            changed = signed[:position] + bytes([signed[position] ^ 1 << bit]) + signed[position + 1 :]
            assert accepted(city.text(changed, level=1)) is None, (position, bit)


def test_no_flipped_bit_of_the_compressed_form_is_accepted_as_anything_else():
    # Only the unused bits in deflate's last byte may change: the credential inside stays the same to the bit.
    signed = city.sign(CARDS["compact"][0].encode())
    stream, message = zlib.compress(signed, 9), cose.parse(signed).message
    taken = 0
    for position in range(len(stream)):
        for bit in range(8):
            changed = stream[:position] + bytes([stream[position] ^ 1 << bit]) + stream[position + 1 :]
            answer = accepted(base45.encode(changed))
            assert answer in (None, message), (position, bit)
            taken += answer is not None
    assert taken <= 7


def test_no_changed_character_of_a_text_is_accepted_as_anything_else():
    text = city.text(city.sign(CARDS["compact"][0].encode()))
    message = codec.open_text(text)[0].message
    for position in range(len(text)):
        for character in ("0", "A", ":", " ", "a", "\u00e9"):
            changed = text[:position] + character + text[position + 1 :]
            assert accepted(changed) in ((message,) if changed == text else (None, message))


@given(st.text(max_size=60) | st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=60))
def test_a_noisy_text_raises_nothing_but_its_own_error(text):
    with pytest.raises(CredentialError):
        codec.open_text(text)


@given(st.binary(max_size=200))
def test_noise_inside_raises_nothing_but_its_own_error(octets):
    for inside in (octets, zlib.compress(octets), zlib.compress(b"\xd2" + octets), zlib.compress(city.sign(octets))):
        with pytest.raises(CredentialError):
            codec.open_text(base45.encode(inside))


@pytest.mark.parametrize("octets", [b"\0", b"\x81", b"\xd2\x84", b"\x78\xda", b"\xa1\0"])
def test_a_bomb_is_too_large_without_ever_being_inflated(octets):
    size = 2_000_000
    text = base45.encode(zlib.compress(octets * (size // len(octets)), 9))
    assert len(text) <= codec.MAX_TEXT
    tracemalloc.start()
    try:
        with pytest.raises(CredentialError) as caught:
            codec.open_text(text)
        assert tracemalloc.get_traced_memory()[1] < 400_000
    finally:
        tracemalloc.stop()
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_text_too_long_is_not_looked_at():
    with pytest.raises(CredentialError) as caught:
        codec.open_text("\u2603" * 50_000_000)
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "value",
    [
        [0] * 65_000,
        [[]] * 65_000,
        [[[[[[[0]]]]]]] * 8_000,
        dict.fromkeys(range(15000), 0),
        [{}] * 65_000,
        "x" * 65_000,
        ["\u20ac"] * 16_000,
    ],
    ids=["integers", "arrays", "nested arrays", "keys", "maps", "text", "texts"],
)
def test_the_worst_that_a_text_holds_is_refused_quickly(value):
    inside = cbor2.dumps(value)
    for signed in (city.sign(inside), b"\xd2" + inside, city.sign(b"", protected=inside)):
        start = time.process_time()
        assert accepted(base45.encode(zlib.compress(signed, 9))) is None
        assert time.process_time() - start < 0.5
