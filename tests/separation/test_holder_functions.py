"""The holder's two functions: they do one thing each, tell nothing, and cannot be turned against the register."""

import hashlib
from collections.abc import Iterator
from datetime import date

import pytest

pytest.importorskip("psycopg")

from cardservice.home import Home
from cardservice.preparation import migrate
from tests.cluster import Cluster, binaries, running_cluster

pytestmark = pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed: apt-get install postgresql")

STATES = {10: "reserved", 20: "active", 30: "suspended", 40: "revoked"}


def slip(card: int) -> bytes:
    return hashlib.sha256(b"slip %d" % card).digest()


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A register of four cards, one of each state; the second has two credentials."""
    with running_cluster() as running:
        running.make_roles()
        migrate(Home(tmp_path_factory.mktemp("holder") / "home", urls=running.urls()))
        with running.connect(database="issuance") as superuser:
            superuser.execute("INSERT INTO issuance_signingkey VALUES ('00ff', 'card', -7, '', 0, 0, 'active', NULL)")
            for card, state in STATES.items():
                superuser.execute(
                    "INSERT INTO issuance_card"
                    " (id, row_key, slip_hash, commitments, key_id, week, expires, state, signed, unconfirmed)"
                    " VALUES (%s, %s, %s, '', '00ff', '2026-11-23', '2031-12-01', %s, true, false)",
                    [card, b"%16d" % card, slip(card), state],
                )
                superuser.execute("INSERT INTO issuance_credential VALUES (%s, 0, %s)", [card, card])
            superuser.execute("INSERT INTO issuance_credential VALUES (21, 1, 20)")
        yield running


def states(cluster: Cluster) -> dict[int, str]:
    with cluster.connect(database="issuance") as superuser:
        return dict(superuser.execute("SELECT id, state FROM issuance_card").fetchall())


def test_blocking_by_slip_suspends_what_is_not_blocked_yet_and_answers_alike_whatever_the_slip(cluster: Cluster):
    with cluster.connect(database="issuance", role="cs_holder") as holder:
        answers = {
            (tuple(cursor.fetchall()), cursor.statusmessage, cursor.rowcount)
            for value in [*map(slip, STATES), slip(99), b"", b"short", None]
            for cursor in [holder.execute("SELECT public.block_by_slip(%s)", [value])]
        }
    assert len(answers) == 1
    assert states(cluster) == {10: "suspended", 20: "suspended", 30: "suspended", 40: "revoked"}


def test_held_shows_the_few_columns_of_one_row_and_not_whether_blocked_for_good(cluster: Cluster):
    with cluster.connect(database="issuance", role="cs_holder") as holder:
        row = holder.execute("SELECT * FROM public.held(21)").fetchall()
        blocked = [holder.execute("SELECT blocked FROM public.held(%s)", [card]).fetchone() for card in STATES]
        nothing = holder.execute("SELECT * FROM public.held(99)").fetchall()
    assert row == [(date(2026, 11, 23), date(2031, 12, 1), False, "00ff", 2)]
    assert blocked == [(False,), (False,), (True,), (True,)]
    assert nothing == []


def test_neither_a_search_path_nor_an_operator_of_the_callers_own_reaches_into_them(cluster: Cluster):
    """The owner's rights must not run anything that somebody else put into the way."""
    with cluster.connect(database="issuance") as superuser:
        superuser.execute("GRANT TEMPORARY ON DATABASE issuance TO cs_holder")
        superuser.execute("CREATE SCHEMA trap AUTHORIZATION cs_holder")
    with cluster.connect(database="issuance", role="cs_holder") as holder:
        holder.execute("CREATE TEMP TABLE issuance_card (slip_hash bytea, state text)")
        holder.execute("INSERT INTO issuance_card VALUES (%s, 'active')", [slip(20)])
        holder.execute(
            "CREATE FUNCTION trap.same(bytea, bytea) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
            "CREATE OPERATOR trap.= (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = trap.same)"
        )
        holder.execute("SET search_path = trap, pg_temp, pg_catalog")
        holder.execute("SELECT public.block_by_slip(%s)", [slip(20)])
        assert holder.execute("SELECT state FROM pg_temp.issuance_card").fetchone() == ("active",)
    assert states(cluster) == STATES | {20: "suspended"}
