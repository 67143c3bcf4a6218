"""Accepting newer documents."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from cardservice.credential import cose
from cardservice.credential.calendar import DAY, WEEK
from cardservice.credential.keyset import State, Use
from tests.verification import build
from tests.verification.build import ISSUER, NOW, REALM
from verification.trust import (
    Seen,
    Trust,
    TrustCode,
    TrustError,
    accept_commitments,
    accept_key_set,
    accept_status_list,
)

NOTHING = Trust(issuer=ISSUER, realm=REALM)


def with_key_set(octets: bytes, *, trust: Trust = NOTHING, now: int | None = NOW) -> Trust:
    return accept_key_set(trust=trust, octets=octets, root=build.public("root"), now=now)


def with_list(octets: bytes, *, trust: Trust, name: str = "s/0", now: int | None = NOW) -> Trust:
    return accept_status_list(trust=trust, name=name, octets=octets, now=now)


def refused(accept: Callable[..., Trust], *args: Any, **options: Any) -> TrustCode:
    with pytest.raises(TrustError) as caught:
        accept(*args, **options)
    return caught.value.code


def resigned(octets: bytes, signer: str) -> bytes:
    """The same content under another valid signature: an ES256 signature (r, s) is as good as (r, n - s)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    s = int.from_bytes(octets[-32:])
    return octets[:-32] + (order - s).to_bytes(32)


def test_it_accepts_a_first_key_set_and_a_first_list():
    trust = with_list(build.status_list(blocked=(3,)), trust=with_key_set(build.key_set()))
    assert trust.key_set is not None
    assert trust.key_set.seq == 7
    assert trust.lists[f"{ISSUER}/s/0"].blocked(3) is True
    assert trust.highest_iat == NOW - 60


def test_the_same_documents_again_change_nothing():
    trust = with_list(build.status_list(), trust=with_key_set(build.key_set()))
    assert with_key_set(build.key_set(), trust=trust) is trust
    assert with_list(build.status_list(), trust=trust) is trust


def test_a_second_signature_over_the_same_content_is_no_alarm():
    trust = with_list(build.status_list(), trust=with_key_set(build.key_set()))
    assert with_key_set(resigned(build.key_set(), "root"), trust=trust) is trust
    assert with_list(resigned(build.status_list(), "status"), trust=trust) is trust


def test_it_accepts_a_key_set_with_a_higher_seq_even_if_its_iat_is_lower():
    trust = with_key_set(build.key_set(seq=8, iat=NOW - 5 * DAY), trust=with_key_set(build.key_set()))
    assert trust.key_set is not None
    assert trust.key_set.seq == 8
    assert trust.highest_iat == NOW - DAY


def test_it_refuses_a_key_set_rolled_back_to_a_lower_seq():
    trust = with_key_set(build.key_set())
    assert refused(with_key_set, build.key_set(seq=6, iat=NOW), trust=trust) is TrustCode.ROLLED_BACK


def test_it_raises_the_alarm_over_two_key_sets_of_one_seq():
    trust = with_key_set(build.key_set())
    assert refused(with_key_set, build.key_set(iat=NOW), trust=trust) is TrustCode.EQUIVOCATION


def test_it_refuses_a_key_set_of_another_root():
    assert refused(with_key_set, build.key_set(signer="another root")) is TrustCode.WRONG_SIGNER


def test_it_refuses_a_key_set_whose_signature_does_not_fit():
    octets = build.key_set()
    assert refused(with_key_set, octets[:-1] + bytes([octets[-1] ^ 1])) is TrustCode.BAD_SIGNATURE


def test_it_refuses_a_key_set_of_another_city():
    assert refused(with_key_set, build.key_set(issuer="https://other.invalid")) is TrustCode.FOREIGN


@pytest.mark.parametrize(("lead", "accepted"), [(600, True), (601, False)])
def test_it_takes_a_key_set_at_most_ten_minutes_from_the_future(lead, accepted):
    octets = build.key_set(iat=NOW + lead)
    if accepted:
        assert with_key_set(octets).highest_iat == NOW + lead
    else:
        assert refused(with_key_set, octets) is TrustCode.FROM_THE_FUTURE


@pytest.mark.parametrize(
    "octets",
    [b"", b"\xd2", b"{}", build.status_list(), bytes(2000)],
    ids=["nothing", "a tag", "JSON", "a status list", "zeros"],
)
def test_it_refuses_what_is_no_key_set(octets):
    assert refused(with_key_set, octets) is TrustCode.UNREADABLE


def test_it_accepts_a_newer_list_and_refuses_the_older_one_afterwards():
    older, newer = build.status_list(iat=NOW - 300), build.status_list(iat=NOW, blocked=(9,))
    trust = with_list(newer, trust=with_list(older, trust=with_key_set(build.key_set())))
    assert trust.lists[f"{ISSUER}/s/0"].blocked(9) is True
    assert refused(with_list, older, trust=trust) is TrustCode.ROLLED_BACK


def test_it_raises_the_alarm_over_two_lists_of_one_moment():
    trust = with_list(build.status_list(), trust=with_key_set(build.key_set()))
    assert refused(with_list, build.status_list(blocked=(1,)), trust=trust) is TrustCode.EQUIVOCATION


@pytest.mark.parametrize(("lead", "accepted"), [(600, True), (601, False)])
def test_it_takes_a_list_at_most_ten_minutes_from_the_future(lead, accepted):
    trust = with_key_set(build.key_set())
    octets = build.status_list(iat=NOW + lead)
    if accepted:
        assert with_list(octets, trust=trust).highest_iat == NOW + lead
    else:
        assert refused(with_list, octets, trust=trust) is TrustCode.FROM_THE_FUTURE


@pytest.mark.parametrize(
    "entries",
    [
        (build.key("card", Use.CARD),),
        (build.key("status", Use.CARD),),
        (build.key("status", Use.LOG),),
        (build.key("status", Use.STATUS, realm="production"),),
        (build.key("status", Use.STATUS, state=State.COMPROMISED),),
        (build.key("status", Use.STATUS, not_after=NOW - DAY),),
        (build.key("status", Use.STATUS, not_before=NOW + DAY),),
    ],
    ids=["unknown", "card use", "log use", "other realm", "compromised", "window over", "window not begun"],
)
def test_it_refuses_a_list_of_a_key_that_may_not_sign_lists(entries):
    trust = with_key_set(build.key_set(entries=entries))
    assert refused(with_list, build.status_list(), trust=trust) is TrustCode.WRONG_SIGNER


def test_it_refuses_a_list_while_there_is_no_key_set():
    assert refused(with_list, build.status_list(), trust=NOTHING) is TrustCode.WRONG_SIGNER


@pytest.mark.parametrize("uri", [f"{ISSUER}/s/1", "https://other.invalid/s/0", f"{ISSUER}/x/0"])
def test_it_refuses_a_list_that_is_not_the_one_of_its_place(uri):
    trust = with_key_set(build.key_set())
    assert refused(with_list, build.status_list(uri=uri), trust=trust) is TrustCode.FOREIGN


def test_it_refuses_a_list_whose_signature_does_not_fit():
    octets = build.status_list()
    damaged = octets[:-1] + bytes([octets[-1] ^ 1])
    assert refused(with_list, damaged, trust=with_key_set(build.key_set())) is TrustCode.BAD_SIGNATURE


def test_it_refuses_a_list_that_says_it_lives_longer_than_a_week(monkeypatch):
    monkeypatch.setattr("cardservice.credential.statuslist.VALIDITY", WEEK + 1)
    octets = build.status_list()
    monkeypatch.undo()
    assert refused(with_list, octets, trust=with_key_set(build.key_set())) is TrustCode.UNREADABLE


def test_a_list_goes_out_of_force_when_its_signer_is_compromised_but_its_order_stays():
    trust = with_list(build.status_list(iat=NOW), trust=with_key_set(build.key_set()))
    entries = (
        build.key("card", Use.CARD),
        build.key("status", Use.STATUS, state=State.COMPROMISED),
        build.key("new status", Use.STATUS),
    )
    trust = with_key_set(build.key_set(seq=8, entries=entries), trust=trust)
    assert trust.lists == {}
    older = build.status_list(iat=NOW - 1, signer="new status")
    assert refused(with_list, older, trust=trust) is TrustCode.ROLLED_BACK
    assert with_list(build.status_list(iat=NOW + 1, signer="new status"), trust=trust).lists


def test_a_remembered_order_refuses_older_documents_after_a_restart():
    trust = NOTHING.remembering(name="key-set", seen=Seen(order=9, digest=b""))
    assert refused(with_key_set, build.key_set(seq=8), trust=trust) is TrustCode.ROLLED_BACK
    assert refused(with_key_set, build.key_set(seq=9), trust=trust) is TrustCode.EQUIVOCATION


def test_documents_of_an_earlier_run_are_believed_even_if_the_clock_was_set_back():
    trust = with_list(build.status_list(iat=NOW + DAY), trust=with_key_set(build.key_set(), now=None), now=None)
    assert trust.highest_iat == NOW + DAY


def compromised(payload: bytes | None, **changed: Any) -> Trust:
    digest = None if payload is None else hashlib.sha256(payload).digest()
    entries = build.standard_keys(state=State.COMPROMISED, commitments=digest)
    return with_key_set(build.key_set(entries=entries, **changed))


NAME = f"commitments/{build.kid('card').hex()}"


def test_it_accepts_the_commitment_list_that_the_root_announced():
    payload = build.commitments_payload(build.claims())
    trust = accept_commitments(trust=compromised(payload), name=NAME, octets=build.commitments(payload), now=NOW)
    assert len(trust.commitments[build.kid("card")]) == 1
    again = accept_commitments(trust=trust, name=NAME, octets=build.commitments(payload), now=NOW)
    assert again is trust


@pytest.mark.parametrize("announced", [None, build.commitments_payload()], ids=["nothing", "another list"])
def test_it_refuses_a_commitment_list_that_the_root_did_not_announce(announced):
    octets = build.commitments(build.commitments_payload(build.claims()))
    code = refused(accept_commitments, trust=compromised(announced), name=NAME, octets=octets, now=NOW)
    assert code is TrustCode.NOT_ANNOUNCED


def test_it_refuses_a_commitment_list_signed_by_the_stolen_key_itself():
    payload = build.commitments_payload(build.claims())
    octets = build.commitments(payload, signer="card")
    code = refused(accept_commitments, trust=compromised(payload), name=NAME, octets=octets, now=NOW)
    assert code is TrustCode.WRONG_SIGNER


def test_it_refuses_a_commitment_list_under_the_name_of_another_key():
    payload = build.commitments_payload(build.claims())
    name = "commitments/" + "00" * 8
    code = refused(
        accept_commitments, trust=compromised(payload), name=name, octets=build.commitments(payload), now=NOW
    )
    assert code is TrustCode.FOREIGN


def test_it_refuses_a_commitment_list_from_the_future():
    payload = build.commitments_payload(iat=NOW + 601)
    code = refused(
        accept_commitments, trust=compromised(payload), name=NAME, octets=build.commitments(payload), now=NOW
    )
    assert code is TrustCode.FROM_THE_FUTURE


def test_a_commitment_list_goes_out_of_force_when_the_root_announces_another():
    payload = build.commitments_payload(build.claims())
    trust = accept_commitments(trust=compromised(payload), name=NAME, octets=build.commitments(payload), now=NOW)
    entries = build.standard_keys(state=State.COMPROMISED, commitments=bytes(32))
    assert with_key_set(build.key_set(seq=8, entries=entries), trust=trust).commitments == {}


def test_a_commitment_list_goes_out_of_force_when_its_signer_is_compromised():
    payload = build.commitments_payload(build.claims())
    trust = accept_commitments(trust=compromised(payload), name=NAME, octets=build.commitments(payload), now=NOW)
    digest = hashlib.sha256(payload).digest()
    entries = (
        build.key("card", Use.CARD, state=State.COMPROMISED, commitments=digest),
        build.key("status", Use.STATUS, state=State.COMPROMISED),
    )
    assert with_key_set(build.key_set(seq=8, entries=entries), trust=trust).commitments == {}


def test_the_second_signature_of_these_tests_is_a_valid_one():
    octets = resigned(build.status_list(), "status")
    assert octets != build.status_list()
    assert cose.parse(octets).verified_by(build.public("status"))
