"""The register's numbers: each card once, decoys never, and none of them tells of a card."""

from datetime import date

import pytest

from cardservice.credential.calendar import DAY, day_of, monday_of, month_after
from issuance.counts import kept_since, register_counts
from issuance.models import Card, IndexChunk, SigningKey
from issuance.signer.client import SignerUnavailable
from issuance.sweep import GRACE
from tests.issuance.office import NOW, Office, order

pytestmark = pytest.mark.django_db(databases=["issuance"])
MONDAY = date(2026, 11, 23)


def test_an_office_without_cards_counts_none_whatever_its_decoys(office: Office) -> None:
    counts = register_counts()

    assert (counts.counted, dict(counts.signed), counts.given, counts.taken) == (0, {}, 0, 0)


def test_cards_are_counted_by_their_week_and_indexes_by_their_credentials(office: Office) -> None:
    for _ in range(2):
        office.issue(order())
    office.issue(order(profile="sectors"), now=NOW - 7 * DAY)
    credentials = 2 + Card.objects.get(week=date(2026, 11, 16)).credentials.count()

    counts = register_counts()

    assert (counts.counted, dict(counts.signed)) == (3, {date(2026, 11, 16): 1, MONDAY: 2})
    assert counts.given == counts.taken == credentials > 3


def test_a_row_that_was_never_signed_uses_an_index_and_counts_as_no_card(office: Office) -> None:
    office.signer.down = True
    with pytest.raises(SignerUnavailable):
        office.issue(order())

    counts = register_counts()

    assert (counts.counted, dict(counts.signed), counts.given, counts.taken) == (0, {}, 1, 1)


def test_what_is_set_back_or_taken_away_shows(office: Office) -> None:
    office.issue(order())
    office.issue(order())
    SigningKey.objects.filter(issued=2).update(issued=1)
    IndexChunk.objects.update(used=0)
    Card.objects.first().delete()  # type: ignore[union-attr]

    counts = register_counts()

    assert (counts.counted, dict(counts.signed), counts.taken) == (1, {MONDAY: 1}, 1)
    assert counts.given < counts.taken


def test_rows_are_missed_only_where_none_of_their_week_can_have_been_deleted_after_expiry() -> None:
    for day in range(0, 400, 31):
        now = NOW + day * DAY
        first_deleted = day_of(month_after(now, months=36)) + GRACE

        assert kept_since(today=first_deleted) > day_of(monday_of(now))
    assert kept_since(today=MONDAY) < date(2024, 1, 1)
