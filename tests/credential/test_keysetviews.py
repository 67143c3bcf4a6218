"""The key set in forms for people and for JOSE libraries."""

import base64

from cardservice.credential import keys
from cardservice.credential.keyset import Key, State, Use, kid_of
from cardservice.credential.keysetviews import jwks, readable
from tests.vectors import city


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _entry(alg: int, **changed: object) -> Key:
    public = keys.public_key_of(keys.generate(alg))
    standard: dict[str, object] = {
        "kid": kid_of(public),
        "use": Use.CARD,
        "public": public,
        "not_before": 1_795_392_000,
        "not_after": 1_829_952_000,
        "cap": 5000,
        "state": State.PLANNED,
        "realm": "demo",
    }
    return Key(**(standard | changed))  # type: ignore[arg-type]


def test_every_key_is_shown_with_what_it_may_do():
    entry = _entry(keys.ES256)
    shown = readable(city.key_set(entry))
    assert shown["keys"] == [
        {
            "kid": entry.kid.hex(),
            "use": "card",
            "alg": "ES256",
            "state": "planned",
            "realm": "demo",
            "not_before": "2026-11-23T00:00:00Z",
            "not_after": "2027-12-28T00:00:00Z",
            "cap": 5000,
            "commitments": None,
        }
    ]


def test_both_kinds_of_keys_have_the_coordinates_of_the_cose_key():
    for alg, kind in ((keys.ES256, ("EC", "P-256", "ES256")), (keys.EDDSA, ("OKP", "Ed25519", "EdDSA"))):
        entry = _entry(alg)
        (jwk,) = jwks(city.key_set(entry))["keys"]
        point = keys.to_cose_key(entry.public)
        assert (jwk["kty"], jwk["crv"], jwk["alg"]) == kind
        assert _octets(jwk["kid"]) == entry.kid
        assert _octets(jwk["x"]) == point[-2]
        assert (_octets(jwk["y"]) if "y" in jwk else None) == point.get(-3)
        assert "d" not in jwk


def test_a_compromised_key_is_shown_to_people_and_kept_from_libraries_that_have_no_word_for_it():
    key_set = city.key_set(_entry(keys.ES256, state=State.COMPROMISED), _entry(keys.ES256))
    assert [key["state"] for key in readable(key_set)["keys"]] == ["compromised", "planned"]
    assert len(jwks(key_set)["keys"]) == 1
