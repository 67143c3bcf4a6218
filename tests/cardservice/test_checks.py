"""A process that does not fit its databases ends with one sentence that says what to do, and never with a password."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardservice.home import Home
from cardservice.preparation import NotPrepared, migrate
from tests.cluster import Cluster, binaries, running_cluster

needs_postgresql = pytest.mark.skipif(
    binaries() is None, reason="PostgreSQL is not installed: apt-get install postgresql"
)


def start(home: Home, process: str, **other: str) -> str:
    """The one sentence with which a process ends; "" when it starts."""
    done = subprocess.run(
        [sys.executable, "-m", "cardservice.command", "check"],
        env=home.environment(process) | other,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    lines = done.stderr.splitlines()
    assert len(lines) == (1 if done.returncode else 0), lines
    assert "Zq7secret" not in done.stderr
    return lines[0] if lines else ""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("psycopg")
    with running_cluster() as running:
        running.make_roles()
        yield running


@pytest.fixture(scope="module")
def home(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose compartments are migrated on PostgreSQL."""
    place = Home(tmp_path_factory.mktemp("checks") / "home", urls=cluster.urls())
    migrate(place)
    return place


def test_on_sqlite_a_database_behind_this_version_says_to_migrate(tmp_path: Path):
    home = Home(tmp_path / "home")
    home.prepare_directories()
    assert "behind this version (it lacks issuance.0001_register" in start(home, "signer")
    assert migrate(home)["issuance"][0] == "issuance.0001_register"
    assert start(home, "signer") == ""


def test_migrating_twice_changes_nothing(tmp_path: Path):
    home = Home(tmp_path / "home")
    migrate(home)
    assert migrate(home) == {"staff": [], "issuance": [], "verification": [], "privacy": []}


@needs_postgresql
def test_on_postgresql_every_migration_runs_as_the_owner(cluster: Cluster, home: Home):
    with cluster.connect(database="issuance") as superuser:
        owners = superuser.execute("SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'")
        assert owners.fetchall() == [("cs_issuance_owner",)]


@needs_postgresql
@pytest.mark.parametrize(
    ("applied", "sentence"),
    [
        ("DELETE FROM django_migrations WHERE name = '0002_holder_functions'", "behind this version"),
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('issuance', '0099_later', now())",
            "newer version",
        ),
        ("INSERT INTO django_migrations (app, name, applied) VALUES ('office', '0001_new', now())", "newer version"),
    ],
)
def test_a_database_at_another_migration_is_refused(cluster: Cluster, home: Home, applied: str, sentence: str):
    with cluster.connect(database="issuance") as superuser:
        before = superuser.execute("SELECT app, name, applied FROM django_migrations").fetchall()
        superuser.execute(applied)
        try:
            assert sentence in start(home, "signer")
        finally:
            superuser.execute("DELETE FROM django_migrations")
            superuser.cursor().executemany(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", before
            )


@needs_postgresql
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://cs_signer:Zq7secret@/issuance", "ISSUANCE_URL names no host or socket directory"),
        ("postgresql://{host}/issuance", "ISSUANCE_URL names no role"),
        ("postgresql://cs_signer:Zq7secret@{host}/issuance?password=x", "says password; it may say"),
        ("postgresql://cs_signer:Zq7secret@{host}/issuance?sslmode=sometimes", "has an unknown sslmode"),
        ("postgresql://cs_signer:Zq7secret@{host}/other", "There is no database at"),
        ("postgresql://cs_signer:Zq7secret@{host}/verification", "cs_signer may not connect to"),
        ("postgresql://cs_nobody:Zq7secret@{host}/issuance", "has no role cs_nobody"),
        ("postgresql://cs_issuance_owner:Zq7secret@{host}/issuance", "does not let cs_issuance_owner in"),
        ("postgresql://cs_publisher:Zq7secret@{host}/issuance", "logged in to"),
        ("postgresql://postgres:Zq7secret@{host}/issuance", "as postgres, and must be cs_signer"),
        ("postgresql://cs_signer:Zq7secret@%2Fnonexistent/issuance", "does not answer"),
        ("postgresql://cs_signer:Zq7secret@127.0.0.1:1/issuance", "does not answer"),
        ("sqlite:////nonexistent/place.sqlite3", "cannot be opened"),
        ("mysql://cs_signer:Zq7secret@host/db", "is not a database URL"),
    ],
)
def test_a_wrong_url_is_refused(cluster: Cluster, home: Home, url: str, sentence: str):
    host = cluster.url(database="x").partition("@")[2].partition("/")[0]
    assert sentence in start(home, "signer", ISSUANCE_URL=url.format(host=host))


@needs_postgresql
def test_a_log_that_would_show_values_is_refused(cluster: Cluster, home: Home):
    with cluster.connect(database="postgres") as superuser:
        superuser.execute("ALTER DATABASE verification SET log_error_verbosity = 'default'")
    assert "would log values (log_error_verbosity)" in start(home, "verification")
    cluster.make_roles()
    assert start(home, "verification") == ""


@needs_postgresql
def test_without_roles_migrating_says_what_to_run_first(tmp_path: Path):
    pytest.importorskip("psycopg")
    with running_cluster() as empty:
        home = Home(tmp_path / "home", urls=empty.urls())
        with pytest.raises(NotPrepared, match=r"run cardservice/roles\.sql"):
            migrate(home)


@needs_postgresql
def test_a_role_that_was_dropped_is_missed_before_anything_is_migrated(cluster: Cluster, home: Home):
    with cluster.connect(database="issuance") as superuser:
        superuser.execute("DROP OWNED BY cs_holder")
        superuser.execute("DROP ROLE cs_holder")
    with pytest.raises(NotPrepared, match=r"has no role cs_holder: run cardservice/roles\.sql there first"):
        migrate(home)
    cluster.make_roles()
    migrate(home)
