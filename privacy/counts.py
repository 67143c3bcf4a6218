"""What the action log tells in numbers: how many cards were issued, by week."""

from datetime import date

from django.db.models import Sum

from cardservice.reconciliation import LogCounts
from privacy.actions import Action
from privacy.models import Entry, LastBatch


def log_counts() -> LogCounts:
    """Entries of cards issued by week, and the day of the last batch."""
    issued = Entry.objects.filter(action=Action.ISSUE, week__isnull=False)
    by_week = issued.values_list("week").annotate(Sum("count")).order_by("week")
    return LogCounts(entries=dict(by_week), batch=complete_up_to())


def complete_up_to() -> date | None:
    """The day of the last batch; None before the first."""
    # Not `first()`: it sorts by the key, which those who ask may not read.
    return next(iter(LastBatch.objects.values_list("day", flat=True)), None)
