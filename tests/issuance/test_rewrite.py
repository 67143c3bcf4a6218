"""Tests of the weekly rewrite: afterwards no file of the register tells who came first, or who came."""

import json
import random
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from issuance.allocation import CHUNK_SIZE
from tests.cluster import ON_POSTGRESQL
from tests.issuance.database_files import register_files
from tests.stack import Stack, running_stack

ROOT = Path(__file__).parents[2]
RESIDENTS = 30
STATES = ("active", "active", "suspended", "revoked")
_WAL_SEGMENT = "SELECT pg_walfile_name(pg_current_wal_insert_lsn())"


class Homes:
    """One prepared installation whose register can be set back to what it was before the first card."""

    def __init__(self, stack: Stack, place: Path) -> None:
        self.stack, self._empty = stack, place / "empty.sqlite3"
        if stack.cluster is None:
            with closing(self._open()) as database, closing(sqlite3.connect(self._empty)) as copy:
                database.backup(copy)
        else:
            self._replace(source="issuance", target="empty")

    def begin_anew(self) -> None:
        """The register as it was before the first card."""
        self.stack.supervisor.stop()
        if self.stack.cluster is None:
            for path in self.stack.home.databases.glob("issuance.sqlite3*"):
                path.unlink()
            shutil.copy(self._empty, self.stack.home.databases / "issuance.sqlite3")
        else:
            self._replace(source="empty", target="issuance")
            self.stack.cluster.make_roles()
        self.stack.supervisor.start()
        self.stack.supervisor.wait_until_ready()

    def _replace(self, *, source: str, target: str) -> None:
        assert self.stack.cluster is not None
        with self.stack.cluster.connect(database="postgres") as superuser:
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)", [[source, target]]
            )
            superuser.execute(f"DROP DATABASE IF EXISTS {target}")
            superuser.execute(f"CREATE DATABASE {target} TEMPLATE {source} OWNER cs_issuance_owner")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.stack.home.databases / "issuance.sqlite3", isolation_level=None)

    def issue(self, people: list[dict[str, Any]]) -> dict[str, bytes]:
        """Issues to these people in this order, in a fresh register; its files before the rewrite."""
        self.begin_anew()
        subprocess.run(
            [sys.executable, "-m", "tests.issuance.issue_aimed"],
            input=json.dumps(people),
            env=self.stack.home.environment("desk"),
            cwd=ROOT,
            text=True,
            check=True,
            timeout=120,
        )
        if self.stack.cluster is None:
            with closing(self._open()) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return register_files(self.stack)

    def commitments(self) -> dict[int, bytes]:
        return {
            card: bytes(kept) for card, kept in self.stack.rows("issuance", "SELECT id, commitments FROM issuance_card")
        }


def rewrite(stack: Stack) -> None:
    done = stack.word("rewrite", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert set(json.loads(done.stdout)) == {"seconds"}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homes]:
    place = tmp_path_factory.mktemp("rewrite")
    with running_stack(place / "home", names=("signer",)) as stack:
        yield Homes(stack, place)


@pytest.fixture(scope="module")
def people(homes: Homes) -> list[dict[str, Any]]:
    """Residents whose random values are the same in every register they are issued into."""
    chance = random.Random()
    free = [
        chunk * CHUNK_SIZE + place
        for chunk, bits in homes.stack.rows("issuance", "SELECT id, bits FROM issuance_indexchunk ORDER BY id")
        for place in range(0, CHUNK_SIZE, 97)
        if not bytes(bits)[place >> 3] >> (place & 7) & 1
    ]
    return [
        {"seed": secrets.token_hex(32), "name": f"Vera Verzonnen {n}", "position": position, "state": STATES[n % 4]}
        for n, position in enumerate(chance.sample(free, RESIDENTS))
    ]


def test_two_homes_that_differ_in_who_came_first_are_the_same_bytes_after_the_rewrite(
    homes: Homes, people: list[dict[str, Any]]
):
    written = []
    for order in (people, people[::-1]):
        before = homes.issue(order)
        rewrite(homes.stack)
        written.append((before, register_files(homes.stack)))
    (before, after), (other_before, other_after) = written
    # The control: without the rewrite the files tell.
    assert before != other_before
    assert after.keys() == other_after.keys()
    assert {name for name in after if after[name] != other_after[name]} == set()


def test_two_homes_that_differ_in_which_resident_came_differ_in_that_cards_salted_digests_only(
    homes: Homes, people: list[dict[str, Any]]
):
    chosen = people[7]
    homes.issue(people)
    rewrite(homes.stack)
    one, commitments = register_files(homes.stack), homes.commitments()
    homes.issue([*people[:7], chosen | {"name": "Somebody Else Altogether"}, *people[8:]])
    rewrite(homes.stack)
    other, others = register_files(homes.stack), homes.commitments()

    assert {card for card in commitments if commitments[card] != others[card]} == {chosen["position"]}
    kept, instead = commitments[chosen["position"]], others[chosen["position"]]
    assert sum(octets.count(kept) for octets in one.values()) == 1
    assert one != other
    assert {name: octets.replace(kept, instead) for name, octets in one.items()} == other


def test_the_rewrite_changes_no_row_and_keeps_the_bitmaps(homes: Homes, people: list[dict[str, Any]]):
    homes.issue(people)
    tables = [name for name in homes.stack.tables("issuance") if name != "issuance_upkeep"]
    before = {name: sorted(homes.stack.rows("issuance", f"SELECT * FROM {name}"), key=repr) for name in tables}
    rewrite(homes.stack)
    rewrite(homes.stack)
    assert homes.stack.tables("issuance") == sorted([*tables, "issuance_upkeep"])
    after = {name: sorted(homes.stack.rows("issuance", f"SELECT * FROM {name}"), key=repr) for name in tables}
    assert after == before
    assert len(after["issuance_card"]) == RESIDENTS


@pytest.mark.skipif(ON_POSTGRESQL, reason="SQLite's own places")
def test_on_sqlite_no_hidden_number_counts_rows_and_no_free_page_or_log_is_left(
    homes: Homes, people: list[dict[str, Any]]
):
    homes.issue(people)
    with closing(homes._open()) as database:
        for table in ("issuance_card", "issuance_credential", "issuance_indexchunk"):
            assert database.execute(f"SELECT count(*) FROM {table} WHERE rowid <> id").fetchone() == (0,)
        database.execute("CREATE TABLE spare AS SELECT * FROM issuance_indexchunk")
        database.execute("DROP TABLE spare")
        assert database.execute("PRAGMA freelist_count").fetchone() != (0,)
        # Somebody who has the register open meanwhile, as desk and signer have.
        rewrite(homes.stack)
        assert (homes.stack.home.databases / "issuance.sqlite3-wal").stat().st_size == 0
        assert database.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


_FACTS = """
SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'grants', relname::text, relowner::regrole::text, relacl::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'grants', attrelid::regclass::text, attname::text, attacl::text FROM pg_attribute
WHERE attacl IS NOT NULL AND attrelid::regclass::text LIKE 'issuance%'
UNION ALL SELECT 'function', proname::text, prosrc, proacl::text FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
"""


@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite knows no roles and keeps no transaction numbers")
def test_on_postgresql_rows_stand_in_index_order_of_one_transaction_and_the_log_begins_a_new_segment(
    homes: Homes, people: list[dict[str, Any]]
):
    order = "SELECT id FROM issuance_card ORDER BY ctid"
    numbers = "SELECT count(DISTINCT xmin::text) FROM issuance_card"
    homes.issue(people)
    stack, cluster = homes.stack, homes.stack.cluster
    assert cluster is not None
    sorted_ids = sorted((person["position"],) for person in people)
    assert stack.rows("issuance", order) != sorted_ids
    assert stack.rows("issuance", numbers) != [(1,)]
    facts, segment = set(stack.rows("issuance", _FACTS)), stack.rows("issuance", _WAL_SEGMENT)
    old = [cluster.data / path for (path,) in stack.rows("issuance", "SELECT pg_relation_filepath('issuance_card')")]

    rewrite(stack)

    assert stack.rows("issuance", order) == sorted_ids
    assert stack.rows("issuance", numbers) == [(1,)]
    assert set(stack.rows("issuance", _FACTS)) == facts
    assert len(facts) > 40
    assert stack.rows("issuance", _WAL_SEGMENT) != segment
    assert stack.rows("issuance", "SHOW wal_recycle") == [("off",)]
    with cluster.connect(database="postgres") as superuser:
        superuser.execute("CHECKPOINT")
    assert [path for path in old if path.exists()] == []


def test_the_process_sweeps_and_rewrites_by_the_clock_in_its_own_role(homes: Homes, people: list[dict[str, Any]]):
    homes.issue([person | {"state": "reserved"} for person in people])
    stack = homes.stack
    with stack.with_process("registrar"):
        assert _within(20, lambda: stack.rows("issuance", "SELECT 1 FROM issuance_upkeep WHERE rewritten IS NOT NULL"))
    assert stack.rows("issuance", "SELECT DISTINCT state, unconfirmed FROM issuance_card") in (
        [("reserved", True)],
        [("reserved", 1)],
    )
    long_ago = int(time.time()) - 90_000
    with stack._beside("issuance") as database:
        database.execute(f"UPDATE issuance_upkeep SET swept_at = {long_ago}, rewritten = '2020-01-06'")
        database.execute("UPDATE issuance_card SET expires = '2020-01-01' WHERE id % 2 = 0")
    with stack.with_process("registrar"):
        fresh = "SELECT 1 FROM issuance_upkeep WHERE rewritten > '2020-01-06'"
        assert _within(20, lambda: stack.rows("issuance", fresh))
    odd = sum(person["position"] % 2 for person in people)
    assert stack.rows("issuance", "SELECT state, count(*) FROM issuance_card GROUP BY state") == [("revoked", odd)]
    said = [json.loads(line) for line in (stack.home.logs / "registrar.log").read_text().splitlines()]
    assert [line["event"] for line in said] == ["register_swept", "register_rewritten"] * 2


def _within(seconds: float, what: Any) -> bool:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
