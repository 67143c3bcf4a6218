"""The fault table: one line a fault, carried by the tests' reports (also from workers) to the end of the run."""

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass

NAME = "fault"
HEADINGS = ("fault", "times", "lost", "doubled", "reused", "ready again, max s")

RecordProperty = Callable[[str, object], None]


@dataclass(frozen=True)
class Fault:
    """What became of cards under one kind of fault; `ready` in seconds, None where nothing had to start again."""

    what: str
    times: int
    lost: int
    doubled: int
    reused: int
    ready: float | None = None

    def note(self, record_property: RecordProperty) -> None:
        """Puts the line into the report of the running test."""
        record_property(NAME, list(astuple(self)))


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """The table of what tests noted; none when they noted nothing."""
    found = [Fault(*values) for name, values in properties if name == NAME and isinstance(values, list)]
    if not found:
        return []
    rows = [HEADINGS, *(_row(fault) for fault in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(fault: Fault) -> tuple[str, ...]:
    ready = "-" if fault.ready is None else f"{fault.ready:.1f}"
    return (fault.what, *(str(count) for count in (fault.times, fault.lost, fault.doubled, fault.reused)), ready)
