"""The daily batch: staged entries are judged, padded, shuffled and appended, and the log's new head is signed."""

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from privacy import checkpoint, leaf
from privacy.checkpoint_files import publish
from privacy.integrity import checked_tree
from privacy.leaf import Line, new_nonce
from privacy.log_keys import LogKeys
from privacy.merkle import GrowingTree, leaf_hash
from privacy.models import Checkpoint, Entry, LastBatch, RecentEntry, StagedEntry, Writer
from privacy.numbering import Finding, Judged, judge
from privacy.staging import Staged

SMALLEST = 64
"""Leaves of a batch at least: a day without work looks like one with sixty actions."""

REMEMBERED = timedelta(days=31)
"""How long a line may be handed in again without being doubled: a desk that crashed and stood still this long."""

CHUNK = 500


@dataclass(frozen=True)
class Batch:
    """What one batch did: actions appended, findings (name -> count), size of the log."""

    entries: int
    findings: dict[str, int]
    size: int


def append_staged(*, today: date, keys: LogKeys, published: Path) -> Batch | None:
    """Moves all staged entries to the end of the log in random order, signs its new head and publishes it.

    None when there was a batch on or after `today` already. All or nothing; safe to repeat after a crash at any point.
    Raises LogDamaged (nothing is appended then, and nothing is lost), DatabaseError, OSError (checkpoint unpublished:
    the next call publishes it).
    """
    batch = None
    if not _done(today):
        # The long reading comes before the transaction: no desk waits for it.
        tree = checked_tree(origin=keys.origin, trusted=keys.trusted, published=published)
        batch = _append(tree, today=today, keys=keys)
    publish(published)
    return batch


def padded_size(lines: int) -> int:
    """Leaves of a batch with so many lines: the next power of two, so that a head tells an order of magnitude."""
    return max(SMALLEST, 1 << (lines - 1).bit_length())


def _done(today: date) -> bool:
    return LastBatch.objects.filter(day__gte=today).exists()


def _append(tree: GrowingTree, *, today: date, keys: LogKeys) -> Batch | None:
    with transaction.atomic(using="privacy"):
        last, _ = LastBatch.objects.select_for_update().get_or_create(id=1, defaults={"day": date.min})
        if last.day >= today:
            return None
        next_numbers = {
            bytes.fromhex(key): following for key, following in Writer.objects.values_list("key", "next_number")
        }
        recent = dict(RecentEntry.objects.values_list("id", "day"))
        intact = hmac.compare_digest(bytes(last.seal), _seal(keys, last.day, tree.size, next_numbers, recent))
        rows = list(StagedEntry.objects.all())
        judged = _judged(rows, next_numbers=next_numbers, recent=recent)
        if not intact and Checkpoint.objects.exists():
            judged.findings[Finding.STATE_ALTERED] += 1
        _extend(tree, judged, monday=today - timedelta(days=today.weekday()))
        head = checkpoint.sign(checkpoint.Checkpoint(keys.origin, tree.size, tree.root()), key=keys.private)
        Checkpoint(size=tree.size, signed=head.encode()).save(force_insert=True)
        _remember(judged, recent, today=today, keys=keys, size=tree.size)
        for some in _chunks([row.id for row in rows]):
            StagedEntry.objects.filter(id__in=some).delete()
    findings = {finding.value: count for finding, count in judged.findings.items()}
    return Batch(entries=len(judged.lines), findings=findings, size=tree.size)


def _judged(rows: list[StagedEntry], *, next_numbers: dict[bytes, int], recent: dict[uuid.UUID, date]) -> Judged:
    """The rows judged by their numbers; one that could never have been handed in like this was made by somebody."""
    staged, unreadable = [], 0
    for row in rows:
        try:
            staged.append(
                Staged(
                    writer=bytes.fromhex(row.writer),
                    number=row.number,
                    entry_id=row.entry_id.bytes,
                    line=Line(row.actor, row.district, row.action, row.purpose, row.week),
                    signature=bytes(row.signature),
                )
            )
        except ValueError:
            unreadable += 1
    judged = judge(staged, next_numbers=next_numbers, known_entries={known.bytes for known in recent})
    if unreadable:
        judged.findings[Finding.FORGED_ENTRIES] += unreadable
    return judged


def _extend(tree: GrowingTree, judged: Judged, *, monday: date) -> None:
    """Appends lines, findings and padding in random order."""
    lines: list[Line | None] = [*judged.lines, *judged.finding_lines(week=monday)]
    lines += [None] * (padded_size(len(lines)) - len(lines))
    secrets.SystemRandom().shuffle(lines)
    entries = []
    for line in lines:
        nonce = new_nonce()
        hashed = leaf_hash(leaf.encode(line, nonce=nonce))
        entries.append(_entry(line, number=tree.size, nonce=nonce, hashed=hashed))
        tree.append(hashed)
    Entry.objects.bulk_create(entries, batch_size=CHUNK)


def _entry(line: Line | None, *, number: int, nonce: bytes, hashed: bytes) -> Entry:
    if line is None:
        return Entry(number=number, nonce=nonce, leaf_hash=hashed, actor="", district="", action="", purpose="")
    return Entry(
        number=number,
        nonce=nonce,
        leaf_hash=hashed,
        actor=line.actor,
        district=line.district,
        action=line.action,
        purpose=line.purpose,
        week=line.week,
        count=line.count,
    )


def _remember(judged: Judged, recent: dict[uuid.UUID, date], *, today: date, keys: LogKeys, size: int) -> None:
    """Notes where each writer stands and which entries are in the log, under a seal that binds it to this size."""
    for key, following in judged.next_numbers.items():
        Writer.objects.update_or_create(key=key.hex(), defaults={"next_number": following})
    oldest = today - REMEMBERED
    RecentEntry.objects.filter(day__lt=oldest).delete()
    fresh = {uuid.UUID(bytes=entry_id): today for entry_id in judged.entry_ids}
    # In the order of the random ids: the order of insertion would be that of the day.
    RecentEntry.objects.bulk_create(
        [RecentEntry(id=known, day=day) for known, day in sorted(fresh.items())], batch_size=CHUNK
    )
    remembered = {known: day for known, day in recent.items() if day >= oldest} | fresh
    seal = _seal(keys, today, size, judged.next_numbers, remembered)
    LastBatch.objects.filter(id=1).update(day=today, seal=seal)


def _seal(keys: LogKeys, day: date, size: int, next_numbers: dict[bytes, int], recent: dict[uuid.UUID, date]) -> bytes:
    memory = {
        "day": day.isoformat(),
        "size": size,
        "writers": {key.hex(): following for key, following in next_numbers.items()},
        "recent": {known.hex: known_day.isoformat() for known, known_day in recent.items()},
    }
    return hmac.new(keys.sealing_key, json.dumps(memory, sort_keys=True).encode(), hashlib.sha256).digest()


def _chunks(ids: list[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
