"""Starts the processes of an installation, each with its own environment, restarts what dies and stops them all."""

import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

from cardservice import children, demo_root, preparation
from cardservice.files import write_atomically
from cardservice.home import Home
from cardservice.processes import PROCESSES

ORDER = ("signer", "publisher", "registrar", "archivist", "desk", "gate", "holder", "office")
LOCK_SECONDS = 0.3
STOP_SECONDS = 4.0
READY_SECONDS = 40.0
LONGEST_BACKOFF = 30.0
SETTLED_SECONDS = 5.0
"""A process that lived this long got through its start: dying, it is started at once. One that died sooner waits ever
longer."""


class StartRefused(Exception):
    """The installation cannot be started; the text says why and what to do."""


@dataclass
class _Child:
    name: str
    command: list[str]
    environment: dict[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    backoff: float = 0.0
    start_at: float = 0.0


class Supervisor:
    """One installation's processes, from `start` to `stop`. Only one supervisor works on a home at a time.

    `say` is told of each process that keeps ending.
    """

    def __init__(
        self,
        home: Home,
        *,
        ports: dict[str, int],
        names: tuple[str, ...] = ORDER,
        say: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.home = home
        self.ports = ports
        self._say = say
        self.children = [
            _Child(name=name, command=self._command(name), environment=home.environment(name)) for name in names
        ]
        self._lock: IO[str] | None = None

    @property
    def addresses(self) -> dict[str, str]:
        """Process name -> base URL."""
        return {c.name: f"http://127.0.0.1:{self.ports[c.name]}" for c in self.children if c.name in self.ports}

    def start(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Prepares the home where something is missing and starts every process; breaks off when `until()`.

        Raises StartRefused and HomeRefused before anything is started.
        """
        self.home.prepare_directories()
        self._take_home()
        for name, port in self.ports.items():
            _refuse_taken(name, port)
        self._prepare(until)
        if until():
            return
        for child in self.children:
            self._spawn(child)
        write_atomically(self.home.addresses_file, json.dumps(self.addresses).encode(), mode=0o600)

    def wait_until_ready(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Returns when every process does its work, or when `until()`.

        Raises StartRefused when a process is not ready within 40 seconds.
        """
        deadline = time.monotonic() + READY_SECONDS
        for child in self.children:
            while not self._ready(child) and not until():
                if time.monotonic() > deadline:
                    log = self.home.logs / f"{child.name}.log"
                    raise StartRefused(f"{child.name} did not get ready: its log {log} says more.")
                self.restart_dead()
                time.sleep(0.03)

    def watch(self, *, until: Callable[[], bool]) -> None:
        """Restarts what dies until `until()`."""
        while not until():
            self.restart_dead()
            time.sleep(0.2)

    def restart_dead(self) -> None:
        """Starts again what died, at once after a long life and ever later after short ones."""
        for child in self.children:
            now = time.monotonic()
            if child.process is not None and child.process.poll() is not None:
                _kill_group(child.process)
                child.process = None
                lived = now - child.started
                if lived <= SETTLED_SECONDS:
                    log = self.home.logs / f"{child.name}.log"
                    self._say(f"{child.name} ended soon after its start and is started again: {log} says why.")
                child.backoff = 0.0 if lived > SETTLED_SECONDS else min(LONGEST_BACKOFF, child.backoff * 2 or 0.25)
                child.start_at = now + child.backoff
            if child.process is None and now >= child.start_at:
                self._spawn(child)

    def stop(self) -> None:
        """Asks every process to end, waits four seconds at most and ends the rest. Safe to repeat."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _kill_group(process)
            process.wait()
        for child in self.children:
            child.process = None
        if self._lock is not None:
            self.home.addresses_file.unlink(missing_ok=True)
            self.home.desk_session.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def _take_home(self) -> None:
        lock = self.home.lock.open("w")
        deadline = time.monotonic() + LOCK_SECONDS
        # A word of the command line holds the lock for an instant when it looks whether anything runs.
        while not _locked(lock):
            if time.monotonic() > deadline:
                lock.close()
                raise StartRefused(
                    f"{self.home.path} is in use by another `up`: stop that one, or choose another place with --home."
                )
            time.sleep(0.02)
        self._lock = lock

    def _prepare(self, until: Callable[[], bool]) -> None:
        if self.home.realm == "demo":
            demo_root.make_if_missing(self.home)
        elif held := [path for path in (self.home.root_key, self.home.next_root_key) if path.exists()]:
            raise StartRefused(f"{held[0]} is a root key, and a production home must not hold one: take it offline.")
        if not self.home.key_set.exists() or not self.home.root_public.exists():
            raise StartRefused(
                f"{self.home.key_set} or {self.home.root_public} is missing: hold the root ceremony and run"
                " `cardservice keys bring` with what it left."
            )
        try:
            preparation.prepare(self.home, until=until)
        except preparation.NotPrepared as error:
            raise StartRefused(str(error)) from None

    def _command(self, name: str) -> list[str]:
        if PROCESSES[name].urls is None:
            return [sys.executable, "-m", "cardservice.command", name]
        return web_server("cardservice.rsgi:application", self.ports[name])

    def _spawn(self, child: _Child) -> None:
        log = self.home.logs / f"{child.name}.log"
        child.process = children.start(child.command, environment=child.environment, log=log)
        child.started = time.monotonic()

    def _ready(self, child: _Child) -> bool:
        if child.process is None or child.process.poll() is not None:
            return False
        if child.name == "signer":
            return _connects(str(self.home.signer_socket))
        if child.name in self.ports:
            return _answers(self.ports[child.name], "/readyz" if child.name == "gate" else "/healthz")
        return True


@contextmanager
def running(home: Home, *, ports: dict[str, int] | None = None) -> Iterator[dict[str, str]]:
    """The addresses of `home`'s processes: of those that run, or of ones started on free ports for as long as this.

    Raises StartRefused, HomeRefused.
    """
    if already := home.addresses():
        yield already
        return
    supervisor = Supervisor(home, ports=ports or free_ports())
    try:
        supervisor.start()
        supervisor.wait_until_ready()
        yield supervisor.addresses
    finally:
        supervisor.stop()


def web_server(application: str, port: int, *, interface: str = "rsgi") -> list[str]:
    """The command that serves an application in one process on a port of the loopback interface."""
    return [
        *(sys.executable, "-m", "granian", application, "--interface", interface),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--http", "1", "--no-ws", "--no-access-log", "--log-level", "warning", "--workers-kill-timeout", "3"),
    ]


def free_ports() -> dict[str, int]:
    """A port of the loopback interface that nothing listens on, for each web process."""
    sockets = {name: socket.socket() for name in ORDER if PROCESSES[name].port}
    for listener in sockets.values():
        listener.bind(("127.0.0.1", 0))
    ports = {name: listener.getsockname()[1] for name, listener in sockets.items()}
    for listener in sockets.values():
        listener.close()
    return ports


def _refuse_taken(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise StartRefused(
                f"Port {port} of the {name} is taken by another program: stop it, or start with --free-ports."
            ) from None


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _connects(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends what a process left behind (a web server's workers)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
