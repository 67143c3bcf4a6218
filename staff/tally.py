"""Counts an account's state changes of one day, forgetting the day before."""

import datetime

from django.db import transaction

from staff.models import Account, DailyTally


def count(*, account: Account, today: datetime.date) -> int:
    """Counts one more state change by `account` and returns how many that makes on `today` (1 for the first)."""
    with transaction.atomic(using="staff"):
        # The account's row is the lock: the tally itself may not exist yet.
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        tally = DailyTally.objects.filter(account=account, day=today).first()
        changes = tally.changes + 1 if tally else 1
        DailyTally.objects.update_or_create(account=account, defaults={"day": today, "changes": changes})
    return changes
