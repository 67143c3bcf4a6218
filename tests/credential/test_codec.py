"""QR texts end to end: what is sealed is opened, noise and bombs are refused for the right reason."""

import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import base45, codec
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city

CARDS = {
    "compact": (city.claims("compact"), "card", ES256),
    "portrait": (city.claims("portrait", photo=city.PHOTO), "card", ES256),
    "sector": (city.claims("sector", sector="health", name="\u1230\u120b\u121d", born=None), "card EdDSA", EDDSA),
}


@pytest.mark.parametrize("card", CARDS)
def test_what_is_sealed_is_opened(card):
    content, key, alg = CARDS[card]
    text = city.text(city.sign(content.encode(), key=key, alg=alg))
    signed, claims = codec.open_text(text)
    assert claims == content
    sealed = codec.seal(protected=signed.message[13:26], payload=signed.payload, signature=signed.signature)
    assert codec.open_text(sealed) == (signed, claims)


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
