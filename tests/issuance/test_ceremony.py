"""What a root ceremony leaves behind."""

from collections import Counter

import pytest

from cardservice.credential import cbor, keys, keyset
from cardservice.credential.calendar import DAY, is_monday
from cardservice.credential.keyset import State, Use, kid_of, thumbprint
from cardservice.credential.reasons import CredentialError
from issuance import ceremony
from tests.issuance.office import ISSUER, NOW, held


def _verified() -> keyset.KeySet:
    root = keys.from_cose_key(cbor.loads(held().root_public))
    return keyset.verify(held().key_set, root=root)


def test_the_root_signs_twelve_planned_card_keys_and_those_of_the_other_uses() -> None:
    signed = _verified()

    assert Counter(key.use for key in signed.keys) == {Use.CARD: 12, Use.STATUS: 2, Use.LOG: 1, Use.SERVICES: 1}
    assert {key.state for key in signed.keys} == {State.PLANNED}
    assert {key.realm for key in signed.keys} == {"demo"}
    assert {key.cap for key in signed.keys if key.use is Use.CARD} == {5_000}
    assert {key.cap for key in signed.keys if key.use is not Use.CARD} == {0}
    assert (signed.issuer, signed.seq, signed.iat) == (ISSUER, 1, NOW)


def test_windows_cover_this_weeks_monday_and_twelve_months() -> None:
    for key in _verified().keys:
        assert is_monday(key.not_before)
        assert NOW - 7 * DAY < key.not_before <= NOW
        assert key.covers(NOW + 366 * DAY)
        assert key.commitments is None


def test_there_is_a_private_key_for_every_entry_and_no_other() -> None:
    public = {key.kid.hex(): key.public for key in _verified().keys}

    private_keys = held().made.private_keys | held().made.log_keys | held().made.services_keys
    assert private_keys.keys() == public.keys()
    for kid, private in private_keys.items():
        signature = keys.sign(private, b"message")
        assert public[kid].verify(signature, b"message")
        assert kid_of(keys.public_key_of(private)).hex() == kid


def test_the_signer_gets_the_keys_of_cards_and_lists_only() -> None:
    uses = {key.kid.hex(): key.use for key in _verified().keys}

    assert {uses[kid] for kid in held().made.private_keys} == {Use.CARD, Use.STATUS}
    assert {uses[kid] for kid in held().made.log_keys} == {Use.LOG}
    assert {uses[kid] for kid in held().made.services_keys} == {Use.SERVICES}


def test_checkpoints_of_the_log_are_signed_with_ed25519() -> None:
    assert {key.public.alg for key in _verified().keys if key.use is Use.LOG} == {keys.EDDSA}


def test_the_set_commits_to_the_next_root() -> None:
    assert _verified().next_root == thumbprint(keys.public_key_of(held().next_root))
    assert held().next_root is not held().root


def test_another_root_is_not_believed() -> None:
    with pytest.raises(CredentialError):
        keyset.verify(held().key_set, root=keys.public_key_of(held().next_root))


def test_the_order_of_the_keys_does_not_tell_their_use() -> None:
    orders = {
        tuple(
            key.use for key in keyset.read_unverified(ceremony.hold(issuer=ISSUER, realm="demo", now=NOW).key_set).keys
        )
        for _ in range(3)
    }

    assert len(orders) > 1


def test_it_shows_no_private_key() -> None:
    assert "PrivateKey" not in repr(held())
