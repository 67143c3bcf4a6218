"""The register is rewritten and its database dies while cards are being issued: nothing lost, doubled or used twice."""

import random
import secrets
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster import ON_POSTGRESQL, Cluster
from tests.faults import ledger
from tests.faults.clerks import Office, working
from tests.faults.killing import watched
from tests.faults.table import Fault, RecordProperty
from tests.stack import Stack, running_stack

CLERKS = 2
REWRITES = 4
TIMES = 2
GIVE_UP_SECONDS = 30.0
DEATHS = {
    "PostgreSQL restarted": signal.SIGINT,
    "PostgreSQL stopped at once": signal.SIGQUIT,
    "kill -9 PostgreSQL": signal.SIGKILL,
}
FILLING = 60_000
TRIES = 5
"""Rows that make a rewrite long enough to be killed in its midst."""


@dataclass(frozen=True)
class Ordeal:
    """An installation that went through it; what the rewrites said, and seconds until all worked again after deaths."""

    stack: Stack
    office: Office
    rewrites: list[subprocess.CompletedProcess[str]]
    ready: dict[str, list[float]]


@pytest.fixture(scope="module")
def ordeal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordeal]:
    ready: dict[str, list[float]] = defaultdict(list)
    with running_stack(tmp_path_factory.mktemp("dying") / "home", fsync=True) as stack, watched(stack):
        with working(stack, clerks=CLERKS, seed=secrets.randbits(32)) as office:
            rewrites = [stack.word("rewrite", "--json") for _ in range(REWRITES)]
            for what in [*DEATHS] * TIMES if stack.cluster is not None else []:
                ready[what].append(die(stack, DEATHS[what], office))
        yield Ordeal(stack, office, rewrites, ready)


def die(stack: Stack, how: signal.Signals, office: Office) -> float:
    """Ends the server at a moment of chance and starts it; seconds from then until clerks get new cards."""
    assert stack.cluster is not None
    time.sleep(random.uniform(0.3, 1.5))
    stack.cluster.stop(how)
    start_again(stack.cluster)
    began = time.monotonic()
    # Each clerk may have had one card at hand.
    enough = acknowledged(office) + CLERKS + 1
    while acknowledged(office) < enough:
        assert time.monotonic() - began < GIVE_UP_SECONDS, "no card is issued although PostgreSQL runs again"
        time.sleep(0.05)
    return time.monotonic() - began


def acknowledged(office: Office) -> int:
    return sum(order.acknowledged for order in office.orders)


def test_no_acknowledged_card_is_lost_none_doubled_and_no_index_used_twice(
    ordeal: Ordeal, record_property: RecordProperty
):
    found = ledger.reckon(ordeal.stack, ordeal.office.orders)
    losses = (len(found.lost), len(found.doubled), len(found.reused))
    Fault("rewrite of the register", REWRITES, *losses).note(record_property)
    for what, seconds in ordeal.ready.items():
        Fault(what, len(seconds), *losses, max(seconds)).note(record_property)
    assert (found.lost, found.doubled, found.reused) == ([], [], [])
    assert acknowledged(ordeal.office) > REWRITES
    counted, signed = ledger.key_counts(ordeal.stack)
    assert counted == signed


def test_whoever_asks_again_is_always_answered_with_the_card(ordeal: Ordeal):
    assert ordeal.office.surprises == []


def test_the_rewrite_finds_its_moment_between_the_clerks(ordeal: Ordeal):
    assert [(done.returncode, done.stderr) for done in ordeal.rewrites] == [(0, "")] * REWRITES


@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite is no process that could die")
def test_each_death_of_postgresql_disturbed_clerks_and_the_log_tells_of_every_card(ordeal: Ordeal):
    assert set(ordeal.ready) == set(DEATHS)
    assert ordeal.office.troubles
    assert ledger.spool_is_empty(ordeal.stack, within=20)
    answered = [order for order in ordeal.office.orders if order.answers]
    assert ledger.entry_ids(answered) <= ledger.staged_entries(ordeal.stack)


def start_again(cluster: Cluster) -> None:
    """Starts a server that died; while what it left behind still ends, PostgreSQL refuses."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return cluster.start()
        except RuntimeError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_a_rewrite_that_is_killed_in_its_midst_leaves_every_row_and_can_be_repeated(
    ordeal: Ordeal, record_property: RecordProperty
):
    stack = ordeal.stack
    fill(stack)
    before = register(stack)
    assert len(before) >= FILLING
    # A rewrite may end before the kill reaches it: again, until one is caught.
    caught = any(killed_in_its_midst(stack) for _ in range(TRIES) if register(stack) == before)
    assert caught
    assert register(stack) == before
    done = stack.word("rewrite", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert register(stack) == before
    Fault("kill -9 in the midst of the rewrite", 1, 0, 0, 0).note(record_property)


def killed_in_its_midst(stack: Stack) -> bool:
    """Starts a rewrite and kills it; whether it had not come to its end."""
    with subprocess.Popen(
        [sys.executable, "-m", "cardservice.command", "registrar", "--rewrite"],
        env=stack.home.environment("registrar"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as registrar:
        wait_for_midst(stack)
        if stack.cluster is None:
            registrar.kill()
        else:
            stack.cluster.stop(signal.SIGKILL)
            start_again(stack.cluster)
        return registrar.communicate(timeout=30)[0] == b""


def register(stack: Stack) -> list[tuple[object, ...]]:
    rows = stack.rows("issuance", "SELECT id, row_key, slip_hash, commitments, state FROM issuance_card ORDER BY id")
    return [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in rows]


def fill(stack: Stack) -> None:
    """Rows as a busy city has them, on lists that were never opened."""
    ((kid,),) = stack.rows("issuance", "SELECT kid FROM issuance_signingkey WHERE use = 'card' AND state = 'active'")
    mark = "?" if stack.cluster is None else "%s"
    insert = (
        "INSERT INTO issuance_card (id, row_key, slip_hash, commitments, key_id, week, expires, state, signed,"
        f" unconfirmed) VALUES ({', '.join([mark] * 5)}, '2026-11-23', '2029-12-01', 'active', {mark}, {mark})"
    )
    chance = random.Random(3)
    ids = chance.sample(range(500 << 20, 501 << 20), FILLING)
    values = [
        (place, secrets.token_bytes(16), secrets.token_bytes(32), secrets.token_bytes(32), kid, True, False)
        for place in ids
    ]
    with stack._beside("issuance") as database:
        database.execute("BEGIN")
        database.cursor().executemany(insert, values)
        database.execute("COMMIT")
        if stack.cluster is None:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def wait_for_midst(stack: Stack) -> None:
    """Returns when the rewrite has begun to write and has not ended."""
    deadline = time.monotonic() + 30
    if stack.cluster is not None:
        running = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%rewrite_register%' AND usename = 'cs_registrar'"
        locked = "SELECT 1 FROM pg_locks WHERE relation = 'issuance_card'::regclass AND mode = 'AccessExclusiveLock'"
        while not (stack.rows("issuance", running) and stack.rows("issuance", f"{locked} AND granted")):
            assert time.monotonic() < deadline
        return
    while not midst_of_vacuum(stack.home.databases / "issuance.sqlite3-wal"):
        assert time.monotonic() < deadline


def midst_of_vacuum(log: Path) -> bool:
    """Whether the write-ahead log holds a part of the new file; SQLite removes the log with its last reader."""
    with suppress(FileNotFoundError):
        return log.stat().st_size > 1_000_000
    return False
