"""Brings the databases of an installation up to date: each compartment in processes of its own, all at once."""

import hashlib
import json
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cardservice import children
from cardservice.files import write_atomically
from cardservice.home import Home
from cardservice.processes import ALIASES, migrator_of


class NotPrepared(Exception):
    """A database could not be brought up to date; the text says which, why and what to do."""


@dataclass
class _Compartment:
    """The commands that prepare one compartment, each as one process, in order; what the first one answered."""

    alias: str
    log: Path
    commands: list[tuple[str, list[str]]]
    running: subprocess.Popen[bytes] | None = None
    answers: list[bytes] = field(default_factory=list)
    said_before: int = 0


def migrate(home: Home, *, until: Callable[[], bool] = lambda: False) -> dict[str, list[str]]:
    """The migrations that were applied, by alias; breaks off when `until()`. Raises NotPrepared, HomeRefused."""
    home.prepare_directories()
    return _run(home, {alias: [] for alias in ALIASES}, until)


def prepare(home: Home, *, until: Callable[[], bool] = lambda: False) -> None:
    """Migrates, takes over the key set, and in the demo realm sees to demo staff. Raises NotPrepared.

    An embedded home that this very code has prepared, and whose files are still those, is left as it is.
    """
    if home.embedded and _marked(home) == _mark(home):
        return
    further: dict[str, list[list[str]]] = {alias: [] for alias in ALIASES}
    further["issuance"].append(["take_over_key_set"])
    if home.realm == "demo":
        further["staff"].append(["demo_staff", str(home.demo_staff.resolve())])
    _run(home, further, until)
    if home.embedded and not until():
        write_atomically(home.prepared, _mark(home), mode=0o600)


def _marked(home: Home) -> bytes:
    return home.prepared.read_bytes() if home.prepared.exists() else b""


def _mark(home: Home) -> bytes:
    """Digest of all that preparation follows from: code, libraries, key set, and which files the databases are."""
    root = Path(__file__).resolve().parent.parent
    code = [path for app in ("cardservice", *ALIASES) for path in sorted((root / app).rglob("*.py"))]
    libraries = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    kept = [home.databases / f"{alias}.sqlite3" for alias in ALIASES] + [home.demo_staff]
    digest = hashlib.sha256(repr((home.realm, libraries, [_inode(path) for path in kept])).encode())
    for path in (home.key_set, *code):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest().encode()


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def was_prepared(home: Home) -> bool:
    """Whether the databases of this home were ever brought up to date."""
    return _log(home, "issuance").exists()


def _run(home: Home, further: dict[str, list[list[str]]], until: Callable[[], bool]) -> dict[str, list[str]]:
    compartments = [
        _Compartment(
            alias=alias,
            log=_log(home, alias),
            commands=[
                (migrator_of(alias), [sys.executable, "-m", "cardservice.migration"]),
                *[(alias, [sys.executable, "-m", "cardservice.command", *words]) for words in commands],
            ],
        )
        for alias, commands in further.items()
    ]
    try:
        while sum(_step(compartment, home) for compartment in compartments) and not until():
            time.sleep(0.01)
    finally:
        for compartment in compartments:
            if compartment.running is not None:
                compartment.running.kill()
                compartment.running.wait()
    return {c.alias: json.loads(c.answers[0]) for c in compartments if c.answers}


def _log(home: Home, alias: str) -> Path:
    return home.logs / f"prepare-{alias}.log"


def _step(compartment: _Compartment, home: Home) -> bool:
    """Starts the next command when the one before is done; False when all are."""
    process = compartment.running
    if process is not None:
        if process.poll() is None:
            return True
        compartment.running = None
        compartment.answers.append(process.stdout.read() if process.stdout else b"")
        if process.returncode:
            raise NotPrepared(_complaint(compartment))
    if not compartment.commands:
        return False
    name, command = compartment.commands.pop(0)
    compartment.said_before = compartment.log.stat().st_size if compartment.log.exists() else 0
    compartment.running = children.start(command, environment=home.environment(name), log=compartment.log, answers=True)
    return True


def _complaint(compartment: _Compartment) -> str:
    """The sentence with which a command ended; where to read more when it ended without one."""
    said = compartment.log.read_bytes()[compartment.said_before :].decode(errors="replace").strip().splitlines()
    last = said[-1].removeprefix("CommandError: ") if said else ""
    if last and not last.startswith("{"):
        return last
    return f"The database {compartment.alias} could not be prepared: {compartment.log} says why."
