"""The published statistics as rows, one a number: what JSON and CSV say."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from privacy.figures import Measure, Year


@dataclass(frozen=True)
class Row:
    """`quarter` is "2026-Q1"; `district` a code, "" for accounts without one, "*" for the city; None is withheld."""

    quarter: str
    district: str
    measure: str
    count: int | None


def rows(years: Iterable[Year]) -> list[Row]:
    """All numbers by quarter, oldest first; sums over quarters are left to the reader."""
    return [
        Row(quarter=str(quarter), district="*" if district is None else district, measure=measure.value, count=count)
        for year in sorted(years, key=lambda year: year.number)
        for number, quarter in enumerate(year.quarters)
        for measure in Measure
        for district in (*year.districts, None)
        for count in [year.row(measure, district)[number]]
    ]


def as_csv(years: Iterable[Year]) -> str:
    """The rows with a head (RFC 4180); an empty count is withheld."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ["quarter", "district", "measure", "count"])
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows(years))
    return out.getvalue()
