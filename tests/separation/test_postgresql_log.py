"""The server's log holds no value: every constraint of every table is broken with a marked value, then it is read."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

pytest.importorskip("psycopg")

import psycopg
from psycopg import sql

from cardservice.home import Home
from cardservice.postgresql import connection_settings
from cardservice.preparation import migrate
from cardservice.processes import ALIASES
from tests.cluster import Cluster, binaries, running_cluster

pytestmark = pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed: apt-get install postgresql")

NOT_NULL_UNIQUE_FOREIGN_CHECK_LENGTH = {"23502", "23505", "23503", "23514", "22001"}
MARK = "Żółw Example"
"""A resident who does not exist, in a place where none should be."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster() as running:
        running.make_roles()
        migrate(Home(tmp_path_factory.mktemp("log") / "home", urls=running.urls()))
        yield running


def _break_all(cluster: Cluster, alias: str) -> list[str]:
    """Inserts rows that break what can be broken, as the owner; the codes of PostgreSQL's refusals."""
    broken = []
    with cluster.connect(database=alias, role=f"cs_{alias}_migrator") as owner:
        owner.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(f"cs_{alias}_owner")))
        columns = owner.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position),"
            " array_agg(udt_name::text ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"
        ).fetchall()
        for table, names, types in columns:
            for chosen in [None, *range(len(names))]:
                values = [
                    _value(kind, marked=chosen is None or place == chosen) if place != chosen or chosen % 2 else None
                    for place, kind in enumerate(types)
                ]
                statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(map(sql.Identifier, names)),
                    sql.SQL(", ").join(map(sql.Literal, values)),
                )
                for _ in range(2):  # the second time breaks what is unique
                    try:
                        owner.execute(statement)
                    except psycopg.Error as error:
                        broken.append(str(error.sqlstate))
    return broken


def _value(kind: str, *, marked: bool) -> object:
    if kind in ("varchar", "text"):
        return MARK * 30 if marked else MARK[:5]
    if kind == "bytea":
        return MARK.encode()
    if kind.startswith("int"):
        return 7
    day = "2026-11-23"
    return {"bool": True, "date": day, "timestamptz": day, "uuid": "0" * 32, "jsonb": f'"{MARK}"'}[kind]


def _hits(cluster: Cluster) -> list[str]:
    marks = (MARK, MARK[:5], MARK.encode().hex(), MARK.encode("unicode_escape").decode())
    return [line for line in cluster.log.read_text().splitlines() if any(mark in line for mark in marks)]


def test_no_broken_constraint_leaves_a_value_in_the_log(cluster: Cluster):
    broken = [code for alias in ALIASES for code in _break_all(cluster, alias)]
    assert set(broken) == NOT_NULL_UNIQUE_FOREIGN_CHECK_LENGTH
    assert cluster.log.read_text().count("ERROR:") >= len(broken) > 100
    assert _hits(cluster) == []


def test_the_same_in_a_database_without_these_settings_is_found(cluster: Cluster):
    """The planted control: with PostgreSQL's defaults the log shows the value, so the search can find it."""
    with cluster.connect(database="postgres") as superuser:
        superuser.execute("CREATE TABLE planted (value text PRIMARY KEY)")
        superuser.execute("INSERT INTO planted VALUES (%s)", [MARK])
        with pytest.raises(psycopg.errors.UniqueViolation):
            superuser.execute("INSERT INTO planted VALUES (%s)", [MARK])
    assert len(_hits(cluster)) >= 1


def test_the_values_of_a_running_statement_are_not_in_it(cluster: Cluster, django_db_blocker):
    """Whoever may look at the server's activity sees a statement with places for values."""
    from django.db.backends.postgresql.base import DatabaseWrapper

    url = urlsplit(cluster.url(database="verification", role="cs_verification"))
    defaults = {"TIME_ZONE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False}
    wrapper = DatabaseWrapper({**connection_settings(url, process="verification", owner=None), **defaults})
    with django_db_blocker.unblock(), wrapper.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM verification_agreement WHERE provider = %s", [MARK])
        with cluster.connect(database="postgres") as superuser:
            seen = superuser.execute(
                "SELECT query, application_name FROM pg_stat_activity WHERE datname = 'verification'"
            ).fetchall()
    wrapper.close()
    assert seen == [("SELECT count(*) FROM verification_agreement WHERE provider = $1", "verification")]
