"""No signature without a row: what desk and signer say to each other is overheard, and inserting rows made to fail."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from issuance.signer import wire
from tests.cluster import ON_POSTGRESQL
from tests.faults import ledger
from tests.faults.clerks import new_order, signed_in
from tests.faults.table import Fault, RecordProperty
from tests.stack import Stack, running_stack

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="the triggers that make writing fail are SQLite's")


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An installation whose register is made to refuse."""
    with running_stack(tmp_path_factory.mktemp("order") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def http(own_stack: Stack) -> Iterator[httpx.Client]:
    with signed_in(own_stack) as client:
        yield client


@dataclass
class Overheard:
    """Requests for cards in the order they came, each with whether its row stood in the register then."""

    stack: Stack
    questions: list[dict[str, Any]] = field(default_factory=list)
    had_row: list[bool] = field(default_factory=list)

    def relay(self, asking: socket.socket, real: Path) -> None:
        with asking, socket.socket(socket.AF_UNIX) as signer:
            question = wire.receive(asking)
            if question.get("request") == "sign_card":
                self.questions.append(question)
                found = ledger.rows(
                    self.stack, "issuance", f"SELECT 1 FROM issuance_card WHERE id = {int(question['card'])}"
                )
                self.had_row.append(bool(found))
            signer.connect(str(real))
            wire.send(signer, question)
            wire.send(asking, wire.receive(signer))


@contextmanager
def overhearing(stack: Stack) -> Iterator[Overheard]:
    """Stands between the signer and those who ask it."""
    path = stack.home.signer_socket
    real, overheard = path.with_name("real"), Overheard(stack)
    path.rename(real)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        while True:
            try:
                asking, _ = listener.accept()
            except OSError:
                return
            overheard.relay(asking, real)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield overheard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        real.rename(path)


@contextmanager
def failing(stack: Stack, what: str) -> Iterator[None]:
    """Every `what` (an event of a trigger) on the table of cards fails."""
    with closing(sqlite3.connect(stack.home.databases / "issuance.sqlite3", isolation_level=None)) as database:
        database.execute(
            f"CREATE TRIGGER broken BEFORE {what} ON issuance_card BEGIN SELECT RAISE(FAIL, 'broken'); END"
        )
        try:
            yield
        finally:
            database.execute("DROP TRIGGER broken")


def test_every_row_stands_in_the_register_before_the_signer_is_asked(own_stack: Stack, http: httpx.Client):
    with overhearing(own_stack) as overheard:
        assert {http.post("/cards", json=new_order().body).status_code for _ in range(5)} == {201}
    assert overheard.had_row == [True] * 5


def test_a_row_that_cannot_be_written_is_never_shown_to_the_signer(
    own_stack: Stack, http: httpx.Client, record_property: RecordProperty
):
    order, before = new_order(), ledger.signed_cards(own_stack)
    used = "SELECT sum(used) FROM issuance_indexchunk"
    indexes = ledger.rows(own_stack, "issuance", used)
    with failing(own_stack, "INSERT"), overhearing(own_stack) as overheard:
        answer = http.post("/cards", json=order.body)
        assert (answer.status_code, bool(answer.json()["detail"])) == (503, True)
    assert overheard.questions == []
    assert ledger.signed_cards(own_stack) == before
    assert ledger.rows(own_stack, "issuance", used) == indexes
    assert not ledger.entry_ids([order]) & ledger.staged_entries(own_stack)
    order.answers.append(http.post("/cards", json=order.body).raise_for_status().json())
    found = ledger.reckon(own_stack, [order])
    assert (found.lost, found.doubled, found.reused) == ([], [], [])
    Fault("INSERT of the row fails", 1, 0, 0, 0).note(record_property)


def test_the_signer_signs_nothing_that_was_rolled_back(own_stack: Stack, http: httpx.Client):
    order = new_order()
    with overhearing(own_stack) as overheard:
        assert http.post("/cards", json=order.body).status_code == 201
    (question,) = overheard.questions
    row = int(question["card"])
    path = own_stack.home.databases / "issuance.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # The register as it would be, had the desk's transaction not been committed.
        database.execute("BEGIN IMMEDIATE")
        credentials = database.execute("SELECT * FROM issuance_credential WHERE card_id = ?", (row,)).fetchall()
        (card,) = database.execute("SELECT * FROM issuance_card WHERE id = ?", (row,)).fetchall()
        database.execute("DELETE FROM issuance_credential WHERE card_id = ?", (row,))
        database.execute("DELETE FROM issuance_card WHERE id = ?", (row,))
        database.execute("COMMIT")
        counted = ledger.key_counts(own_stack)[0]
        assert _ask(own_stack, question) == {"refused": "unknown_row"}
        assert ledger.key_counts(own_stack)[0] == counted
        for table, found in (("issuance_card", [card]), ("issuance_credential", credentials)):
            places = ",".join("?" * len(found[0]))
            database.executemany(f"INSERT INTO {table} VALUES ({places})", found)
    assert "signatures" in _ask(own_stack, question)


def test_a_signer_that_cannot_mark_the_row_signs_nothing(
    own_stack: Stack, http: httpx.Client, record_property: RecordProperty
):
    order, before = new_order(), ledger.key_counts(own_stack)
    with failing(own_stack, "UPDATE OF signed"):
        answer = http.post("/cards", json=order.body)
        assert (answer.status_code, answer.json()["code"]) == (503, "signer_unavailable")
    assert ledger.key_counts(own_stack) == before
    order.answers.append(http.post("/cards", json=order.body).raise_for_status().json())
    found = ledger.reckon(own_stack, [order])
    assert (found.lost, found.doubled, found.reused) == ([], [], [])
    Fault("UPDATE by the signer fails", 1, 0, 0, 0).note(record_property)


def _ask(stack: Stack, question: dict[str, Any]) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as signer:
        signer.connect(str(stack.home.signer_socket))
        wire.send(signer, question)
        return wire.receive(signer)
