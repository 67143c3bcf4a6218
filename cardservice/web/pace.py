"""How many requests somebody may make in a minute: counted in memory, forgotten with the minute."""

import math
import threading

WINDOW = 60
"""Seconds after which every count begins anew. No count outlives it: a longer memory would be a record of use."""


class Pace:
    """Counts of the current window, by who asks. Nothing says when in it a request was made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = -1
        self._counts: dict[str, int] = {}

    def wait(self, *, who: str, times: int, most: int, moment: float) -> int:
        """0 and counted when `times` more fit under `most` in this window; otherwise the seconds to wait.

        `moment`: seconds of a monotonic clock.
        """
        window = math.floor(moment / WINDOW)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            counted = self._counts.get(who, 0) + times
            if counted > most:
                return math.ceil((window + 1) * WINDOW - moment) or 1
            self._counts[who] = counted
        return 0
