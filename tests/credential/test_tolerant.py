"""The reader of others' Claim 169: all dialects, nothing believed, nothing raised but its own error."""

import itertools
import tracemalloc
import zlib

import brotli
import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import base45, cbor, codec, cose, keys, tolerant
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city

IDENTITY = {4: "Noor Example", 1: "42", 62: [{1: 0, 2: 4, 0: b"RIFF"}]}
CLAIMS = {6: 1_700_000_000, 1: "https://peer.example", 5: 1_700_000_001, 4: 1_900_000_000}
COMPRESSIONS = {"zlib": zlib.compress, "brotli": brotli.compress, "none": bytes}
TAGS = {"61 and 18": b"\xd8\x3d\xd2", "18": b"\xd2", "no tag": b""}


def signed(claims: dict, *, protected: bytes = b"\xa1\x01\x26", unprotected: dict | None = None) -> bytes:
    payload = cbor2.dumps(claims)
    message = cose.message_to_sign(protected=protected, payload=payload)
    return cbor2.dumps([protected, unprotected or {}, payload, keys.sign(city.private_key("card"), message)])


def reason_of(text: str) -> Reason | None:
    try:
        tolerant.read(text)
    except CredentialError as error:
        return error.reason
    return None


@pytest.mark.parametrize(
    ("compression", "tags", "wrapped", "kid_protected"),
    list(itertools.product(COMPRESSIONS, TAGS, [True, False], [True, False])),
)
def test_every_dialect_says_the_same(compression, tags, wrapped, kid_protected):
    protected = cbor2.dumps({1: -7, 4: b"k"} if kid_protected else {1: -7})
    claims = CLAIMS | {169: cbor2.dumps(IDENTITY) if wrapped else IDENTITY}
    octets = TAGS[tags] + signed(claims, protected=protected, unprotected={} if kid_protected else {4: b"k"})
    text = base45.encode(COMPRESSIONS[compression](octets))
    read = tolerant.read(text)
    assert (read.alg, read.kid, read.issuer) == (-7, b"k", CLAIMS[1])
    assert (read.iat, read.nbf, read.exp) == (CLAIMS[6], CLAIMS[5], CLAIMS[4])
    assert read.identity == IDENTITY
    assert [(face.octets, face.format, face.sub_format) for face in read.faces] == [(b"RIFF", 0, 4)]
    assert read.verified_by(city.public_key("card")) and not read.verified_by(city.public_key("stranger"))
    with pytest.raises(CredentialError):
        codec.open_text(text)


def test_our_own_cards_are_read_too():
    content = city.claims("x", photo=city.PHOTO)
    read = tolerant.read(city.text(city.sign(content.encode())))
    assert read.verified_by(city.public_key("card"))
    assert (read.claims[7], read.claims[-65538]) == (content.cti, content.link)
    assert read.faces[0].octets == city.PHOTO


def test_the_worked_example_of_the_specification_is_read_although_it_breaks_its_own_table():
    # "169 - QR Code Specification" 1.2.2, section 3.2.1: tag 61, kid in the unprotected header, claim 169 as a byte
    # string, face as one map, gender as text. Left out: address, e-mail, telephone, country. Stood in for: the picture
    # of 484 bytes, and the signature, for which no key is printed.
    identity = bytes.fromhex(
        "a5016a33393138353932343338046c4a616e61726468616e20425308683139383430343138096131183ea300443f3f3f3f01000204"
    )
    head = "d83dd28443a10127a104466b2d31313031"
    claims = "a5016c7777772e6d6f7369702e696f041a6a9160fd051a68b02d7d061a68b02d7d18a9"
    payload = bytes.fromhex(claims) + cbor2.dumps(identity)
    read = tolerant.read(base45.encode(bytes.fromhex(head) + cbor2.dumps(payload) + cbor2.dumps(bytes(64))))
    assert (read.alg, read.kid, read.issuer) == (-8, b"k-1101", "www.mosip.io")
    assert (read.exp, read.nbf, read.iat) == (1_787_912_445, 1_756_376_445, 1_756_376_445)
    assert (read.identity[4], read.identity[8], read.identity[9]) == ("Janardhan BS", "19840418", "1")
    assert [(face.octets, face.format, face.sub_format) for face in read.faces] == [(b"????", 0, 4)]
    assert not read.verified_by(city.public_key("card EdDSA", alg=keys.EDDSA))


def test_a_member_of_another_type_is_neither_dropped_nor_taken_for_what_it_is_not():
    read = tolerant.read(base45.encode(signed({1: 5, 4: "soon", 6: 1.5, 169: {4: 7, 62: [{0: "text"}, 3]}})))
    assert (read.issuer, read.exp, read.iat, read.faces) == (None, None, None, ())
    assert read.claims[4] == "soon" and read.identity == {4: 7, 62: [{0: "text"}, 3]}


@pytest.mark.parametrize("header_alg", [-7, -9, -8, -19, -37, None])
def test_the_header_never_chooses_the_algorithm(header_alg):
    protected = b"" if header_alg is None else cbor2.dumps({1: header_alg})
    read = tolerant.read(base45.encode(signed({169: {}}, protected=protected)))
    assert read.verified_by(city.public_key("card")) is (header_alg in (-7, -9))


def test_a_changed_header_or_claim_is_not_verified():
    octets = signed({169: {4: "Noor"}})
    for changed in (octets.replace(b"\x01\x26", b"\x01\x28"), octets.replace(b"Noor", b"Door")):
        assert not tolerant.read(base45.encode(changed)).verified_by(city.public_key("card"))


GOOD = signed(CLAIMS | {169: IDENTITY})


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (zlib.compress(GOOD)[:-1], Reason.MALFORMED),
        (brotli.compress(GOOD)[:-1], Reason.MALFORMED),
        (zlib.compress(bytes(70_000)), Reason.TOO_LARGE),
        (brotli.compress(bytes(70_000)), Reason.TOO_LARGE),
        (b"", Reason.MALFORMED),
        (b"\xd2\x84", Reason.MALFORMED),
        (zlib.compress(b"\xd0" + GOOD), Reason.UNSUPPORTED),
        (signed({169: 4}), Reason.UNSUPPORTED),
        (signed({1: "no identity"}), Reason.UNSUPPORTED),
        (signed({169: b"\x01"}), Reason.UNSUPPORTED),
        (cbor2.dumps([b"", {}, b"\x01", bytes(64)]), Reason.UNSUPPORTED),
        (cbor2.dumps([b"\x01", {}, b"\xa0", bytes(64)]), Reason.UNSUPPORTED),
        (cbor2.dumps([b"", {}, None, bytes(64)]), Reason.UNSUPPORTED),
        (cbor2.dumps([b"", {}, b"\xa1\x18\xa9\xa2\x04\x01\x04\x02", bytes(64)]), Reason.MALFORMED),
        (cbor2.dumps([b"", {}, b"\xa1\x18\xa9\xa1\x04\xc1\x04", bytes(64)]), Reason.UNSUPPORTED),
        (b"\x84" + b"\x81" * 40 + b"\x00", Reason.MALFORMED),
    ],
)
def test_what_is_no_claim_169_has_a_reason(octets, reason):
    assert reason_of(base45.encode(octets)) is reason


def test_a_text_longer_than_any_qr_symbol_is_not_looked_at():
    assert reason_of("\u2603" * 4297) is Reason.TOO_LARGE
    assert reason_of("0" * 4296) is not Reason.TOO_LARGE


@pytest.mark.parametrize("compress", [zlib.compress, brotli.compress])
def test_a_bomb_is_not_inflated(compress):
    text = base45.encode(compress(bytes(2_000_000)))
    tracemalloc.start()
    try:
        assert reason_of(text) is Reason.TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 400_000
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=200))
def test_noise_raises_nothing_but_its_own_error(noise):
    for octets in (noise, b"\x84" + noise, cbor.dumps([b"", {}, noise, b""]), zlib.compress(noise), GOOD + noise):
        reason_of(base45.encode(octets))
