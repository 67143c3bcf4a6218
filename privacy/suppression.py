"""Withholding small counts: which numbers of a table may be published, so that none of the others can be worked out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LARGEST_SMALL = 10
"""Counts from 1 to this are withheld; 0 is published."""

_SLACK = 2
"""How far the sum of the withheld counts must lie from the least and the most that it can be."""


@dataclass(frozen=True)
class Column:
    """One measure in one quarter as it may be published: count of each district and their total; None is withheld."""

    cells: Mapping[str, int | None]
    total: int | None


def suppress(counts: Mapping[str, int]) -> Column:
    """`counts` by district, always in the same order, with the small ones withheld and whatever would give them away.

    A total gives withheld counts away when it leaves them only one value (one district alone; two that sum up to 2 or
    20). Then the next district with a larger count is withheld too, and the total itself when there is none. "Next" is
    by order: choosing it by its count would tell of that count. The same sign stands for all of these, so that nobody
    sees which count was small.
    """
    total = sum(counts.values())
    small = [district for district, count in counts.items() if 1 <= count <= LARGEST_SMALL]
    withheld = set(small)
    tells = 1 <= total <= LARGEST_SMALL
    if small and not tells and not _wide(len(small), sum(counts[district] for district in small)):
        other = _next_larger(counts, after=small[-1])
        if other is None:
            tells = True
        else:
            withheld.add(other)
    return Column(
        cells={district: None if district in withheld else count for district, count in counts.items()},
        total=None if tells else total,
    )


def added(numbers: Iterable[int | None]) -> int | None:
    """The sum of published numbers; withheld as soon as one of them is, so that it never tells anything new."""
    found = list(numbers)
    return None if None in found else sum(number for number in found if number is not None)


def _wide(how_many: int, their_sum: int) -> bool:
    """Whether so many small counts with this sum can each still be at least three numbers."""
    return how_many > 1 and how_many + _SLACK <= their_sum <= LARGEST_SMALL * how_many - _SLACK


def _next_larger(counts: Mapping[str, int], *, after: str) -> str | None:
    """The first district with a count above the small ones behind `after`, going round."""
    districts = list(counts)
    start = districts.index(after) + 1
    return next((name for name in districts[start:] + districts[:start] if counts[name] > LARGEST_SMALL), None)
