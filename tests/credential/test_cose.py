"""The outer form of a credential: two readers that agree, and nothing that slips between them."""

import random

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cose
from cardservice.credential.cose import Signed
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city

ALGORITHMS = (-7, -8, -9, -19)


def slowly(octets: bytes) -> Signed | None:
    try:
        return cose._parse_any(octets)
    except CredentialError:
        return None


def agree(octets: bytes) -> None:
    """The fast reader may pass, but whatever it takes the thorough one takes too and reads alike."""
    fast = cose._parse_card(octets)
    if fast is not None:
        assert fast == slowly(octets)


@given(
    st.sampled_from(ALGORITHMS),
    st.binary(min_size=8, max_size=8),
    st.binary(min_size=64, max_size=64),
    st.binary(max_size=700) | st.sampled_from([bytes(n) for n in (23, 24, 255, 256, 65_535, 65_536)]),
)
def test_what_is_assembled_is_parsed(alg, kid, signature, payload):
    protected = cose.protected_header(alg=alg, kid=kid)
    octets = cose.assemble(protected=protected, payload=payload, signature=signature)
    signed = cose.parse(octets)
    assert (signed.alg, signed.kid, signed.typ, signed.payload, signed.signature) == (
        alg,
        kid,
        None,
        payload,
        signature,
    )
    assert signed.message == cbor2.dumps(["Signature1", protected, b"", payload])
    assert signed == slowly(octets)
    agree(octets)


def test_cards_take_the_fast_way():
    for size in (24, 255, 256, 2000):
        octets = city.sign(bytes(size))
        assert cose._parse_card(octets) is not None


def test_no_changed_byte_is_taken_by_the_fast_reader_alone():
    rng = random.Random(9052)
    for size in (23, 24, 100, 255, 256, 300):
        good = city.sign((bytes(range(200)) * 2)[:size])
        for position in range(len(good)):
            for bit in range(8):
                agree(good[:position] + bytes([good[position] ^ 1 << bit]) + good[position + 1 :])
        for _ in range(3000):
            octets = bytearray(good)
            for _ in range(rng.randint(1, 4)):
                octets[rng.randrange(min(24, len(octets)))] = rng.randrange(256)
            agree(bytes(octets))
            agree(bytes(octets[: rng.randrange(len(octets))]))
            agree(bytes(octets) + rng.randbytes(rng.randrange(3)))


@pytest.mark.parametrize(
    ("size", "head"), [(15, "580f"), (23, "5817"), (24, "590018"), (255, "5900ff"), (256, "5a00000100")]
)
def test_a_length_in_more_bytes_than_it_needs_is_malformed(size, head):
    good = city.sign(bytes(size))
    longer = good[:17] + bytes.fromhex(head) + bytes(size) + good[-66:]
    assert cose._parse_card(longer) is None
    with pytest.raises(CredentialError) as caught:
        cose.parse(longer)
    assert caught.value.reason is Reason.MALFORMED


@given(st.binary(max_size=200))
def test_noise_raises_nothing_but_its_own_error(octets):
    for noise in (octets, b"\xd2" + octets, b"\xd2\x84" + octets, b"\xd2\x84\x4d\xa2\x01\x26\x04\x48" + octets):
        agree(noise)
        try:
            cose.parse(noise)
        except CredentialError as error:
            assert error.reason in (Reason.MALFORMED, Reason.UNSUPPORTED)


def test_the_signed_cwt_of_rfc_8392_appendix_a_3_is_a_strangers_credential():
    # Its kid stands in the unprotected header; no card of ours does that.
    octets = bytes.fromhex(
        "d28443a10126a104524173796d6d657472696345434453413235365850a701756"
        "36f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f"
        "61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a5610d"
        "9f0061a5610d9f007420b7158405427c1ff28d23fbad1f29c4c7c6a555e601d6f"
        "a29f9179bc3d7438bacaca5acd08c8d4d4f96131680c429a01f85951ecee743a5"
        "2b9b63632c57209120e1c9e30"
    )
    protected, unprotected, payload, signature = cbor2.loads(octets[1:])
    assert unprotected == {4: b"AsymmetricECDSA256"} and cbor2.loads(payload)[1] == "coap://as.example.com"
    with pytest.raises(CredentialError) as caught:
        cose.parse(octets)
    assert caught.value.reason is Reason.UNSUPPORTED


def test_the_sig_structure_is_that_of_rfc_9052_appendix_c_2_1():
    message = cose.message_to_sign(protected=bytes.fromhex("a10126"), payload=b"This is the content.")
    assert message.hex() == "846a5369676e61747572653143a101264054546869732069732074686520636f6e74656e742e"


@pytest.mark.parametrize(("header_alg", "accepted"), [(-7, True), (-9, True), (-8, False), (-19, False)])
def test_the_header_never_chooses_the_algorithm(header_alg, accepted):
    protected = cose.protected_header(alg=header_alg, kid=city.kid("card"))
    signed = cose.parse(city.sign(bytes(30), protected=protected))
    assert signed.verified_by(city.public_key("card")) is accepted
