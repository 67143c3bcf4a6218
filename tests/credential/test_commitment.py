"""Commitments and the list of them that survives a compromise."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import commitmentlist
from cardservice.credential.commitment import commitment
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city, documents

KEY = city.public_key("status")
ENTRIES = st.lists(st.binary(min_size=16, max_size=16), max_size=8)


def test_a_commitment_is_half_a_salted_digest():
    made = commitment(cti=bytes(16), payload=b"claims")
    assert made == hashlib.sha256(b"commitment/1" + bytes(16) + b"claims").digest()[:16]
    assert made != commitment(cti=b"\1" + bytes(15), payload=b"claims")
    assert made != commitment(cti=bytes(16), payload=b"claim")


@given(ENTRIES)
def test_a_list_says_each_commitment_once_and_in_no_order_of_issue(entries):
    octets = documents.commitments(*entries)
    held = commitmentlist.verify(octets, key=KEY)
    assert held.commitments == set(entries)
    assert (held.kid, held.iat) == (city.kid("card"), city.NOW - 60)
    assert octets == documents.commitments(*reversed(entries))


def test_its_digest_is_over_the_payload_and_not_over_the_signature():
    payload = commitmentlist.payload(kid=bytes(8), iat=1, commitments=[bytes(16)])
    header = commitmentlist.header(alg=-7, kid=city.kid("status"))
    one, other = (city.sign(payload, key=name, protected=header) for name in ("status", "card"))
    assert one != other
    assert commitmentlist.digest(one) == commitmentlist.digest(other) == hashlib.sha256(payload).digest()


def test_another_signer_is_refused():
    with pytest.raises(CredentialError) as caught:
        commitmentlist.verify(documents.commitments(signer="card"), key=KEY)
    assert caught.value.reason is Reason.BAD_SIGNATURE


@given(st.binary(max_size=100))
def test_a_signed_noise_is_no_list(payload):
    header = commitmentlist.header(alg=-7, kid=city.kid("status"))
    with pytest.raises(CredentialError) as caught:
        commitmentlist.verify(city.sign(payload, key="status", protected=header), key=KEY)
    assert caught.value.reason in (Reason.MALFORMED, Reason.UNSUPPORTED)
