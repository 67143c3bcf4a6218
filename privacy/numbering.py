"""Judging a day's staged lines by their writers' numbers: what goes into the log, and what was tampered with."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby

from privacy.leaf import Line
from privacy.staging import Staged

ARCHIVIST = "archivist"
FINDING = "finding"
MOST_COUNTED = 2**31 - 1


class Finding(StrEnum):
    """What the archivist notices about the lines handed in; each stands in the log as a line of its own."""

    NEW_WRITER = "new_writer"
    """A writer seen for the first time: expected once for each desk, and again when its spool was set aside."""
    MISSING_ENTRIES = "missing_entries"
    """Numbers that a writer gave out and nobody handed in: lines were deleted."""
    FORGED_ENTRIES = "forged_entries"
    """Lines that their writer never signed: inserted or changed. They are not taken into the log."""
    NUMBER_REUSED = "number_reused"
    """Other lines under numbers that were used before: a writer's counter was set back. They are kept."""
    STATE_ALTERED = "state_altered"
    """The archivist's own memory of numbers was changed by somebody else."""


@dataclass
class Judged:
    """The lines to append (numbers dropped), findings with their counts, next number per writer, entry ids taken."""

    lines: list[Line] = field(default_factory=list)
    findings: Counter[Finding] = field(default_factory=Counter)
    next_numbers: dict[bytes, int] = field(default_factory=dict)
    entry_ids: set[bytes] = field(default_factory=set)

    def finding_lines(self, *, week: date) -> list[Line]:
        """The findings as lines of the log, told by the archivist."""
        return [
            Line(ARCHIVIST, "", FINDING, finding.value, week, min(count, MOST_COUNTED))
            for finding, count in self.findings.items()
        ]


def judge(staged: Iterable[Staged], *, next_numbers: Mapping[bytes, int], known_entries: Set[bytes]) -> Judged:
    """What to make of `staged`, given where each writer stood and which entries are in the log already.

    Writers hand in their lines in order, so a number that is passed over was deleted and not merely late.
    """
    judged = Judged(next_numbers=dict(next_numbers))
    for writer, lines in groupby(sorted(staged, key=lambda line: (line.writer, line.number)), lambda line: line.writer):
        for line in lines:
            if line.is_genuine():
                _take(judged, writer, line, known_entries)
            else:
                judged.findings[Finding.FORGED_ENTRIES] += 1
    return judged


def _take(judged: Judged, writer: bytes, line: Staged, known_entries: Set[bytes]) -> None:
    if writer not in judged.next_numbers:
        judged.findings[Finding.NEW_WRITER] += 1
    expected = judged.next_numbers.get(writer, 1)
    known = line.entry_id in known_entries or line.entry_id in judged.entry_ids
    if line.number >= expected:
        if line.number > expected:
            judged.findings[Finding.MISSING_ENTRIES] += line.number - expected
        judged.next_numbers[writer] = line.number + 1
    elif not known:
        judged.findings[Finding.NUMBER_REUSED] += 1
    # A known entry is a request sent again, or a line handed in again after a crash.
    if not known:
        judged.lines.append(line.line)
        judged.entry_ids.add(line.entry_id)
