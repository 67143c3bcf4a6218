"""The daily batch: staged entries are shuffled and appended, so that their order tells nothing of the day."""

import secrets
from datetime import date

from django.db import transaction

from privacy.models import Entry, LastBatch, StagedEntry


def append_staged(*, today: date) -> int | None:
    """Moves all staged entries to the end of the log in random order; the number moved.

    None when there was a batch on or after `today` already. All or nothing; safe to repeat.
    """
    with transaction.atomic(using="privacy"):
        last, first_time = LastBatch.objects.select_for_update().get_or_create(id=1, defaults={"day": today})
        if not first_time and last.day >= today:
            return None
        LastBatch.objects.filter(id=1).update(day=today)
        staged = list(StagedEntry.objects.all())
        secrets.SystemRandom().shuffle(staged)
        newest = Entry.objects.order_by("-number").values_list("number", flat=True).first()
        start = 0 if newest is None else newest + 1
        Entry.objects.bulk_create(
            Entry(
                number=start + offset,
                actor=entry.actor,
                district=entry.district,
                action=entry.action,
                purpose=entry.purpose,
                week=entry.week,
            )
            for offset, entry in enumerate(staged)
        )
        StagedEntry.objects.filter(id__in=[entry.id for entry in staged]).delete()
    return len(staged)
