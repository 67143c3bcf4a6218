"""The one door of this compartment: record that a member of staff did something."""

import hashlib
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

import structlog
from django.conf import settings
from django.db import Error, IntegrityError, connections, transaction

from privacy.leaf import Line
from privacy.models import StagedEntry
from privacy.spool import FILE_NAME, Spool, SpoolUnusable
from privacy.staging import Staged
from privacy.writer import RETRY_SECONDS, Writer


class Action(StrEnum):
    """What staff do, as far as the log tells it."""

    ISSUE = "issue"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    REFUSE = "refuse"
    OVERRIDE = "override"
    AGREEMENT = "agreement"
    PLACE = "place"


@dataclass(frozen=True)
class Actor:
    """Who acts: the random staff code and the district of the account ('' when the city has none)."""

    code: str
    district: str = ""


class LogUnavailable(Exception):
    """Nothing can be recorded, so nothing may be done."""


def record(*, entry_id: bytes, actor: Actor, action: Action, purpose: str, week: date) -> None:
    """Makes sure that one entry will stand in the log; the same action and 16-byte `entry_id` again is the same entry.

    `week` is the Monday of the week. While the log's database is away, entries wait in the spool. Raises
    LogUnavailable when that is full, altered or unwritable: the caller must then not act.
    """
    line = Line(actor=actor.code, district=actor.district, action=action.value, purpose=purpose, week=week)
    try:
        _writer().record(line, entry_id=_of_its_kind(entry_id, action))
    except SpoolUnusable as error:
        structlog.get_logger().error("log_unavailable", code=error.code)
        raise LogUnavailable from None
    _hand_in_later()


def _of_its_kind(entry_id: bytes, action: Action) -> bytes:
    """An id names an entry of one action: pages choose ids, and one of a refusal must not use up that of a card."""
    return hashlib.sha256(b"entry/1 " + action.value.encode() + b" " + entry_id).digest()[:16]


def hand_in_leftovers() -> None:
    """Hands in, in a thread of its own, what an earlier process could not."""
    if (Path(settings.SPOOL) / FILE_NAME).exists():
        _hand_in_later()


@cache
def _writer() -> Writer:
    """This process's writer; processes of one desk share the spool and so the numbers."""
    return Writer(spool=Spool(directory=Path(settings.SPOOL), secret=settings.SECRET_KEY.encode()), insert=_insert)


def _insert(staged: Staged) -> bool:
    """Whether the staging table has the line now. The desk may insert there and nothing else."""
    row = StagedEntry(
        id=uuid.UUID(bytes=staged.row_id),
        entry_id=uuid.UUID(bytes=staged.entry_id),
        writer=staged.writer.hex(),
        number=staged.number,
        signature=staged.signature,
        actor=staged.line.actor,
        district=staged.line.district,
        action=staged.line.action,
        purpose=staged.line.purpose,
        week=staged.line.week,
    )
    try:
        with transaction.atomic(using="privacy"):
            row.save(force_insert=True, using="privacy")
    except IntegrityError:
        # The only constraint is the row's id, and that is a hash of the line: it was handed in before a crash.
        return True
    except Error:
        return False
    return True


_handing_in = threading.Lock()


def _hand_in_later() -> None:
    """Starts the thread that empties the spool a little later, unless there is one."""
    if _handing_in.acquire(blocking=False):
        threading.Thread(target=_keep_handing_in, name="log-spool", daemon=True).start()


def _keep_handing_in() -> None:
    try:
        time.sleep(RETRY_SECONDS)
        while waiting := _handed_in():
            structlog.get_logger().warning("log_entries_wait", entries=waiting)
            time.sleep(RETRY_SECONDS)
    finally:
        _handing_in.release()
    # Whoever recorded something after the last look saw this thread alive and started none.
    if _handed_in():
        _hand_in_later()


def _handed_in() -> int:
    """How many lines still wait after trying; none when the spool is the trouble, which waiting does not mend."""
    try:
        return _writer().hand_in()
    except SpoolUnusable as error:
        structlog.get_logger().error("log_unavailable", code=error.code)
        return 0
    finally:
        connections.close_all()
