"""Tests of the daily sweep: the clock is moved, and the register shows what goes and what stays."""

from datetime import timedelta

import pytest

from cardservice.credential.calendar import DAY, day_of
from issuance.cards import CardGone, acknowledge
from issuance.models import Card, Credential, IndexChunk, SigningKey, StatusList, Upkeep
from issuance.signer.client import SignerUnavailable
from issuance.statusbits import current_bits
from issuance.sweep import GRACE, Sweep, sweep
from tests.issuance.office import NOW, Office, order

pytestmark = pytest.mark.django_db(databases=["issuance"])

NOTHING = Sweep(revoked=0, released=0, deleted=0)


def issue(office: Office, *, acknowledged: bool = False, profile: str = "standard", now: int = NOW):
    """The row of a fresh card, and its order."""
    wanted, before = order(profile=profile), set(Card.objects.values_list("id", flat=True))
    office.issue(wanted, now=now)
    if acknowledged:
        acknowledge(seed=wanted.seed)
    return Card.objects.exclude(id__in=before).get(), wanted


def used() -> dict[int, bytes]:
    return {chunk.id: bytes(chunk.bits) for chunk in IndexChunk.objects.all()}


def test_a_card_that_nobody_acknowledged_is_revoked_by_the_sweep_a_day_after_the_one_that_found_it(office: Office):
    card, wanted = issue(office)
    assert sweep(now=NOW) == NOTHING
    assert sweep(now=NOW + DAY - 1) is None
    card.refresh_from_db()
    assert card.state == "reserved"
    assert sweep(now=NOW + DAY) == Sweep(revoked=1, released=0, deleted=0)
    card.refresh_from_db()
    assert (card.state, card.unconfirmed) == ("revoked", False)
    with pytest.raises(CardGone):
        office.issue(wanted)
    bits = current_bits(StatusList.objects.get(number=0))
    assert bits[card.id >> 3] >> (card.id & 7) & 1


def test_a_card_is_never_revoked_within_24_hours_of_its_issue(office: Office):
    sweep(now=NOW)
    card, _ = issue(office)  # a second after the sweep
    assert sweep(now=NOW + DAY) == NOTHING
    assert sweep(now=NOW + 2 * DAY - 1) is None
    card.refresh_from_db()
    assert card.state == "reserved"
    assert sweep(now=NOW + 2 * DAY) == Sweep(revoked=1, released=0, deleted=0)


def test_an_acknowledged_card_stays_also_when_it_was_marked_before(office: Office):
    early, _ = issue(office, acknowledged=True)
    late, wanted = issue(office)
    sweep(now=NOW)
    late.refresh_from_db()
    assert late.unconfirmed
    acknowledge(seed=wanted.seed)
    assert sweep(now=NOW + DAY) == NOTHING
    for card in (early, late):
        card.refresh_from_db()
        assert (card.state, card.unconfirmed) == ("active", False)


@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_a_card_blocked_before_it_was_acknowledged_is_left_as_it_is(office: Office, state: str):
    card, _ = issue(office)
    sweep(now=NOW)
    Card.objects.filter(id=card.id).update(state=state)
    assert sweep(now=NOW + DAY) == NOTHING
    card.refresh_from_db()
    assert (card.state, card.unconfirmed) == (state, False)


def test_a_row_that_was_never_signed_goes_and_its_indexes_stay_used(office: Office):
    wanted = order(profile="sectors")
    office.signer.down = True
    with pytest.raises(SignerUnavailable):
        office.issue(wanted)
    assert (Card.objects.count(), Credential.objects.count()) == (1, 7)
    before = used()
    sweep(now=NOW)
    assert sweep(now=NOW + DAY) == Sweep(revoked=0, released=1, deleted=0)
    assert (Card.objects.count(), Credential.objects.count()) == (0, 0)
    assert used() == before
    office.signer.down = False
    assert office.issue(wanted).created


def test_jumping_the_clock_deletes_rows_after_expiry_and_grace_while_bitmaps_and_counts_stay(office: Office):
    kept, _ = issue(office, acknowledged=True, now=NOW + 100 * DAY)
    for profile in ("standard", "sectors"):
        issue(office, acknowledged=True, profile=profile)
    before, counted = used(), list(SigningKey.objects.order_by("kid").values_list("kid", "issued"))
    first = min(Card.objects.values_list("expires", flat=True))
    gone = NOW + (first + GRACE - day_of(NOW)).days * DAY

    assert sweep(now=gone - DAY) == NOTHING
    assert sweep(now=gone) == NOTHING
    assert Card.objects.count() == 3
    assert sweep(now=gone + DAY) == Sweep(revoked=0, released=0, deleted=2)
    assert list(Card.objects.values_list("id", flat=True)) == [kept.id]
    assert list(Credential.objects.values_list("card_id", flat=True)) == [kept.id]
    assert used() == before
    assert list(SigningKey.objects.order_by("kid").values_list("kid", "issued")) == counted
    assert sweep(now=gone + DAY) is None


def test_a_clock_that_is_wrong_for_less_than_a_day_deletes_and_revokes_nothing(office: Office):
    sweep(now=NOW)
    issue(office, acknowledged=True)
    issue(office)
    years_ahead = NOW + 3650 * DAY
    assert sweep(now=years_ahead) == NOTHING
    assert sweep(now=years_ahead + DAY - 1) is None
    assert sweep(now=NOW + 600) == NOTHING
    assert Upkeep.objects.get().swept_at == NOW + 600
    assert sorted(Card.objects.values_list("state", flat=True)) == ["active", "reserved"]
    # And the time of the unacknowledged card counts from then.
    assert sweep(now=NOW + 600 + DAY) == Sweep(revoked=1, released=0, deleted=0)


def test_grace_is_at_least_the_six_months_in_which_an_expired_card_may_be_renewed():
    assert timedelta(days=184) <= GRACE
