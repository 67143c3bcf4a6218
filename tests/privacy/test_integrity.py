"""Tampering with the log itself: noticed before the next head is signed, and nothing is appended then."""

import shutil
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import F

from privacy import checkpoint
from privacy.integrity import LogDamaged
from privacy.models import Checkpoint, Entry, StagedEntry
from tests.privacy.archive import KEYS, ORIGIN, Archive

pytestmark = pytest.mark.django_db(databases=["privacy"])


@pytest.fixture
def log(archive: Archive) -> Archive:
    """Three batches and a staged line."""
    for count in (5, 70, 3):
        archive.act(count)
        archive.batch()
    archive.act()
    return archive


def damage(log: Archive) -> str:
    before = Entry.objects.count()
    with pytest.raises(LogDamaged) as found:
        log.batch()
    assert (Entry.objects.count(), StagedEntry.objects.count()) == (before, 1)
    return found.value.code


def move(number: int, to: int) -> None:
    Entry.objects.filter(number=number).update(number=to)


def test_an_intact_log_goes_on(log):
    assert log.batch().entries == 1


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "OTHER9"},
        {"district": "south"},
        {"action": "revoke"},
        {"purpose": "lost"},
        {"week": date(2026, 11, 16)},
        {"week": date(2026, 11, 17)},
        {"week": None},
        {"count": 2},
        {"nonce": bytes(16)},
        {"leaf_hash": bytes(32)},
        {"actor": "two words"},
    ],
)
def test_an_edited_entry_is_noticed(log, change):
    number = Entry.objects.filter(action="issue").first().number
    Entry.objects.filter(number=number).update(**change)
    assert damage(log) == "entry_altered"


def test_an_entry_edited_together_with_its_hash_is_noticed(log):
    first, second = Entry.objects.order_by("number")[:2]
    Entry.objects.filter(number=first.number).update(
        **{
            name: getattr(second, name)
            for name in ("actor", "district", "action", "purpose", "week", "nonce", "leaf_hash")
        }
    )
    assert damage(log) == "log_forked"


@pytest.mark.parametrize("number", [0, 30, 63, 64, 255])
def test_a_deleted_entry_is_noticed(log, number):
    assert Entry.objects.count() == 256
    Entry.objects.filter(number=number).delete()
    assert damage(log) == "entries_missing"


def test_a_deleted_entry_whose_place_is_closed_is_noticed(log):
    Entry.objects.filter(number=100).delete()
    for number in range(101, 256):
        move(number, number - 1)
    assert damage(log) in ("log_forked", "entries_missing")


def test_swapped_entries_are_noticed(log):
    move(10, -1)
    move(11, 10)
    move(-1, 11)
    assert damage(log) == "log_forked"


def test_an_inserted_entry_is_noticed(log):
    last = Entry.objects.get(number=255)
    last.number = 256
    last.save(force_insert=True)
    assert damage(log) == "entry_altered"


def test_a_truncated_log_is_noticed_with_and_without_its_checkpoint(log):
    Entry.objects.filter(number__gte=192).delete()
    assert damage(log) == "entries_missing"
    Checkpoint.objects.filter(size__gt=192).delete()
    assert damage(log) == "entries_missing"
    Entry.objects.all().delete()
    Checkpoint.objects.all().delete()
    assert damage(log) == "entries_missing"


def test_a_forked_log_signed_by_another_key_is_noticed(log):
    stranger = Ed25519PrivateKey.generate()
    last = Checkpoint.objects.order_by("size").last()
    forged = checkpoint.sign(checkpoint.Checkpoint(ORIGIN, last.size, bytes(32)), key=stranger)
    Checkpoint.objects.filter(size=last.size).update(signed=forged.encode())
    assert damage(log) == "checkpoint_altered"


def test_a_fork_by_the_log_key_itself_is_noticed_by_what_was_published(log):
    forked = checkpoint.sign(checkpoint.Checkpoint(ORIGIN, 256, bytes(32)), key=KEYS.private)
    (log.published / "checkpoint").write_bytes(forked.encode())
    assert damage(log) == "log_forked"


def test_another_logs_checkpoint_is_noticed(log):
    other = checkpoint.sign(checkpoint.Checkpoint("other.example/log", 256, bytes(32)), key=KEYS.private)
    (log.published / "checkpoint").write_bytes(other.encode())
    assert damage(log) == "checkpoint_altered"


def test_a_checkpoint_moved_to_another_size_is_noticed(log):
    Checkpoint.objects.filter(size=192).update(size=F("size") + 1)
    assert damage(log) == "checkpoint_altered"


def test_what_a_killed_archivist_left_half_written_is_swept_up(log):
    leftovers = [log.published / ".checkpoint.0a1b2c3d.new", log.published / "checkpoints" / ".256.0a1b2c3d.new"]
    for leftover in leftovers:
        leftover.write_bytes(b"demo.inv")
    assert log.batch().entries == 1
    assert not any(leftover.exists() for leftover in leftovers)


def test_a_lost_publication_is_written_again(log):
    shutil.rmtree(log.published)
    log.batch()
    assert sorted(int(path.name) for path in (log.published / "checkpoints").iterdir()) == [64, 192, 256, 320]
