"""What somebody with all published tables and a computer tries: working out the numbers that were withheld."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from privacy.suppression import Column

Unknown = Hashable
Suppression = Callable[[Mapping[str, int]], Column]


@dataclass
class Puzzle:
    """Sums of unknown counts that must come out at known numbers; a withheld count is 1 at least, since 0 is shown."""

    equations: list[tuple[dict[Unknown, int], int]] = field(default_factory=list)
    unknowns: set[Unknown] = field(default_factory=set)

    def learn(self, parts: Mapping[Unknown, int | None], whole: Unknown, total: int | None) -> None:
        """The published `parts` add up to the published `total`."""
        row: dict[Unknown, int] = {name: 1 for name, number in parts.items() if number is None}
        constant = -sum(number for number in parts.values() if number is not None)
        if total is None:
            row[whole] = -1
        self.unknowns |= set(row)
        self.equations.append((row, constant if total is None else constant + total))

    def solved(self) -> set[Unknown]:
        """The unknowns that have one value only: by elimination, or because their bounds meet."""
        return self._by_elimination() | self._by_bounds()

    def _by_elimination(self) -> set[Unknown]:
        names = sorted(self.unknowns, key=repr)
        rows = [[Fraction(row.get(name, 0)) for name in names] for row, _ in self.equations]
        done = 0
        for at in range(len(names)):
            pivot = next((i for i in range(done, len(rows)) if rows[i][at]), None)
            if pivot is None:
                continue
            rows[done], rows[pivot] = rows[pivot], rows[done]
            rows[done] = [value / rows[done][at] for value in rows[done]]
            for i, row in enumerate(rows):
                if i != done and row[at]:
                    rows[i] = [a - row[at] * b for a, b in zip(row, rows[done], strict=True)]
            done += 1
        alone = [[name for name, value in zip(names, row, strict=True) if value] for row in rows]
        return {named[0] for named in alone if len(named) == 1}

    def _by_bounds(self) -> set[Unknown]:
        low: dict[Unknown, float] = dict.fromkeys(self.unknowns, 1)
        high: dict[Unknown, float] = dict.fromkeys(self.unknowns, float("inf"))
        moved = True
        while moved:
            moved = False
            for row, total in self.equations:
                for name, sign in row.items():
                    others = [(s * low[n], s * high[n]) for n, s in row.items() if n != name]
                    least, most = total - sum(max(o) for o in others), total - sum(min(o) for o in others)
                    bounds = (least, most) if sign > 0 else (-most, -least)
                    if bounds[0] > low[name] or bounds[1] < high[name]:
                        low[name], high[name] = max(low[name], bounds[0]), min(high[name], bounds[1])
                        moved = True
        return {name for name in self.unknowns if low[name] == high[name]}


def tables(districts: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every way to spread up to `most` acts over so many districts."""
    if districts == 0:
        yield ()
        return
    for first in range(most + 1):
        for rest in tables(districts - 1, most - first):
            yield (first, *rest)


def given_away(suppression: Suppression, *, districts: int, most: int) -> int:
    """How many withheld counts one can know who knows the rule: by applying it to every table there is.

    All tables with the same total are tried, so nothing is missed for those whose total is published.
    """
    names = [f"D{number}" for number in range(districts)]
    possible: dict[tuple[int | None, ...], list[set[int]]] = {}
    for table in tables(districts, most):
        column = suppression(dict(zip(names, table, strict=True)))
        seen = possible.setdefault((*column.cells.values(), column.total), [set() for _ in range(districts + 1)])
        for values, count in zip(seen, (*table, sum(table)), strict=True):
            values.add(count)
    return sum(
        len(values) == 1
        for published, seen in possible.items()
        for number, values in zip(published, seen, strict=True)
        if number is None
    )
