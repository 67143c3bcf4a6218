"""`keys reconcile` over a home with its real databases: honest numbers agree, planted differences are told."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cardservice import demo_root, preparation
from cardservice.cli.app import app_of
from cardservice.home import Home

WEEK = "2026-11-02"


class _Installation:
    """A home that nothing runs in, whose databases a test writes into."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def change(self, alias: str, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.home.databases / f"{alias}.sqlite3", isolation_level=None)) as database:
            database.execute(statement, values)

    def entry(self, number: int) -> None:
        self.change(
            "privacy",
            "INSERT INTO privacy_entry (number, nonce, leaf_hash, actor, district, action, purpose, week, count)"
            " VALUES (?, x'00', x'00', 'K7M2Q9', '', 'issue', 'new_card', ?, 1)",
            number,
            WEEK,
        )

    def reconcile(self) -> tuple[int, list[tuple[str, int, str | None]]]:
        done = CliRunner().invoke(app_of(["keys"]), ["keys", "reconcile", "--json", "--home", str(self.home.path)])
        body = json.loads(done.stdout)
        assert body["ok"] is (done.exit_code == 0)
        return done.exit_code, [(it["finding"], it["count"], it["week"]) for it in body["findings"]]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Installation]:
    home = Home(Path(tmp_path_factory.mktemp("home")), urls={})
    home.prepare_directories()
    demo_root.make_if_missing(home)
    preparation.prepare(home)
    made = _Installation(home)
    made.change("privacy", "INSERT INTO privacy_lastbatch (id, day, seal) VALUES (1, '2999-12-31', x'00')")
    yield made


def test_signer_register_and_log_agree_until_a_card_is_signed_behind_the_desks_back(
    installation: _Installation,
) -> None:
    change = installation.change
    assert installation.reconcile() == (0, [])
    change("issuance", "UPDATE issuance_indexchunk SET used = used + 1 WHERE id = 0")
    change(
        "issuance",
        "INSERT INTO issuance_card"
        " (id, row_key, slip_hash, commitments, key_id, week, expires, state, signed, unconfirmed)"
        " SELECT 2, x'01', x'01', x'01', kid, ?, '2029-12-01', 'active', 1, 0 FROM issuance_signingkey"
        " WHERE use = 'card' LIMIT 1",
        WEEK,
    )
    change("issuance", "INSERT INTO issuance_credential (id, place, card_id) VALUES (2, 0, 2)")
    change("issuance", "UPDATE issuance_signingkey SET issued = 1 WHERE kid = (SELECT key_id FROM issuance_card)")
    assert installation.reconcile() == (1, [("card_without_entry", 1, WEEK)])

    installation.entry(0)
    assert installation.reconcile() == (0, [])

    change("issuance", "DELETE FROM issuance_credential")
    change("issuance", "DELETE FROM issuance_card")
    assert installation.reconcile() == (1, [("row_gone", 1, None)])
