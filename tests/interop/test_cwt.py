"""PyPI's `cwt` verifies our credentials and documents, and we read what it signs."""

import base64

import cbor2

from cardservice.credential import base45, cbor, keys, tolerant
from cardservice.credential.keys import EDDSA, ES256
from tests.vectors import city, documents

ALGORITHMS = {"card": ES256, "card EdDSA": EDDSA}


def public(name: str) -> str:
    """The COSE_Key with its kid, in hex."""
    alg = ALGORITHMS[name]
    return cbor2.dumps(keys.to_cose_key(city.public_key(name, alg=alg)) | {2: city.kid(name, alg=alg)}).hex()


def test_it_verifies_our_cards_and_finds_every_claim(cwt):
    for name, alg in ALGORITHMS.items():
        faces = [city.claims("a"), city.claims("b", photo=city.PHOTO), city.claims("c", sector="health")]
        cards = [city.sign(face.encode(), key=name, alg=alg).hex() for face in faces]
        answers = cwt({"keys": [public(name)], "read": cards})
        assert [cbor2.loads(bytes.fromhex(answer)) for answer in answers] == [cbor2.loads(f.encode()) for f in faces]


def test_it_refuses_what_we_refuse_for_its_signature(cwt):
    card = city.sign(city.claims("a").encode())
    changed = card[:60] + bytes([card[60] ^ 1]) + card[61:]
    other_key = public("card").replace(city.kid("card").hex(), city.kid("stranger").hex())
    answers = cwt({"keys": [public("card")], "read": [changed.hex(), card[:-1].hex() + "00"]})
    assert answers[1] == "VerifyError" and answers[0] in ("VerifyError", "DecodeError")
    assert cwt({"keys": [other_key], "read": [card.hex()]})[0] in ("VerifyError", "ValueError")


def test_it_reads_a_status_list_token(cwt):
    octets = documents.status_list(bits=b"\xb9\xa3")
    status = cbor2.dumps(keys.to_cose_key(city.public_key("status")) | {2: city.kid("status")}).hex()
    (answer,) = cwt({"keys": [status], "read": [octets.hex()]})
    assert cbor2.loads(bytes.fromhex(answer))[65533]["bits"] == 1


def test_we_read_what_it_signs_with_tag_61_and_without(cwt):
    said = {1: "https://peer.example", 169: {1: "42", 4: "Noor Example", 62: [{0: b"x", 1: 0, 2: 4}]}}
    point = keys.to_cose_key(city.public_key("card"))
    scalar = city.private_key("card").private_numbers().private_value.to_bytes(32)
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (point[-2], point[-3], scalar)]
    jwk = {"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "01", "use": "sig"} | dict(
        zip("xyd", encoded, strict=True)
    )
    for tagged in (True, False):
        octets = bytes.fromhex(cwt({"jwk": jwk, "write": cbor.dumps(said).hex(), "tagged": tagged}))
        assert octets.startswith(b"\xd8\x3d" if tagged else b"\xd2")
        read = tolerant.read(base45.encode(octets))
        assert read.verified_by(city.public_key("card")) and not read.verified_by(city.public_key("stranger"))
        assert (read.issuer, read.kid, dict(read.identity)) == (said[1], b"01", said[169])
        assert read.faces[0].octets == b"x" and read.exp is not None
