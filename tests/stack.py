"""The whole installation as real processes, for tests that go through all of it."""

import json
import os
import secrets
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cardservice import children
from cardservice.cli.card_order import order_of
from cardservice.cli.desk_client import DeskClient
from cardservice.credential.services import Content
from cardservice.home import Home
from cardservice.public_services import PublicServices
from cardservice.supervisor import ORDER, Supervisor, free_ports
from tests.cluster import ON_POSTGRESQL, Cluster, running_cluster


@dataclass(frozen=True)
class Stack:
    """A running installation in a home of its own, on free ports."""

    home: Home
    supervisor: Supervisor
    cluster: Cluster | None = None

    @property
    def desk(self) -> str:
        return self.supervisor.addresses["desk"]

    @property
    def gate(self) -> str:
        return self.supervisor.addresses["gate"]

    @property
    def office(self) -> str:
        return self.supervisor.addresses["office"]

    def clerk(self) -> DeskClient:
        """A signed-in desk client."""
        return DeskClient(self.home, self.desk)

    def issue(self, **order: Any) -> dict[str, Any]:
        """Issues one card as the desk page would; the answer of POST /cards."""
        body = order_of(**({"born": None, "picture": None} | order))
        return self.clerk().post("/cards", body | {"issue_seed": secrets.token_hex(32), "policy_version": 1})

    def rows(self, alias: str, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in a compartment's database, read beside the processes."""
        with self._beside(alias) as connection:
            return [tuple(row) for row in connection.execute(query).fetchall()]

    def change(self, alias: str, statement: str) -> None:
        """Changes a compartment's database beside the processes."""
        with self._beside(alias) as connection:
            connection.execute(statement)

    def tables(self, alias: str) -> list[str]:
        """The tables of a compartment's database."""
        catalogue = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if self.cluster is None
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        return sorted(name for (name,) in self.rows(alias, catalogue))

    @contextmanager
    def locked(self, alias: str, table: str) -> Iterator[None]:
        """Keeps everybody else from writing to a table while the block runs."""
        with self._beside(alias) as connection:
            connection.execute("BEGIN IMMEDIATE" if self.cluster is None else "BEGIN")
            if self.cluster is not None:
                connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield
            connection.execute("ROLLBACK")

    @contextmanager
    def without_database(self, alias: str) -> Iterator[None]:
        """Takes a compartment's database away while the block runs."""
        if self.cluster is None:
            database = self.home.databases / f"{alias}.sqlite3"
            parts = [path for path in database.parent.iterdir() if path.name.startswith(database.name)]
            for path in parts:
                path.rename(path.with_name(f"away-{path.name}"))
            database.mkdir()
            try:
                yield
            finally:
                database.rmdir()
                for path in parts:
                    path.with_name(f"away-{path.name}").rename(path)
            return
        with self.cluster.connect(database="postgres") as superuser:
            superuser.execute(f"ALTER DATABASE {alias} ALLOW_CONNECTIONS false")
            superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [alias])
            try:
                yield
            finally:
                superuser.execute(f"ALTER DATABASE {alias} ALLOW_CONNECTIONS true")

    @contextmanager
    def with_process(self, name: str) -> Iterator[None]:
        """Starts one more process, and ends it after the block as `up` would."""
        command = [sys.executable, "-m", "cardservice.command", name]
        child = children.start(command, environment=self.home.environment(name), log=self.home.logs / f"{name}.log")
        try:
            yield
        finally:
            child.terminate()
            child.wait(20)

    def _beside(self, alias: str) -> AbstractContextManager[Any]:
        if self.cluster is not None:
            return self.cluster.connect(database=alias)
        return closing(sqlite3.connect(self.home.databases / f"{alias}.sqlite3", isolation_level=None))

    def agree(self, *fields: str, sector: str = "culture") -> str:
        """Adds an agreement of an invented provider; its API key, once the gate knows it."""
        words = ["agreement", "add", "--provider=Invented house", f"--sector={sector}", "--purpose=lending"]
        words += ["--contact=front desk", *[f"--field={field}" for field in fields], "--json"]
        api_key = str(json.loads(self.word(*words).stdout)["api_key"])
        self.terms_of(api_key)
        return api_key

    def terms_of(self, api_key: str) -> dict[str, Any]:
        """What the gate says an API key stands for, once it knows the key."""
        deadline = time.monotonic() + 30
        headers = {"Authorization": f"Api-Key {api_key}"}
        while (answer := httpx.get(f"{self.gate}/api/v1/agreement", headers=headers)).status_code != 200:
            assert time.monotonic() < deadline, "the gate did not take over the agreement"
            time.sleep(0.1)
        return dict(answer.json())

    def public_services(self) -> Content:
        """What a reader of the published documents believes about where cards can be used."""
        home = self.home
        reader = PublicServices(directory=home.published, root=home.root_public, realm=home.realm, issuer=home.issuer)
        services = reader.current(now=int(time.time()))
        assert services is not None
        return services.content

    def word(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs `cardservice WORDS --home ...` as a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "cardservice", *words, "--home", str(self.home.path)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=dict(os.environ) if self.cluster is None else os.environ | dict(self.home.urls),
        )


@contextmanager
def running_stack(place: Path, *, names: tuple[str, ...] = ORDER, fsync: bool = False) -> Iterator[Stack]:
    """Starts an installation in `place`, ready to use, and stops it afterwards; its databases are what the suite uses.

    Of its processes those of `names`. On PostgreSQL each logs in to a cluster of its own with the role that it has in
    production; `fsync` on for tests that kill the server.
    """
    with ExitStack() as ending:
        home, cluster = Home(place), None
        if ON_POSTGRESQL:
            cluster = ending.enter_context(running_cluster(fsync=fsync))
            cluster.make_roles()
            home = Home(place, urls=cluster.urls())
        supervisor = Supervisor(home, ports=free_ports(), names=names)
        ending.callback(supervisor.stop)
        supervisor.start()
        supervisor.wait_until_ready()
        yield Stack(home=home, supervisor=supervisor, cluster=cluster)
