"""The reckoning after a fault: orders and answers against register, published documents and action log."""

import hashlib
import json
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from cardservice.credential import codec
from cardservice.credential.derive import secrets_of
from cardservice.credential.numbers import INDEX_BITS, LIST_SIZE, parse_card_number
from cardservice.credential.reasons import Verdict
from issuance.allocation import CHUNK_SIZE, CHUNKS
from tests.faults.clerks import Order
from tests.stack import Stack
from verification.documents import load_offline, read_root
from verification.verifier import verify

# The batch of the following day, in a process that holds what the archivist holds.
_NEXT_BATCH = """
import json, os, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
import django
django.setup()
from cardservice import environment
from cardservice.credential.keyset import read_unverified
from privacy import log_keys
from privacy.batch import append_staged
keys = log_keys.load(
    Path(os.environ["CARDSERVICE_LOG_KEYS"]),
    passphrase=environment.passphrase("CARDSERVICE_LOG_KEYS_PASSPHRASE"),
    key_set=read_unverified(Path(os.environ["CARDSERVICE_KEY_SET"]).read_bytes()),
    realm=os.environ["CARDSERVICE_REALM"],
    now=int(time.time()),
)
tomorrow = datetime.now(UTC).date() + timedelta(days=1)
batch = append_staged(today=tomorrow, keys=keys, published=Path(os.environ["CARDSERVICE_LOG_PUBLISHED"]))
print(json.dumps(None if batch is None else {"entries": batch.entries, "findings": batch.findings}))
"""


@dataclass(frozen=True)
class Reckoning:
    """Cards lost, cards doubled, status indexes used twice or wrongly counted; sentences say which."""

    lost: list[str]
    doubled: list[str]
    reused: list[str]


def rows(stack: Stack, alias: str, query: str) -> list[tuple[Any, ...]]:
    """What a query of the compartment's database says, read beside the running processes."""
    if stack.cluster is not None:
        with stack.cluster.connect(database=alias) as postgresql:
            return [tuple(row) for row in postgresql.execute(query).fetchall()]
    with closing(sqlite3.connect(f"file:{stack.home.databases}/{alias}.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


def signed_cards(stack: Stack) -> int:
    return int(rows(stack, "issuance", "SELECT count(*) FROM issuance_card WHERE signed")[0][0])


def reckon(stack: Stack, orders: list[Order]) -> Reckoning:
    """Compares orders and answers with the register and with one another."""
    cards = {
        bytes(row_key): (card, state)
        for row_key, card, state in rows(
            stack, "issuance", "SELECT row_key, id, state FROM issuance_card WHERE signed ORDER BY id"
        )
    }
    lost, doubled = [], []
    for number, order in enumerate(orders):
        found = cards.get(secrets_of(seed=order.seed, credentials=1).row_key)
        if order.answers and (found is None or found[0] != _first_position(order)):
            lost.append(f"order {number}: answered, but the register has another card or none")
        elif order.acknowledged and found is not None and found[1] != "active":
            lost.append(f"order {number}: acknowledged, but {found[1]}")
        if len({_claims(answer) for answer in order.answers}) > 1:
            doubled.append(f"order {number}: answers with different claims")
    numbers = Counter(face["number"] for order in orders for face in _faces_by_number(order))
    doubled += [f"{times} orders were given one number" for times in numbers.values() if times > 1]
    return Reckoning(lost=lost, doubled=doubled, reused=_misused_indexes(stack))


def _faces_by_number(order: Order) -> list[dict[str, Any]]:
    """One face of each number that the order was ever given."""
    return list({face["number"]: face for answer in order.answers for face in answer["faces"]}.values())


def _claims(answer: dict[str, Any]) -> tuple[Any, ...]:
    """All that must be the same however often a card is asked for; signatures may differ."""
    signed = [codec.open_text(face["qr"])[0] for face in answer["faces"]]
    return answer["card_number"], answer["slip_code"], *(one.message for one in signed)


def _first_position(order: Order) -> int:
    number, index = parse_card_number(order.answers[0]["card_number"])
    return number << INDEX_BITS | index


def _misused_indexes(stack: Stack) -> list[str]:
    wrong, used = [], {}
    for chunk, count, bits in rows(stack, "issuance", "SELECT id, used, bits FROM issuance_indexchunk"):
        used[chunk] = int.from_bytes(bytes(bits), "little")
        if used[chunk].bit_count() != count:
            wrong.append(f"chunk {chunk} counts {count} indexes and marks {used[chunk].bit_count()}")
    positions = [position for (position,) in rows(stack, "issuance", "SELECT id FROM issuance_credential")]
    decoys = sum(
        int.from_bytes(bytes(baseline)).bit_count()
        for (baseline,) in rows(stack, "issuance", "SELECT baseline FROM issuance_statuslist")
    )
    for position in positions:
        number, index = position >> INDEX_BITS, position % LIST_SIZE
        if not used[number * CHUNKS + index // CHUNK_SIZE] >> index % CHUNK_SIZE & 1:
            wrong.append("the index of a row is not marked as used")
    marked = sum(map(int.bit_count, used.values()))
    if marked - decoys != len(positions):
        wrong.append(f"{marked - decoys} indexes were given away to {len(positions)} credentials")
    return wrong


def key_counts(stack: Stack) -> tuple[dict[str, int], dict[str, int]]:
    """Cards per key as the keys count them, and as the rows say."""
    counted = rows(stack, "issuance", "SELECT kid, issued FROM issuance_signingkey WHERE issued > 0")
    signed = rows(stack, "issuance", "SELECT key_id, count(*) FROM issuance_card WHERE signed GROUP BY key_id")
    return dict(counted), dict(signed)


def refused_offline(stack: Stack, orders: list[Order]) -> list[str]:
    """Verdicts other than valid over all faces of all acknowledged cards, by the published documents alone."""
    now = int(time.time())
    trust = load_offline(
        published=stack.home.published,
        root=read_root(stack.home.root_public),
        issuer=stack.home.issuer,
        realm=stack.home.realm,
        now=now,
    )
    judgements = [
        verify(text=face["qr"], trust=trust, now=now, sector=face["sector"])
        for order in orders
        if order.acknowledged
        for face in order.answers[-1]["faces"]
    ]
    return [str(judgement.reason) for judgement in judgements if judgement.verdict is not Verdict.VALID]


def staged_entries(stack: Stack) -> set[bytes]:
    """Ids of the entries that wait for the daily batch."""
    found = rows(stack, "privacy", "SELECT entry_id FROM privacy_stagedentry")
    return {bytes.fromhex(str(entry).replace("-", "")) for (entry,) in found}


def entry_ids(orders: list[Order]) -> set[bytes]:
    """Ids under which the orders may stand in the log."""
    derived = [secrets_of(seed=order.seed, credentials=1).entry_id for order in orders]
    return {hashlib.sha256(b"entry/1 issue " + entry_id).digest()[:16] for entry_id in derived}


def spool_is_empty(stack: Stack, *, within: float) -> bool:
    """Whether all lines of the desk reached the log's database within so many seconds."""
    deadline = time.monotonic() + within
    while _waiting(stack) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not _waiting(stack)


def _waiting(stack: Stack) -> list[Any]:
    return list(json.loads((stack.home.spool / "actions.spool").read_bytes().splitlines()[0])["waiting"])


def start_next_batch(stack: Stack) -> subprocess.Popen[str]:
    """The archivist's batch of the following day, as a process that prints what it did, or null."""
    environment = stack.home.environment("archivist")
    return subprocess.Popen([sys.executable, "-c", _NEXT_BATCH], env=environment, stdout=subprocess.PIPE, text=True)


def logged_issues(stack: Stack) -> int:
    """Cards issued, as the log tells it."""
    query = "SELECT coalesce(sum(count), 0) FROM privacy_entry WHERE action = 'issue' AND week IS NOT NULL"
    return int(rows(stack, "privacy", query)[0][0])
