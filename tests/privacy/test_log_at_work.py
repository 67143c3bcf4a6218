"""The action log in a running installation: export, check, and a log database that goes away and comes back."""

import json
import time
from collections.abc import Callable, Iterator

import pytest

from cardservice.cli.desk_client import DeskRefused
from tests.stack import Stack, running_stack

PATIENCE = 20.0


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An installation that may be damaged."""
    with running_stack(tmp_path_factory.mktemp("log") / "home") as running:
        yield running


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def staged(stack: Stack) -> list[int]:
    return [number for (number,) in stack.rows("privacy", "SELECT number FROM privacy_stagedentry ORDER BY number")]


def waiting(stack: Stack) -> int:
    return len(json.loads((stack.home.spool / "actions.spool").read_bytes().splitlines()[0])["waiting"])


def test_an_export_is_checked_and_a_tampered_one_named(own_stack, tmp_path):
    assert soon((own_stack.home.log_published / "checkpoint").exists)
    bundle = tmp_path / "log.jsonl"
    exported = own_stack.word("log", "export", str(bundle), "--json")
    assert exported.returncode == 0, exported.stderr
    body = json.loads(exported.stdout)
    assert (body["ok"], body["size"], body["problems"]) == (True, 64, [])
    assert bundle.stat().st_mode & 0o777 == 0o600
    checkpoint = own_stack.home.log_published / "checkpoints" / "64"
    assert checkpoint.read_text().splitlines()[:3] == ["demo.invalid/log", "64", body["root"]]
    assert own_stack.word("log", "verify", str(bundle), "--since", str(checkpoint)).returncode == 0

    lines = bundle.read_bytes().splitlines(keepends=True)
    bundle.write_bytes(b"".join([*lines[:20], *lines[21:], lines[20]]))
    tampered = own_stack.word("log", "verify", str(bundle), "--json")
    assert (tampered.returncode, json.loads(tampered.stdout)["ok"]) == (1, False)
    assert "Entries 0 to 63 are not those" in tampered.stdout
    gone = own_stack.word("log", "verify", str(tmp_path / "nothing"))
    assert (gone.returncode, gone.stderr.count("\n")) == (2, 1)


def test_issuing_goes_on_without_the_logs_database_and_nothing_is_lost_or_doubled(own_stack):
    own_stack.issue(name="Amina Example")
    before = staged(own_stack)
    with own_stack.without_database("privacy"):
        for _ in range(3):
            own_stack.issue(name="Bogdan Example")
        assert waiting(own_stack) >= 3
    assert soon(lambda: waiting(own_stack) == 0)
    assert staged(own_stack) == list(range(1, len(before) + 4))


def test_with_an_altered_spool_nothing_is_done(own_stack):
    spool = own_stack.home.spool / "actions.spool"
    good = spool.read_bytes()

    def signed() -> int:
        return int(own_stack.rows("issuance", "SELECT count(*) FROM issuance_card WHERE signed")[0][0])

    before = signed()
    spool.write_bytes(good.replace(b'"next": ', b'"next": 9'))
    try:
        with pytest.raises(DeskRefused, match="action log"):
            own_stack.issue(name="Chloe Example")
        assert signed() == before
    finally:
        spool.write_bytes(good)
    own_stack.issue(name="Chloe Example")
    assert signed() == before + 1
