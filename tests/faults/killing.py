"""Killing processes of a running installation outright, and measuring how long it takes to work again."""

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from cardservice.supervisor import SETTLED_SECONDS
from tests.stack import Stack

TARGETS = ("desk", "desk worker", "signer", "publisher", "archivist")
GIVE_UP_SECONDS = 30.0


@contextmanager
def watched(stack: Stack) -> Iterator[None]:
    """The supervisor restarts what dies, as in `up`; its thread lives as long as the processes that it starts.

    Linux ends a child with the thread that started it, so this closes only when the installation is done with.
    """
    stop = threading.Event()
    watch = threading.Thread(target=stack.supervisor.watch, kwargs={"until": stop.is_set}, daemon=True)
    watch.start()
    try:
        yield
    finally:
        stop.set()
        watch.join()


class Killer:
    """Kills processes at moments that `chance` chooses."""

    def __init__(self, stack: Stack, *, chance: random.Random) -> None:
        self._stack, self._chance = stack, chance
        self._last = dict.fromkeys(TARGETS, 0.0)

    def kill_one(self) -> tuple[str, float]:
        """Whom it killed, and the seconds from then until every process worked again.

        A process that was just started is left alone for a while: dying over and over, it would rightly be started
        ever later.
        """
        time.sleep(self._chance.uniform(0.0, 0.4))
        while not (settled := [target for target in TARGETS if self._settled(target)]):
            time.sleep(0.1)
        target = self._chance.choice(settled)
        return target, self._kill(target)

    def _settled(self, target: str) -> bool:
        return time.monotonic() - self._last[target.removesuffix(" worker")] > SETTLED_SECONDS

    def _kill(self, target: str) -> float:
        name = target.removesuffix(" worker")
        child = next(child for child in self._stack.supervisor.children if child.name == name)
        process, killed, moment = child.process, time.monotonic(), time.time()
        assert process is not None
        pid = self._chance.choice(_below(process.pid)) if target != name else process.pid
        os.kill(pid, signal.SIGKILL)
        while child.process is process or not self._all_work(since=moment if name == "publisher" else 0.0):
            if time.monotonic() - killed > GIVE_UP_SECONDS:
                raise AssertionError(f"{target} was killed and not everything works after {GIVE_UP_SECONDS:.0f} s")
            time.sleep(0.02)
        self._last[name] = time.monotonic()
        return time.monotonic() - killed

    def _all_work(self, *, since: float) -> bool:
        """Whether all run, the servers answer, and a status list was published after `since`."""
        stack = self._stack
        if any(child.process is None or child.process.poll() is not None for child in stack.supervisor.children):
            return False
        published = stack.home.published / "s" / "0.cwt"
        return (
            _connects(stack.home.signer_socket)
            and _answers(f"{stack.desk}/healthz")
            and _answers(f"{stack.gate}/readyz")
            and published.exists()
            and published.stat().st_mtime >= since
        )


def _below(pid: int) -> list[int]:
    """Processes that `pid` started."""
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _read(task / "children").split()]


def _read(path: Path) -> str:
    with suppress(OSError):
        return path.read_text()
    return ""


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _answers(address: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(address, timeout=2.0).status_code == 200
    return False
