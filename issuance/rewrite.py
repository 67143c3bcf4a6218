"""The weekly rewrite: the register's files are written anew in the order of the index, without traces of any other."""

import time
from collections.abc import Iterator
from datetime import date

from django.db import OperationalError, connections, transaction
from django.db.backends.utils import CursorWrapper

from cardservice.credential.calendar import day_of, monday_of
from issuance.models import Upkeep

PATIENCE = 10.0
"""Seconds for which the rewrite waits for a moment in which nobody else is at the register."""

_PAUSE = 0.1
_LOCKED = ("55P03", "40P01")
"""PostgreSQL's lock_not_available and deadlock_detected."""


class RegisterBusy(Exception):
    """Others were at the register all the time; the rewrite is not done, and the next try may succeed."""


def is_due(*, now: int) -> bool:
    """Whether the register was not rewritten in the week of `now` (UTC seconds)."""
    return not Upkeep.objects.filter(id=1, rewritten=_week(now)).exists()


def rewrite(*, now: int) -> None:
    """Rewrites the register and notes the week; a crash in between leaves the old register or the new one, whole.

    Safe to repeat. Raises RegisterBusy, DatabaseError. `now` in UTC seconds.
    """
    if connections["issuance"].vendor == "postgresql":
        _on_postgresql(_week(now))
    else:
        _on_sqlite(_week(now))


def _on_postgresql(week: date) -> None:
    """By functions of the owner, since only the owner may replace a table."""
    for _ in _tries():
        try:
            with transaction.atomic(using="issuance"), connections["issuance"].cursor() as cursor:
                # Shorter than the time after which PostgreSQL looks for a deadlock, and a pause that no desk notices.
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
                cursor.execute("SELECT public.rewrite_register()")
                _note(week)
            break
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _LOCKED:
                raise
    with connections["issuance"].cursor() as cursor:
        cursor.execute("SELECT public.close_wal_segment()")


def _on_sqlite(week: date) -> None:
    """By SQLite's own VACUUM, which is one transaction; no other process notices but by waiting.

    A new file under the old name would lose what others write through the file they have open.
    """
    with connections["issuance"].cursor() as cursor:
        cursor.execute("VACUUM")
        for _ in _tries():
            if _cut_log(cursor):
                break
        # While the write-ahead log still told the old order, the week's rewrite was not done.
        _note(week)
        _cut_log(cursor)


def _cut_log(cursor: CursorWrapper) -> bool:
    """Moves all pages from the write-ahead log into the file and cuts the log to nothing, if nobody reads from it."""
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return bool(cursor.fetchone()[0] == 0)


def _note(week: date) -> None:
    Upkeep.objects.update_or_create(id=1, defaults={"rewritten": week})


def _tries() -> Iterator[None]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        yield
        time.sleep(_PAUSE)
    raise RegisterBusy


def _week(now: int) -> date:
    return day_of(monday_of(now))
