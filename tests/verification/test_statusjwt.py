"""The JWT form of a status list is handed on only when it says what the accepted CWT says."""

import base64
import json

import pytest

from cardservice.credential import keys, statuslist
from tests.verification import build
from verification.statusjwt import says_the_same

TRUST = build.Publication().trust()
ACCEPTED = TRUST.lists[f"{build.ISSUER}/s/0"]
SIGNER = build.standard_keys()[1]


def fits(jwt: bytes) -> bool:
    return says_the_same(jwt, accepted=ACCEPTED, signer=SIGNER)


def signed(header, payload) -> bytes:
    """Any header and payload under a valid signature of the status key."""
    parts = [statuslist.base64url(json.dumps(part).encode()).encode() for part in (header, payload)]
    signing_input = b".".join(parts)
    return statuslist.jwt(signing_input=signing_input, signature=keys.sign(build.private_key("status"), signing_input))


def parts_of(jwt: bytes) -> list[dict]:
    return [json.loads(base64.urlsafe_b64decode(part + b"==")) for part in jwt.split(b".")[:2]]


def test_the_jwt_of_the_same_list_fits():
    assert fits(build.status_list_jwt())


@pytest.mark.parametrize("jwt", [b"", b"..", b"a.b", b"a.b.c", b"\xff.\xff.\xff", b"W10.W10.W10", b"[" * 9999])
def test_what_is_no_jwt_does_not_fit(jwt):
    assert not fits(jwt)


@pytest.mark.parametrize(
    "jwt",
    [
        build.status_list_jwt(iat=build.NOW),
        build.status_list_jwt(blocked=(1,)),
        build.status_list_jwt(signer="card"),
        build.status_list_jwt()[:-3] + b"AAA",
    ],
    ids=["other time", "other bits", "other signer", "other signature"],
)
def test_a_jwt_that_says_something_else_does_not_fit(jwt):
    assert not fits(jwt)


@pytest.mark.parametrize("length", [0, 63, 65, 300])
def test_a_signature_of_another_length_does_not_fit(length):
    signing_input, _, signature = build.status_list_jwt().rpartition(b".")
    octets = (base64.urlsafe_b64decode(signature + b"==") * 5)[:length]
    assert not fits(statuslist.jwt(signing_input=signing_input, signature=octets))


@pytest.mark.parametrize(
    "changed",
    [
        {"status_list": None},
        {"status_list": {"bits": 2, "lst": "x"}},
        {"status_list": {"bits": 1, "lst": 5}},
        {"status_list": {"bits": 1, "lst": "!!"}},
        {"status_list": {"bits": 1, "lst": "AAAA"}},
        {"exp": 2**40},
        {"sub": "https://other.invalid/s/0"},
    ],
)
def test_a_well_signed_payload_with_other_claims_does_not_fit(changed):
    header, payload = parts_of(build.status_list_jwt())
    assert fits(signed(header, payload))
    assert not fits(signed(header, payload | changed))


@pytest.mark.parametrize("changed", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "x"}, {"typ": "JWT"}, {"crit": ["x"]}])
def test_a_header_other_than_ours_does_not_fit(changed):
    header, payload = parts_of(build.status_list_jwt())
    assert not fits(signed(header | changed, payload))


@pytest.mark.parametrize("payload", [[], "x", None, 5])
def test_a_payload_that_is_no_object_does_not_fit(payload):
    header, _ = parts_of(build.status_list_jwt())
    assert not fits(signed(header, payload))
