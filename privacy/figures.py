"""Statistics of the city's cards: what staff did per quarter and district, by the action log, small counts withheld."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Sum

from privacy.actions import Action
from privacy.counts import complete_up_to
from privacy.models import Entry
from privacy.suppression import Column, added, suppress

SETTLED = timedelta(days=14)
"""How long after the Monday of its last week a quarter is published: the week is over, and late lines are in."""


class Measure(StrEnum):
    """What is counted."""

    ISSUED = "issued"
    RENEWED = "renewed"
    CORRECTED = "corrected"
    REFUSED = "refused"
    BLOCKED = "blocked"


_OF_CARDS_MADE = {"new_card": Measure.ISSUED, "renewed": Measure.RENEWED, "corrected": Measure.CORRECTED}
_REPLACED = ("renewed", "corrected")
"""Purposes of revoking a card that another one replaces at the same counter: not counted as blocked."""


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year; a week belongs to the quarter of its Monday."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def following(self) -> "Quarter":
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    def settled(self, as_of: date) -> bool:
        """Whether nothing is added to this quarter any more, by a log that is complete up to `as_of`."""
        after = date(self.following.year, 3 * self.following.number - 2, 1) - timedelta(days=1)
        return after - timedelta(days=after.weekday()) + SETTLED <= as_of


@dataclass(frozen=True)
class Year:
    """All that is published of a year: its settled quarters, the districts of them, and the columns of each measure."""

    number: int
    quarters: tuple[Quarter, ...]
    districts: tuple[str, ...]
    columns: Mapping[Measure, tuple[Column, ...]]

    def row(self, measure: Measure, district: str | None) -> tuple[int | None, ...]:
        """The numbers of a district (None: of the city) by quarter, and their sum behind them."""
        columns = self.columns[measure]
        numbers = [column.total if district is None else column.cells[district] for column in columns]
        return (*numbers, added(numbers))


def quarter_of(monday: date) -> Quarter:
    """The quarter that a week is counted in."""
    return Quarter(monday.year, (monday.month + 2) // 3)


def measure_of(action: str, purpose: str) -> Measure | None:
    """What an entry of the log counts as; None when it is no matter of these statistics."""
    if action == Action.ISSUE:
        return _OF_CARDS_MADE.get(purpose)
    if action == Action.REFUSE:
        return Measure.REFUSED
    if action == Action.SUSPEND or (action == Action.REVOKE and purpose not in _REPLACED):
        return Measure.BLOCKED
    return None


def published() -> tuple[Year, ...]:
    """The years with a settled quarter, newest first, as the log in the database tells them; padding counts nothing."""
    entries = Entry.objects.filter(week__isnull=False)
    lines = entries.values_list("district", "action", "purpose", "week").annotate(Sum("count"))
    as_of = complete_up_to()
    return years_of(lines, as_of=as_of) if as_of else ()


def years_of(lines: Iterable[tuple[str, str, str, date, int]], *, as_of: date) -> tuple[Year, ...]:
    """The same of these lines (district, action, purpose, Monday of the week, count), complete up to `as_of`."""
    counts: dict[tuple[Measure, Quarter, str], int] = defaultdict(int)
    for district, action, purpose, week, count in lines:
        measure, quarter = measure_of(action, purpose), quarter_of(week)
        if measure is not None and quarter.settled(as_of):
            counts[measure, quarter, district] += count
    if not counts:
        return ()
    quarters = _settled_since(min(quarter for _, quarter, _ in counts), as_of)
    return tuple(
        _year(year, tuple(quarter for quarter in quarters if quarter.year == year), counts)
        for year in sorted({quarter.year for quarter in quarters}, reverse=True)
    )


def _settled_since(quarter: Quarter, as_of: date) -> list[Quarter]:
    found = []
    while quarter.settled(as_of):
        found.append(quarter)
        quarter = quarter.following
    return found


def _year(number: int, quarters: tuple[Quarter, ...], counts: Mapping[tuple[Measure, Quarter, str], int]) -> Year:
    districts = tuple(sorted({district for _, quarter, district in counts if quarter.year == number}))
    return Year(
        number=number,
        quarters=quarters,
        districts=districts,
        columns={
            measure: tuple(
                suppress({district: counts.get((measure, quarter, district), 0) for district in districts})
                for quarter in quarters
            )
            for measure in Measure
        },
    )
