"""Key sets: what the root signed is read back, and only that."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cbor, keys, keyset
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.keyset import State, Use
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city

ROOT = city.public_key("root")


@given(
    st.lists(
        st.tuples(st.sampled_from(Use), st.sampled_from(State), st.sampled_from([ES256, EDDSA])), min_size=1, max_size=4
    ),
    st.integers(min_value=1, max_value=2**63),
    st.booleans(),
)
def test_what_the_root_signs_is_read_back(shapes, seq, listed):
    entries = [
        city.key_entry(
            f"key {place}",
            use,
            alg=alg,
            state=state,
            commitments=bytes(32) if listed and state is State.COMPROMISED else None,
        )
        for place, (use, state, alg) in enumerate(shapes)
    ]
    content = city.key_set(*entries, seq=seq)
    octets = city.signed_key_set(content.encode())
    assert keyset.verify(octets, root=ROOT) == keyset.read_unverified(octets) == content


def test_a_kid_is_the_start_of_the_thumbprint_of_rfc_9679():
    public = city.public_key("card")
    parameters = keys.to_cose_key(public)
    assert cbor.loads(cbor.dumps(parameters)).keys() == {1, 3, -1, -2, -3}
    assert keyset.kid_of(public) == keyset.thumbprint(public)[:8]
    assert len(keyset.thumbprint(public)) == 32


def test_the_thumbprint_example_of_rfc_9679_section_6():
    public = keys.from_cose_key(
        {
            1: 2,
            3: ES256,
            -1: 1,
            -2: bytes.fromhex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"),
            -3: bytes.fromhex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"),
        }
    )
    assert keyset.thumbprint(public).hex() == "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"


def test_one_key_never_stands_under_two_kids():
    entry = city.key_entry("card", Use.CARD)
    twin = replace(entry, use=Use.STATUS, kid=bytes(8))
    for entries in ((entry, twin), (entry, replace(entry, use=Use.STATUS)), (twin,)):
        with pytest.raises(CredentialError) as caught:
            keyset.verify(city.signed_key_set(city.key_set(*entries).encode()), root=ROOT)
        assert caught.value.reason is Reason.UNSUPPORTED


def test_no_flipped_bit_of_a_key_set_is_accepted():
    octets = city.signed_key_set(city.key_set(city.key_entry("card", Use.CARD)).encode())
    for position in range(len(octets)):
        for bit in range(8):
            changed = octets[:position] + bytes([octets[position] ^ 1 << bit]) + octets[position + 1 :]
            with pytest.raises(CredentialError):
                keyset.verify(changed, root=ROOT)


@given(st.binary(max_size=200))
def test_a_signed_noise_is_no_key_set(payload):
    with pytest.raises(CredentialError) as caught:
        keyset.verify(city.signed_key_set(payload), root=ROOT)
    assert caught.value.reason in (Reason.MALFORMED, Reason.UNSUPPORTED)


@pytest.mark.parametrize(("seconds", "inside"), [(-1, False), (0, True), (9, True), (10, False)])
def test_a_window_holds_its_start_and_not_its_end(seconds, inside):
    key = city.key_entry("card", Use.CARD, not_before=1000, not_after=1010)
    assert key.covers(1000 + seconds) is inside
