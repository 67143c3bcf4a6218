"""Signing keys in the register: taken over once, active one at a time, replaced without the root."""

from dataclasses import replace
from datetime import date

import pytest

from cardservice.credential import keys
from cardservice.credential.keyset import KeySet, State, Use
from issuance.keys import NoActiveKey, active_key, is_open, public_key, rotate, take_over
from issuance.models import SigningKey
from tests.issuance.office import enter_keys, key_set

pytestmark = pytest.mark.django_db(databases=["issuance"])


def _with_states(state: State, *, kids: set[bytes]) -> KeySet:
    known = key_set()
    return replace(known, keys=tuple(replace(key, state=state) if key.kid in kids else key for key in known.keys))


def test_all_keys_of_the_realm_are_entered_as_planned() -> None:
    take_over(key_set(), realm="demo")

    rows = {row.kid: row for row in SigningKey.objects.all()}
    assert rows.keys() == {key.kid.hex() for key in key_set().keys}
    for key in key_set().keys:
        row = rows[key.kid.hex()]
        assert (row.use, row.alg, row.cap, row.issued, row.state) == (key.use, key.public.alg, key.cap, 0, "planned")
        assert keys.to_cose_key(public_key(row)) == keys.to_cose_key(key.public)


def test_keys_of_another_realm_stay_outside() -> None:
    take_over(key_set(), realm="production")

    assert not SigningKey.objects.exists()


def test_taking_over_again_keeps_counts_and_states() -> None:
    enter_keys()
    key = active_key(Use.CARD)
    SigningKey.objects.filter(kid=key.kid).update(issued=17)
    before = sorted(SigningKey.objects.values_list())

    take_over(key_set(), realm="demo")

    assert sorted(SigningKey.objects.values_list()) == before


@pytest.mark.parametrize("state", [State.RETIRED, State.COMPROMISED])
def test_the_root_has_the_last_word_on_keys_no_longer_used(state: State) -> None:
    enter_keys()
    active = active_key(Use.CARD)

    take_over(_with_states(state, kids={bytes.fromhex(active.kid)}), realm="demo")

    active.refresh_from_db()
    assert active.state == state
    assert active_key(Use.CARD).kid != active.kid


def test_a_compromised_key_never_comes_back() -> None:
    enter_keys()
    kid = active_key(Use.CARD).kid
    take_over(_with_states(State.COMPROMISED, kids={bytes.fromhex(kid)}), realm="demo")

    for state in (State.RETIRED, State.ACTIVE, State.PLANNED):
        take_over(_with_states(state, kids={bytes.fromhex(kid)}), realm="demo")

    assert SigningKey.objects.get(kid=kid).state == "compromised"


def test_keys_that_the_root_calls_active_do_not_collide_with_the_one_active_here() -> None:
    enter_keys()
    here = active_key(Use.CARD)
    cards = {key.kid for key in key_set().keys if key.use is Use.CARD}

    take_over(_with_states(State.ACTIVE, kids=cards), realm="demo")

    assert active_key(Use.CARD).kid == here.kid
    assert SigningKey.objects.filter(state="active").count() == 1


def test_one_key_of_each_use_is_active_at_a_time() -> None:
    enter_keys()

    cards, status = active_key(Use.CARD), active_key(Use.STATUS)

    assert (active_key(Use.CARD), active_key(Use.STATUS)) == (cards, status)
    assert {cards.use, status.use} == {"card", "status"}
    assert SigningKey.objects.filter(state="active").count() == 2


def test_a_key_at_its_cap_is_retired_and_the_next_one_activated() -> None:
    enter_keys(cap=3)
    first = active_key(Use.CARD)
    SigningKey.objects.filter(kid=first.kid).update(issued=2)
    assert active_key(Use.CARD) == first

    SigningKey.objects.filter(kid=first.kid).update(issued=3)
    second = active_key(Use.CARD)

    first.refresh_from_db()
    assert second != first
    assert (first.state, second.state) == ("retired", "active")
    assert not is_open(first)
    assert is_open(second)


def test_it_says_so_when_no_key_is_left() -> None:
    enter_keys(cap=1)
    used = set()
    for _ in range(12):
        key = active_key(Use.CARD)
        used.add(key.kid)
        SigningKey.objects.filter(kid=key.kid).update(issued=1)

    assert len(used) == 12
    with pytest.raises(NoActiveKey):
        active_key(Use.CARD)
    assert active_key(Use.STATUS)


def test_a_card_key_is_replaced_with_the_first_card_of_a_week_of_another_month() -> None:
    enter_keys()
    first = active_key(Use.CARD, week=date(2026, 11, 2))

    assert active_key(Use.CARD, week=date(2026, 11, 30)).kid == first.kid
    second = active_key(Use.CARD, week=date(2026, 12, 7))
    assert active_key(Use.CARD, week=date(2026, 12, 28)).kid == second.kid != first.kid
    third = active_key(Use.CARD, week=date(2027, 12, 6))

    assert len({first.kid, second.kid, third.kid}) == 3
    assert set(SigningKey.objects.filter(kid__in=[first.kid, second.kid]).values_list("state", flat=True)) == {
        "retired"
    }
    assert third.since == date(2027, 12, 6)


def test_a_key_of_before_this_rule_is_kept_for_the_month_in_which_it_is_met() -> None:
    enter_keys()
    kid = active_key(Use.CARD).kid

    assert active_key(Use.CARD, week=date(2026, 11, 2)).kid == kid
    assert active_key(Use.CARD, week=date(2026, 12, 7)).kid != kid


def test_the_last_key_signs_on_beyond_its_month_but_not_beyond_its_cap() -> None:
    enter_keys(cap=2)
    for month in range(1, 13):
        last = active_key(Use.CARD, week=date(2027, month, 15))
    assert not SigningKey.objects.filter(use="card", state="planned").exists()

    assert active_key(Use.CARD, week=date(2028, 1, 10)).kid == last.kid
    SigningKey.objects.filter(kid=last.kid).update(issued=2)
    with pytest.raises(NoActiveKey):
        active_key(Use.CARD, week=date(2028, 1, 10))


def test_rotating_by_hand_activates_the_next_planned_key_and_refuses_when_there_is_none() -> None:
    enter_keys()
    used = {rotate(week=date(2026, 11, 23)).kid for _ in range(12)}

    assert len(used) == 12
    with pytest.raises(NoActiveKey):
        rotate(week=date(2026, 11, 23))
    assert active_key(Use.CARD).kid in used
    assert SigningKey.objects.filter(state="active", use="card").count() == 1


def test_status_keys_are_not_replaced_by_the_clock() -> None:
    enter_keys()

    assert active_key(Use.STATUS).since is None


@pytest.mark.parametrize(
    ("state", "issued", "cap", "expected"),
    [
        ("active", 0, 5, True),
        ("active", 4, 5, True),
        ("active", 5, 5, False),
        ("active", 9_999, 0, True),
        ("planned", 0, 5, False),
        ("retired", 0, 5, False),
        ("compromised", 0, 5, False),
    ],
)
def test_a_key_is_open_while_active_and_below_its_cap(state: str, issued: int, cap: int, expected: bool) -> None:
    assert is_open(SigningKey(state=state, issued=issued, cap=cap)) is expected
