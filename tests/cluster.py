"""A throw-away PostgreSQL: found on this machine, run by an unprivileged user, gone with the process that uses it."""

import ctypes
import functools
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from cardservice.postgresql import connection_settings
from cardservice.processes import ALIASES, url_variable

if TYPE_CHECKING:
    import psycopg

ON_POSTGRESQL = os.environ.get("CARDSERVICE_TEST_DATABASE") == "postgresql"
"""Whether this run of the suite is on PostgreSQL; on SQLite if not."""

ROLES = Path(__file__).parents[1] / "cardservice" / "roles.sql"
SUPERUSER = "postgres"
START_SECONDS = 30.0
_UNPRIVILEGED = ("postgres", "nobody")
_PAGE = 8192
_PR_SET_PDEATHSIG = 1
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SMALL = {"shared_buffers": "16MB", "max_connections": "80", "max_wal_size": "256MB", "autovacuum": "on"}


@functools.cache
def binaries() -> Path | None:
    """The newest directory that holds initdb and postgres; None when PostgreSQL is not installed."""
    numbered = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = [Path(found).resolve().parent for name in ("postgres",) if (found := shutil.which(name))]
    for place in (*on_path, *numbered):
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    return None


@dataclass
class Cluster:
    """A running server that listens on a Unix socket only. `fsync` on for tests that kill it."""

    fsync: bool = False
    # Short, for the socket in it; made at the first start.
    place: Path = field(default_factory=lambda: Path(f"/tmp/cs-pg-{secrets.token_hex(6)}"))
    _server: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.place / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.place / "server.log"

    def start(self) -> None:
        """Makes the data directory the first time, and starts the server on it."""
        if not self.data.exists():
            self._initialise()
        settings = _SMALL | {"unix_socket_directories": str(self.place), "listen_addresses": ""}
        settings |= {} if self.fsync else _FAST
        command = [self._binary("postgres"), "-D", str(self.data)]
        with self.log.open("ab") as log:
            self._server = self._run(*command, *[f"-c{name}={value}" for name, value in settings.items()], log=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.03)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends the server; SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, SIGKILL a crash."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(20)
            self._server = None

    def remove(self) -> None:
        """Stops the server and deletes everything it wrote."""
        self.stop(signal.SIGQUIT)
        if self.place.exists():
            shutil.rmtree(self.place)

    def url(self, *, database: str, role: str = SUPERUSER) -> str:
        """The URL of a database for one role."""
        return f"postgresql://{role}@{quote(str(self.place), safe='')}/{database}"

    def urls(self) -> dict[str, str]:
        """Where each compartment lies, as an operator exports it; each process adds its own role."""
        host = quote(str(self.place), safe="")
        return {url_variable(alias): f"postgresql://{host}/{alias}" for alias in ALIASES}

    def connect(self, *, database: str, role: str = SUPERUSER) -> "psycopg.Connection":
        """A connection of its own, in autocommit mode."""
        import psycopg

        return psycopg.connect(host=str(self.place), dbname=database, user=role, autocommit=True)

    def psql(self, script: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs a script as superuser, as an operator would."""
        command = [self._binary("psql"), "-X", "-h", str(self.place), "-U", SUPERUSER, "-f", str(script)]
        command += [f"--set={name}={value}" for name, value in variables.items()]
        return subprocess.run([*command, "postgres"], capture_output=True, text=True, check=False, timeout=60)

    def make_roles(self, databases: Mapping[str, str] | None = None) -> None:
        """Runs roles.sql for every compartment. `databases`: name of the database by compartment, if not its own."""
        for alias in ALIASES:
            made = self.psql(ROLES, compartment=alias, database=(databases or {}).get(alias, alias))
            if made.returncode:
                raise RuntimeError(made.stderr)

    def pages(self) -> set[bytes]:
        """A digest of every page of every file, to tell later what was written since."""
        return {digest for _, _, digest in self._pages()}

    def write_changed(self, *, before: set[bytes], place: Path) -> None:
        """Writes to `place` what changed on disk since `before` - tables, indexes, write-ahead log, server log - and a
        dump of every compartment, since a large value is compressed in its table."""
        with self.connect(database="postgres") as superuser:
            superuser.execute("CHECKPOINT")
        changed: dict[str, bytearray] = {}
        for path, page, digest in self._pages():
            if digest not in before:
                changed.setdefault(path.relative_to(self.place).as_posix().replace("/", "-"), bytearray()).extend(page)
        for name, octets in changed.items():
            (place / name).write_bytes(octets)
        for alias in ALIASES:
            dump = [self._binary("pg_dump"), "-h", str(self.place), "-U", SUPERUSER, "-f", str(place / f"{alias}.sql")]
            subprocess.run([*dump, alias], check=True, timeout=60)

    def _pages(self) -> Iterator[tuple[Path, bytes, bytes]]:
        for path in sorted(path for path in self.place.rglob("*") if path.is_file()):
            try:
                octets = path.read_bytes()
            except FileNotFoundError:  # the running server replaces and removes files of its own
                continue
            for start in range(0, len(octets), _PAGE):
                page = octets[start : start + _PAGE]
                yield path, page, hashlib.blake2b(page, digest_size=16).digest()

    def _initialise(self) -> None:
        self.place.mkdir(mode=0o700)
        if os.geteuid() == 0:
            account = _unprivileged()
            os.chown(self.place, account.pw_uid, account.pw_gid)
        command = [self._binary("initdb"), "-D", str(self.data), "-U", SUPERUSER, "--auth=trust", "--no-sync"]
        with (self.place / "initdb.log").open("wb") as log:
            made = self._run(*command, "--encoding=UTF8", "--locale=C", log=log)
            if made.wait(60):
                raise RuntimeError((self.place / "initdb.log").read_text()[-2000:])

    def _run(self, *command: str, log: object) -> subprocess.Popen[bytes]:
        identity = {}
        if os.geteuid() == 0:
            account = _unprivileged()
            identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        return subprocess.Popen(
            command,
            cwd=self.place,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=functools.partial(_end_with_parent, os.getpid()),
            **identity,
        )

    def _answers(self) -> bool:
        ready = [self._binary("pg_isready"), "-q", "-h", str(self.place)]
        return subprocess.run(ready, check=False).returncode == 0

    def _binary(self, name: str) -> str:
        place = binaries()
        assert place is not None, "PostgreSQL is not installed: apt-get install postgresql"
        return str(place / name)


IN_PROCESS = Cluster()
"""The cluster of the tests that run in the process of pytest itself; started when the first of them needs it."""


def in_process_settings(alias: str) -> dict[str, object]:
    """Django's settings for a compartment on IN_PROCESS."""
    url = urlsplit(IN_PROCESS.url(database=alias))
    return connection_settings(url, process="tests", owner=None)


@contextmanager
def running_cluster(*, fsync: bool = False) -> Iterator[Cluster]:
    """A fresh cluster for as long as the block runs."""
    cluster = Cluster(fsync=fsync)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


def _unprivileged() -> pwd.struct_passwd:
    """An account that PostgreSQL consents to run under: it refuses root."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in _UNPRIVILEGED if name in known)


def _end_with_parent(parent: int) -> None:
    """Runs in the child, after it changed its user (which would undo this): shuts down at once with a killed run."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
