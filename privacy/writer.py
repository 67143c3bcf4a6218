"""A writer of the action log: numbers each line, keeps it until the log's database has it, and hands in in order."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from privacy.leaf import Line
from privacy.spool import Content, Spool
from privacy.staging import Staged

RETRY_SECONDS = 5.0
"""Pause after a refusal of the database: a request waits for a dead database once, not each time."""


class Writer:
    """Writes through `spool`; `insert` says whether the staging table has the line now (also when it had it before).

    A line is on the disk before it is handed in, and a number is handed in only after all smaller ones. So a crash
    hands in again what the table may have already, but leaves no hole: a hole was made by somebody.
    """

    def __init__(
        self, *, spool: Spool, insert: Callable[[Staged], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._spool = spool
        self._insert = insert
        self._clock = clock
        self._retry_at = clock()
        self._handed_in = 0
        self._lock = threading.Lock()

    def record(self, line: Line, *, entry_id: bytes) -> None:
        """Makes sure that the line reaches the log, be it later by `hand_in`. Raises SpoolUnusable: then do not act.

        What was handed in leaves the file with the next line or the next `hand_in`, which saves writing it twice.
        """
        with self._lock, self._spool.locked():
            content = self._without_handed_in(self._spool.read())
            if len(content.waiting) >= self._spool.capacity:
                self._try(content)
                content = self._without_handed_in(content)
            content = self._spool.with_line(content, line, entry_id=entry_id)
            self._spool.write(content)
            self._try(content)

    def hand_in(self) -> int:
        """Hands in what waits and takes it out of the file; how many lines still wait. Raises SpoolUnusable."""
        with self._lock, self._spool.locked():
            content = self._spool.read()
            self._try(content)
            left = self._without_handed_in(content)
            if len(left.waiting) < len(content.waiting):
                self._spool.write(left)
            return len(left.waiting)

    def _try(self, content: Content) -> None:
        if self._clock() < self._retry_at:
            return
        for staged in self._without_handed_in(content).waiting:
            if not self._insert(staged):
                self._retry_at = self._clock() + RETRY_SECONDS
                return
            self._handed_in = staged.number

    def _without_handed_in(self, content: Content) -> Content:
        return replace(content, waiting=tuple(one for one in content.waiting if one.number > self._handed_in))
