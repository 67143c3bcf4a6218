"""The daily sweep: cards whose print nobody acknowledged are revoked, rows of cards long expired are deleted."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from cardservice.credential.calendar import DAY, day_of
from issuance.models import Card, Upkeep

State = Card.State

GRACE = timedelta(days=184)
"""How long after its expiry a row stays: for six months an expired card may still be renewed."""

_AT_ONCE = 500


@dataclass(frozen=True)
class Sweep:
    """What one sweep did: cards revoked, rows deleted that were never signed, rows deleted after expiry and grace."""

    revoked: int
    released: int
    deleted: int


def sweep(*, now: int) -> Sweep | None:
    """Acts on what it sees now and the sweep before, at least 24 hours ago, saw too; None within 24 hours of that one.

    No moment of issue is stored: a row carries a mark from the first sweep that finds it unacknowledged to the next.
    So a clock that is wrong for less than a day deletes nothing; it can revoke an unconfirmed card early. `now` in UTC
    seconds. Safe to repeat.
    """
    with transaction.atomic(using="issuance"):
        upkeep, _ = Upkeep.objects.select_for_update().get_or_create(id=1)
        went_back = now < upkeep.swept_at
        if not went_back and now < upkeep.swept_at + DAY:
            return None
        done = Sweep(0, 0, 0) if went_back else _act(seen_at=upkeep.swept_at)
        _mark()
        Upkeep.objects.filter(id=1).update(swept_at=now)
    return done


def _act(*, seen_at: int) -> Sweep:
    waiting = Card.objects.filter(state=State.RESERVED, unconfirmed=True)
    # Without a signature there is no card: the row goes, its indexes stay used.
    released = _delete(signed=False, state=State.RESERVED, unconfirmed=True)
    revoked = waiting.update(state=State.REVOKED)
    return Sweep(revoked=revoked, released=released, deleted=_delete(expires__lte=day_of(seen_at) - GRACE))


def _mark() -> None:
    Card.objects.filter(unconfirmed=True).update(unconfirmed=False)
    Card.objects.filter(state=State.RESERVED).update(unconfirmed=True)


def _delete(**which: object) -> int:
    """Deletes cards with their credentials; how many cards."""
    # Locked before they go: Django deletes by id what it looked at, and the signer may be at one of them meanwhile.
    ids = list(Card.objects.select_for_update().filter(**which).order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        Card.objects.filter(id__in=ids[start : start + _AT_ONCE]).only("id").delete()
    return len(ids)
