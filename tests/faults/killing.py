"""Killing processes of a running installation outright, and measuring how long it takes to work again."""

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from cardservice.supervisor import SETTLED_SECONDS
from tests.stack import Stack

TARGETS = ("desk", "desk worker", "signer", "publisher", "registrar", "archivist")
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
        killed, moment = time.monotonic(), time.time()
        name = target.removesuffix(" worker")
        process = self.strike(target)
        self.wait_until_all_work(instead_of=process, since=moment if name == "publisher" else 0.0)
        self._last[name] = time.monotonic()
        return time.monotonic() - killed

    def strike(self, target: str) -> subprocess.Popen[bytes]:
        """Kills at once; the process that the supervisor will replace."""
        name = target.removesuffix(" worker")
        process = next(child.process for child in self._stack.supervisor.children if child.name == name)
        assert process is not None
        os.kill(self._chance.choice(_below(process.pid)) if target != name else process.pid, signal.SIGKILL)
        return process

    def wait_until_all_work(self, *, instead_of: subprocess.Popen[bytes], since: float = 0.0) -> None:
        """Returns when the killed process is replaced and all work, with a status list published after `since`."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        children = self._stack.supervisor.children
        while any(child.process is instead_of for child in children) or not self._all_work(since=since):
            assert time.monotonic() < deadline, f"not everything works {GIVE_UP_SECONDS:.0f} s after a kill"
            time.sleep(0.02)

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
