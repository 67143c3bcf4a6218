"""Checking is silent: after a thousand checks every database, log and file is compared with what it was before."""

import hashlib
import secrets
import zlib

import httpx
import pytest

from cardservice.credential import codec
from cardservice.processes import ALIASES
from privacy.search import Needle, search, text_needles
from tests.faults import ledger
from tests.stack import Stack

TICKING = ("published/", "databases/issuance.", "issuance issuance_statuslist", "issuance issuance_upkeep")
"""What the publisher, the sweeper and the rewriter change by the clock, checks or no checks."""

NAME = "Zilverblad Onopgemerkt"


def content(stack: Stack) -> dict[str, str]:
    """A digest of every file of the installation, and the rows of every table of every compartment."""
    found = {}
    for base, label in ((stack.home.path, ""), (stack.home.runtime, "runtime/")):
        for path in sorted(base.rglob("*")):
            if path.is_file():
                name = label + str(path.relative_to(base))
                found[name] = f"{path.stat().st_size} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    for alias in ALIASES:
        for table in stack.tables(alias):
            rows = sorted(map(repr, stack.rows(alias, f"SELECT * FROM {table}")))  # noqa: S608
            found[f"{alias} {table}"] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def changes(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Names of all that appeared, went or changed, but for what ticks."""
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return {name for name in names if not name.startswith(TICKING)}


def check_a_thousand_times(stack: Stack, *, api_key: str, texts: list[str]) -> set[str]:
    """A thousand judged cards, one by one and in batches, by key and by token; the provider numbers that were told."""
    address, headers = f"{stack.gate}/api/v1/verifications", {"Authorization": f"Api-Key {api_key}"}
    form = {"grant_type": "client_credentials", "client_id": api_key.split("_")[1], "client_secret": api_key}
    with httpx.Client() as client:
        token = client.post(f"{stack.gate}/oauth/token", data=form).json()["access_token"]
        answers = []
        for number in range(200):
            sent = headers if number % 2 else {"Authorization": f"Bearer {token}"}
            answers.append(client.post(address, json={"qr": texts[number % len(texts)]}, headers=sent).json())
        for _ in range(8):
            body = {"qrs": [texts[place % len(texts)] for place in range(100)]}
            answers += client.post(f"{address}/batch", json=body, headers=headers).json()["verifications"]
    assert len(answers) == 1000
    assert {answer["verdict"] for answer in answers} == {"valid", "refused"}
    return {answer["provider_number"] for answer in answers} - {None}


@pytest.fixture(scope="module")
def checked(stack: Stack):
    """What there was before and after, the stack, and what must not be found."""
    issued = stack.issue(name=NAME, born="1979-03-21")
    assert stack.word("publish").returncode == 0
    api_key = stack.agree("name", "born")
    texts = [*[face["qr"] for face in issued["faces"]], "no card", issued["faces"][0]["qr"][:-6] + "000000"]
    # What earlier tests did at the desk is handed in meanwhile.
    assert ledger.spool_is_empty(stack, within=30)
    before = content(stack)
    numbers = check_a_thousand_times(stack, api_key=api_key, texts=texts)
    after = content(stack)
    signed, claims = codec.open_text(texts[0])
    needles = [*text_needles("name", NAME), Needle("cti", claims.cti), Needle("link", claims.link)]
    needles += [Needle("provider number", number.encode()) for number in numbers]
    needles += [Needle("qr", texts[0][60:100].encode()), Needle("signature", signed.signature)]
    needles += [Needle("api key", api_key.encode())]
    return stack, before, after, needles


def test_nothing_changed_anywhere(checked):
    _, before, after, _ = checked
    assert len(before) > 30
    assert changes(before, after) == set()


def test_nothing_of_card_person_or_key_is_anywhere(checked):
    stack, _, _, needles = checked
    assert [str(hit) for hit in search([stack.home.path, stack.home.runtime], needles)] == []


@pytest.mark.parametrize("place", ["logs/gate.log", "logs/checks", "secrets/seen"])
def test_a_planted_trace_is_seen_as_a_change_and_found_by_its_content(checked, place):
    stack, _, _, needles = checked
    before = content(stack)
    path = stack.home.path / place
    kept = path.read_bytes() if path.exists() else None
    try:
        path.write_bytes((kept or b"") + secrets.token_bytes(8) + zlib.compress(needles[0].octets))
        assert changes(before, content(stack)) == {place}
        assert {hit.label for hit in search([path], needles)} == {"name"}
    finally:
        if kept is None:
            path.unlink()
        else:
            path.write_bytes(kept)


@pytest.mark.parametrize("alias", ALIASES)
def test_a_row_that_a_check_might_leave_is_seen_as_a_change(checked, alias):
    stack, _, _, _ = checked
    table = f"{alias} planted_by_this_test"
    before = content(stack)
    stack.change(alias, "CREATE TABLE planted_by_this_test (week TEXT)")
    try:
        empty = content(stack)
        stack.change(alias, "INSERT INTO planted_by_this_test VALUES ('2026-W48')")
        assert table in changes(before, empty)
        assert table in changes(empty, content(stack))
    finally:
        stack.change(alias, "DROP TABLE planted_by_this_test")
