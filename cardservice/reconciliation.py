"""The weekly comparison of what was signed, what the register holds and what the action log tells, as numbers only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

WEEK = timedelta(days=7)


class Discrepancy(StrEnum):
    """What does not agree."""

    LOG_BEHIND = "log_behind"
    CARD_WITHOUT_ENTRY = "card_without_entry"
    ROW_NOT_COUNTED = "row_not_counted"
    ROW_GONE = "row_gone"
    INDEX_NOT_MARKED = "index_not_marked"


@dataclass(frozen=True)
class Finding:
    """A discrepancy: of one week (its Monday), or of the whole register; `count` says by how many cards."""

    discrepancy: Discrepancy
    count: int
    week: date | None = None


@dataclass(frozen=True)
class RegisterCounts:
    """What issuance tells.

    `counted`: cards that the signer counted, over all keys and all time. `signed`: rows marked as signed, by week of
    issue. `given`: indexes ever given away, decoys not counted. `taken`: indexes of rows.
    """

    counted: int
    signed: Mapping[date, int]
    given: int
    taken: int


@dataclass(frozen=True)
class LogCounts:
    """What the action log tells: entries of cards issued by week, and the day of its last batch."""

    entries: Mapping[date, int]
    batch: date | None


@dataclass(frozen=True)
class Week:
    """A week's numbers side by side. More entries than cards are orders that were logged and then never signed."""

    week: date
    signed: int
    entries: int


@dataclass(frozen=True)
class Reconciliation:
    """The finished weeks, oldest first, and what does not agree."""

    weeks: tuple[Week, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def ok(self) -> bool:
        return not self.findings


def reconcile(*, register: RegisterCounts, log: LogCounts, this_week: date, kept_since: date) -> Reconciliation:
    """Compares what is finished: weeks before `this_week`, once the log has taken in their last day.

    Rows of weeks before `kept_since` may have been deleted after their expiry. An entry is written before anything is
    signed, so that each signed card has one; the signer counts each card once, in the same transaction as its row.
    """
    finished = sorted(week for week in {*register.signed, *log.entries} if week < this_week)
    weeks = tuple(Week(week, register.signed.get(week, 0), log.entries.get(week, 0)) for week in finished)
    found = []
    if log.batch is None or log.batch < this_week:
        found.append(Finding(Discrepancy.LOG_BEHIND, count=0))
        weeks = tuple(week for week in weeks if log.batch is not None and week.week + WEEK <= log.batch)
    for week in weeks:
        if week.signed > week.entries:
            found.append(Finding(Discrepancy.CARD_WITHOUT_ENTRY, count=week.signed - week.entries, week=week.week))
    there = sum(register.signed.values())
    if there > register.counted:
        found.append(Finding(Discrepancy.ROW_NOT_COUNTED, count=there - register.counted))
    may_be_gone = sum(max(week.entries - week.signed, 0) for week in weeks if week.week < kept_since)
    if register.counted - there > may_be_gone:
        found.append(Finding(Discrepancy.ROW_GONE, count=register.counted - there - may_be_gone))
    if missing := max(register.taken - register.given, register.counted - register.given, 0):
        found.append(Finding(Discrepancy.INDEX_NOT_MARKED, count=missing))
    return Reconciliation(weeks=weeks, findings=tuple(found))
