"""`python -m cardservice.bench.action_log ROOT`: speed of the action log, as the archivist of a temporary home."""

import base64
import hashlib
import json
import os
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from privacy.leaf import Line
    from privacy.log_keys import LogKeys

ACTIONS = 4_000
ENTRIES = 100_000


def main() -> None:
    """Prints seconds for: a batch of 4,000 actions; checking an export of 100,000 entries; hashing as much, bare."""
    django.setup()
    print(json.dumps({"append": _append(), "check": _check(), "bare": _bare()}))


def _append() -> float:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.conf import settings

    from privacy.batch import append_staged
    from privacy.models import StagedEntry
    from privacy.staging import sign

    desk = Ed25519PrivateKey.generate()
    staged = [sign(_line(n), number=n, entry_id=os.urandom(16), key=desk) for n in range(1, ACTIONS + 1)]
    StagedEntry.objects.bulk_create(
        StagedEntry(
            id=uuid.UUID(bytes=one.row_id),
            entry_id=uuid.UUID(bytes=one.entry_id),
            writer=one.writer.hex(),
            number=one.number,
            signature=one.signature,
            actor=one.line.actor,
            district=one.line.district,
            action=one.line.action,
            purpose=one.line.purpose,
            week=one.line.week,
        )
        for one in staged
    )
    # The running archivist has had today's batch.
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    keys = _log_keys()
    started = time.perf_counter()
    batch = append_staged(today=tomorrow, keys=keys, published=Path(settings.LOG_PUBLISHED))
    seconds = time.perf_counter() - started
    # The cards that the benchmark issued before are in it too.
    if batch is None or batch.entries < ACTIONS:
        raise RuntimeError("the batch did not take what was staged")
    return seconds * ACTIONS / batch.entries


def _check() -> float:
    from django.conf import settings

    from privacy import checkpoint, leaf
    from privacy.log_verify import FIELDS, FORMAT, verify
    from privacy.merkle import GrowingTree, leaf_hash

    log, tree, lines = _log_keys(), GrowingTree(), []
    for number in range(ENTRIES):
        line, nonce = _line(number), leaf.new_nonce()
        tree.append(leaf_hash(leaf.encode(line, nonce=nonce)))
        said = {name: getattr(line, name) for name in FIELDS} | {"week": line.week.isoformat()}
        lines.append(json.dumps({"nonce": nonce.hex()} | said, separators=(",", ":")).encode() + b"\n")
    key_set = Path(settings.KEY_SET).read_bytes()
    head = checkpoint.sign(checkpoint.Checkpoint(log.origin, ENTRIES, tree.root()), key=log.private)
    header = {
        "format": FORMAT,
        "origin": log.origin,
        "key_set": base64.b64encode(key_set).decode(),
        "checkpoints": [head.encode().decode()],
    }
    root_key = Path(sys.argv[1]).read_bytes()
    bundle = [json.dumps(header, separators=(",", ":")).encode() + b"\n", *lines]
    started = time.perf_counter()
    report = verify(bundle, root_key=root_key)
    seconds = time.perf_counter() - started
    if report.problems or report.size != ENTRIES:
        raise RuntimeError("the export did not pass")
    return seconds


def _bare() -> float:
    node = bytes(65)
    started = time.perf_counter()
    for _ in range(2 * ENTRIES):
        hashlib.sha256(node).digest()
    return time.perf_counter() - started


def _line(number: int) -> "Line":
    from privacy.leaf import Line

    today = datetime.now(UTC).date()
    monday = today - timedelta(days=today.weekday())
    return Line(actor=f"BENCH{number % 50}", district="", action="issue", purpose="new_card", week=monday)


def _log_keys() -> "LogKeys":
    from django.conf import settings

    from cardservice import environment
    from cardservice.credential.keyset import read_unverified
    from privacy.log_keys import load

    key_set = read_unverified(Path(settings.KEY_SET).read_bytes())
    passphrase = environment.passphrase("CARDSERVICE_LOG_KEYS_PASSPHRASE")
    return load(
        Path(settings.LOG_KEYS), passphrase=passphrase, key_set=key_set, realm=settings.REALM, now=int(time.time())
    )


if __name__ == "__main__":
    main()
