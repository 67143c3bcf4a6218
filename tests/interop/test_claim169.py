"""PyPI's `claim169` (Rust) reads our cards and we read its."""

import brotli
import cbor2
import claim169
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cardservice.credential import base45, cbor, cose, tolerant
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.profiles import SECTORS
from tests.vectors import city


def their_reading(text: str, *, alg: int = ES256) -> claim169.DecodeResult:
    if alg == EDDSA:
        octets = city.public_key("card EdDSA", alg=EDDSA).key.public_bytes_raw()
        return claim169.decode(text, verify_with_ed25519=octets, validate_timestamps=False)
    octets = city.public_key("card").key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return claim169.decode(text, verify_with_ecdsa_p256=octets, validate_timestamps=False)


@pytest.mark.parametrize("alg", [ES256, EDDSA])
@pytest.mark.parametrize("face", ["compact", "portrait", *SECTORS])
def test_it_verifies_our_cards_with_cti_and_private_claims_in_them(face, alg):
    content = city.claims(
        face, photo=city.PHOTO if face == "portrait" else None, sector=face if face in SECTORS else None
    )
    key = "card" if alg == ES256 else "card EdDSA"
    read = their_reading(city.text(city.sign(content.encode(), key=key, alg=alg)), alg=alg)
    assert read.verification_status == "verified"
    said = read.claim169
    assert (said.id, said.full_name, said.date_of_birth) == (content.number, content.name, content.born)
    assert (read.cwt_meta.issuer, read.cwt_meta.expires_at) == (content.issuer, content.exp)
    assert [(one.data, one.format, one.sub_format) for one in said.face or []] == (
        [(content.photo, 0, 4)] if content.photo else []
    )


def test_it_refuses_a_changed_card():
    signed = city.sign(city.claims("x").encode())
    with pytest.raises(claim169.SignatureError):
        their_reading(city.text(signed[:-1] + bytes([signed[-1] ^ 1])))


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_we_read_what_it_writes(alg):
    said = claim169.Claim169Input(id="42", full_name="Noor Example")
    said.date_of_birth, said.gender = "19840229", 2
    said.face = [claim169.Biometric(city.PHOTO, 0, 4)]
    meta = claim169.CwtMetaInput(issuer="https://peer.example", expires_at=city.NOW + 9)
    meta.issued_at, meta.not_before = city.NOW, city.NOW + 1
    if alg == ES256:
        scalar = city.private_key("card").private_numbers().private_value.to_bytes(32)
        text = claim169.encode_with_ecdsa_p256(said, meta, scalar)
    else:
        text = claim169.encode_with_ed25519(said, meta, city.private_key("card EdDSA", alg=alg).private_bytes_raw())
    read = tolerant.read(text)
    assert read.verified_by(city.public_key("card" if alg == ES256 else "card EdDSA", alg=alg))
    assert (read.issuer, read.exp, read.nbf, read.iat) == (meta.issuer, city.NOW + 9, city.NOW + 1, city.NOW)
    assert (read.identity[1], read.identity[4], read.identity[8], read.identity[9]) == (
        "42",
        "Noor Example",
        "19840229",
        2,
    )
    assert [(one.octets, one.format, one.sub_format) for one in read.faces] == [(city.PHOTO, 0, 4)]


def test_what_it_refuses_of_the_standard_is_why_we_write_as_we_do():
    # Should one of these ever read, the writer has a choice that it does not have today.
    signed, claims = city.sign(city.claims("x").encode()), cbor.loads(city.claims("x").encode())
    fully_specified = cose.protected_header(alg=-9, kid=city.kid("card"))
    for refused in (
        b"\xd8\x3d" + signed,
        city.sign(cbor2.dumps(claims | {169: cbor.dumps(claims[169])})),
        city.sign(city.claims("x").encode(), protected=fully_specified),
    ):
        with pytest.raises(claim169.Claim169Exception):
            their_reading(city.text(refused))
        assert tolerant.read(city.text(refused)).verified_by(city.public_key("card"))
    with pytest.raises(claim169.Claim169Exception):
        their_reading(base45.encode(brotli.compress(signed)))


def test_it_drops_a_member_of_another_type_without_a_word_where_we_refuse():
    claims = cbor.loads(city.claims("x").encode())
    text = city.text(city.sign(cbor.dumps(claims | {169: claims[169] | {4: 7}})))
    assert their_reading(text).claim169.full_name is None
    assert tolerant.read(text).identity[4] == 7
