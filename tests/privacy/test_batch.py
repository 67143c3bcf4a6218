"""The daily batch: everything of a day, once, in no order, padded, under a signed head."""

import os
from datetime import date, timedelta

import pytest

from privacy import actions as door
from privacy import batch as batch_module
from privacy import checkpoint
from privacy.batch import append_staged, padded_size
from privacy.models import Checkpoint, Entry, LastBatch, RecentEntry, StagedEntry, Writer
from tests.privacy.archive import KEYS, MONDAY, ORIGIN, PRIVATE, Archive, line

pytestmark = pytest.mark.django_db(databases=["privacy"])


def actions() -> list[tuple[str, str]]:
    return [(e.actor, e.action) for e in Entry.objects.order_by("number") if e.week and e.action != "finding"]


def findings() -> dict[str, int]:
    return {e.purpose: e.count for e in Entry.objects.filter(action="finding")}


def head(archive: Archive) -> checkpoint.Checkpoint:
    octets = (archive.published / "checkpoint").read_bytes()
    return checkpoint.opened(octets, key=PRIVATE.public_key(), origin=ORIGIN)


def test_all_actions_of_a_day_are_appended_once(archive):
    archive.act(5)
    archive.act(2, action="revoke")
    done = archive.batch()
    assert (done.entries, done.findings, done.size) == (7, {"new_writer": 1}, 64)
    assert sorted(actions()) == [("K7M2Q9", "issue")] * 5 + [("K7M2Q9", "revoke")] * 2
    assert not StagedEntry.objects.exists()


def test_there_is_one_batch_a_day(archive):
    archive.batch()
    archive.act()
    assert append_staged(today=archive.today, keys=KEYS, published=archive.published) is None
    assert append_staged(today=archive.today - timedelta(days=1), keys=KEYS, published=archive.published) is None
    assert StagedEntry.objects.count() == 1
    assert archive.batch().entries == 1


@pytest.mark.parametrize(("lines", "leaves"), [(0, 64), (1, 64), (64, 64), (65, 128), (128, 128), (300, 512)])
def test_a_batch_is_a_power_of_two_of_at_least_64(lines, leaves):
    assert padded_size(lines) == leaves


def test_a_day_without_work_looks_like_a_quiet_one(archive):
    archive.batch()
    archive.act(20)
    quiet = archive.batch().size
    assert archive.batch().size - quiet == quiet - 64 == 64


def test_the_order_in_the_log_is_not_that_of_the_day(archive):
    for number in range(30):
        archive.act(actor=f"A{number:02}")
    archive.batch()
    logged = [actor for actor, _ in actions()]
    assert sorted(logged) == [f"A{number:02}" for number in range(30)] != logged
    padding = [e.number for e in Entry.objects.filter(week=None)]
    assert padding != list(range(min(padding), max(padding) + 1)), "padding stands among the lines"


def test_neither_numbers_writers_nor_days_survive_in_the_log():
    columns = {field.name for field in Entry._meta.get_fields()}
    assert columns == {
        "number", "nonce", "leaf_hash", "actor", "district", "action", "purpose", "week", "count"
    }  # fmt: skip


def test_each_head_is_signed_and_stays_published(archive):
    archive.batch()
    first = head(archive)
    archive.act(70)
    archive.batch()
    assert (first.size, head(archive).size) == (64, 192)
    assert sorted(path.name for path in (archive.published / "checkpoints").iterdir()) == ["192", "64"]
    kept = checkpoint.parse_checkpoint(checkpoint.parse_note((archive.published / "checkpoints/64").read_bytes()))
    assert kept == first


def test_a_head_that_was_not_published_is_published_later(archive):
    archive.batch()
    (archive.published / "checkpoint").unlink()
    (archive.published / "checkpoints" / "64").unlink()
    append_staged(today=archive.today, keys=KEYS, published=archive.published)
    assert head(archive).size == 64


def test_a_deleted_staged_line_becomes_a_finding_in_the_log(archive):
    archive.batch()
    archive.act(5)
    StagedEntry.objects.filter(number=3).delete()
    assert archive.batch().findings == {"new_writer": 1, "missing_entries": 1}
    assert findings() == {"new_writer": 1, "missing_entries": 1}


def test_lines_deleted_in_the_evening_are_missed_the_day_after(archive):
    archive.act(5)
    StagedEntry.objects.filter(number__gte=4).delete()
    assert "missing_entries" not in archive.batch().findings
    archive.act(1)
    assert archive.batch().findings == {"missing_entries": 2}


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "OTHER9"},
        {"purpose": "damaged"},
        {"week": date(2026, 11, 16)},
        {"week": date(2026, 11, 17)},
        {"number": 7},
        {"entry_id": "0" * 32},
        {"signature": bytes(64)},
        {"writer": "0" * 64},
        {"writer": "no hexadecimal"},
        {"actor": "two words"},
    ],
)
def test_an_edited_staged_line_is_found_and_not_believed(archive, change):
    archive.act(3)
    StagedEntry.objects.filter(number=2).update(**change)
    done = archive.batch()
    assert done.entries == 2
    assert done.findings == {"new_writer": 1, "forged_entries": 1, "missing_entries": 1}


def test_an_inserted_staged_line_is_found(archive):
    archive.act(2)
    row = StagedEntry.objects.get(number=2)
    row.id, row.number = "1" * 32, 3
    row.save(force_insert=True)
    assert archive.batch().findings == {"new_writer": 1, "forged_entries": 1}


def test_a_request_sent_again_is_one_line_even_over_midnight(archive):
    (entry_id,) = archive.act()
    archive.writer.record(line(), entry_id=entry_id)
    assert archive.batch().entries == 1
    archive.writer.record(line(), entry_id=entry_id)
    done = archive.batch()
    assert (done.entries, done.findings) == (0, {})


def test_an_id_used_for_a_refusal_does_not_swallow_the_issue_of_a_card(archive, monkeypatch):
    monkeypatch.setattr(door, "_writer", lambda: archive.writer)
    actor, entry_id = door.Actor(code="K7M2Q9"), bytes(range(16))
    for action, purpose in ((door.Action.REFUSE, "not_present"), (door.Action.ISSUE, "new_card")) * 2:
        door.record(entry_id=entry_id, actor=actor, action=action, purpose=purpose, week=MONDAY)
    assert archive.batch().entries == 2
    assert sorted(actions()) == [("K7M2Q9", "issue"), ("K7M2Q9", "refuse")]


def test_lines_handed_in_again_after_their_batch_are_dropped(archive):
    archive.act(3)
    rows = list(StagedEntry.objects.all())
    archive.batch()
    StagedEntry.objects.bulk_create(rows)
    done = archive.batch()
    assert (done.entries, done.findings) == (0, {})


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Writer.objects.update(next_number=99),
        lambda: Writer.objects.all().delete(),
        lambda: RecentEntry.objects.all().delete(),
        lambda: RecentEntry(id=os.urandom(16).hex(), day=date(2026, 11, 24)).save(force_insert=True),
        lambda: LastBatch.objects.update(day=date(2026, 11, 1)),
        lambda: LastBatch.objects.update(seal=bytes(32)),
        lambda: LastBatch.objects.all().delete(),
    ],
)
def test_whoever_changes_the_archivists_memory_is_noticed(archive, tamper):
    archive.act(2)
    archive.batch()
    tamper()
    assert archive.batch().findings.get("state_altered") == 1
    archive.act()
    assert "state_altered" not in archive.batch().findings


def test_entry_ids_are_forgotten_after_a_month(archive):
    archive.act(2)
    archive.batch()
    archive.today += timedelta(days=32)
    archive.act(1)
    archive.batch()
    assert RecentEntry.objects.count() == 1
    assert archive.batch().findings == {}


STEPS = ("judge", "_extend", "_remember", "_seal", "publish")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.django_db(databases=["privacy"], transaction=True)
def test_a_batch_that_breaks_off_anywhere_is_whole_the_next_time(archive, monkeypatch, step, when):
    archive.batch()
    archive.act(10)
    original = getattr(batch_module, step)

    def broken(*arguments: object, **options: object) -> None:
        if when == "after":
            original(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(batch_module, step, broken)
    with pytest.raises(KeyboardInterrupt):
        archive.batch()
    monkeypatch.setattr(batch_module, step, original)
    assert (Entry.objects.count(), StagedEntry.objects.count()) == ((128, 0) if step == "publish" else (64, 10))
    append_staged(today=archive.today, keys=KEYS, published=archive.published)
    assert len(actions()) == 10
    assert head(archive).size == Entry.objects.count() == 128
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [64, 128]
    assert findings() == {"new_writer": 1}
