"""The spool and the writer: nothing lost, nothing doubled, nothing done that cannot be told."""

import json
import multiprocessing
import os
import secrets
import signal
import threading
from pathlib import Path

import pytest

from privacy import spool as spool_module
from privacy.spool import Spool, SpoolUnusable
from privacy.staging import Staged
from privacy.writer import RETRY_SECONDS, Writer
from tests.privacy.archive import SECRET, Clock, Table, line


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def writer_in(place: Path, table: Table, clock: Clock | None = None, *, capacity: int = 5) -> Writer:
    return Writer(spool=Spool(directory=place, secret=SECRET, capacity=capacity), insert=table, clock=clock or Clock())


def record(writer: Writer, count: int = 1) -> None:
    for _ in range(count):
        writer.record(line(), entry_id=secrets.token_bytes(16))


def numbers(table: Table) -> list[int]:
    return [staged.number for staged in table.rows]


def waiting(place: Path) -> list[int]:
    return [one["number"] for one in json.loads((place / "actions.spool").read_bytes().splitlines()[0])["waiting"]]


def refusal(writer: Writer) -> str:
    with pytest.raises(SpoolUnusable) as refused:
        record(writer)
    return refused.value.code


def test_lines_reach_the_table_numbered_and_signed(tmp_path, table):
    record(writer_in(tmp_path, table), 3)
    assert numbers(table) == [1, 2, 3]
    assert all(staged.is_genuine() for staged in table.rows)
    assert len({staged.writer for staged in table.rows}) == 1


def test_numbers_go_on_after_a_restart(tmp_path, table):
    record(writer_in(tmp_path, table), 2)
    record(writer_in(tmp_path, table), 2)
    assert numbers(table) == [1, 2, 3, 4]


def test_nothing_of_a_day_stays_in_the_file(tmp_path, table):
    writer = writer_in(tmp_path, table)
    record(writer, 3)
    assert writer.hand_in() == 0
    assert waiting(tmp_path) == []


def test_the_file_is_for_its_owner_only(tmp_path, table):
    record(writer_in(tmp_path, table))
    assert (tmp_path / "actions.spool").stat().st_mode & 0o777 == 0o600


def test_lines_wait_while_the_table_is_away_and_then_go_in_in_order(tmp_path, table, clock):
    writer = writer_in(tmp_path, table, clock)
    record(writer)
    table.away = True
    record(writer, 3)
    assert (numbers(table), waiting(tmp_path)) == ([1], [2, 3, 4])
    table.away = False
    assert writer.hand_in() == 3, "a dead database is asked again only after a pause"
    clock.now += RETRY_SECONDS
    assert writer.hand_in() == 0
    assert (numbers(table), waiting(tmp_path)) == ([1, 2, 3, 4], [])


def test_the_next_line_takes_the_waiting_ones_along(tmp_path, table, clock):
    writer = writer_in(tmp_path, table, clock)
    table.away = True
    record(writer, 2)
    table.away, clock.now = False, clock.now + RETRY_SECONDS
    record(writer)
    assert numbers(table) == [1, 2, 3]


def test_a_table_that_fails_half_way_gets_the_rest_later(tmp_path, table, clock):
    writer = writer_in(tmp_path, table, clock)
    table.away = True
    record(writer, 4)
    taken: list[Staged] = []

    def take_two(staged: Staged) -> bool:
        taken.append(staged)
        return len(taken) != 3

    writer._insert = take_two
    clock.now += RETRY_SECONDS
    assert writer.hand_in() == 2
    assert waiting(tmp_path) == [3, 4]
    clock.now += RETRY_SECONDS
    assert writer.hand_in() == 0
    assert [staged.number for staged in taken] == [1, 2, 3, 3, 4]


def test_a_full_spool_refuses_before_anything_is_done(tmp_path, table, clock):
    writer = writer_in(tmp_path, table, clock)
    table.away = True
    record(writer, 5)
    before = (tmp_path / "actions.spool").read_bytes()
    assert refusal(writer) == "spool_full"
    assert (tmp_path / "actions.spool").read_bytes() == before
    table.away, clock.now = False, clock.now + RETRY_SECONDS
    record(writer)
    assert numbers(table) == [1, 2, 3, 4, 5, 6]


def test_a_writer_that_died_after_handing_in_hands_in_the_very_same(tmp_path, table):
    record(writer_in(tmp_path, table), 2)
    assert waiting(tmp_path) == [2], "not taken out yet"
    again = Table()
    assert writer_in(tmp_path, again).hand_in() == 0
    assert again.rows == table.rows[1:]
    assert again.rows[0].row_id == table.rows[1].row_id


def _change(body: dict) -> None:
    body["waiting"][0]["actor"] = "OTHER9"


def _drop_one(body: dict) -> None:
    body["waiting"].pop()


def _set_back(body: dict) -> None:
    body["next"] = 1


def _swap(body: dict) -> None:
    body["waiting"].reverse()


@pytest.mark.parametrize("tamper", [_change, _drop_one, _set_back, _swap])
@pytest.mark.parametrize("running", [True, False])
def test_a_changed_file_refuses(tmp_path, table, tamper, running):
    writer = writer_in(tmp_path, table)
    table.away = True
    record(writer, 3)
    body, seal = (tmp_path / "actions.spool").read_bytes().splitlines()
    changed = json.loads(body)
    tamper(changed)
    (tmp_path / "actions.spool").write_bytes(json.dumps(changed).encode() + b"\n" + seal + b"\n")
    assert refusal(writer if running else writer_in(tmp_path, table)) == "spool_altered"
    assert table.rows == []


@pytest.mark.parametrize("octets", [b"", b"\n", b"{}\n", b"null\nx\n", b'{"salt": 1}\nx\n', b"\xff\xfe", b"x" * 1000])
def test_noise_in_place_of_the_file_refuses(tmp_path, table, octets):
    (tmp_path / "actions.spool").write_bytes(octets)
    assert refusal(writer_in(tmp_path, table)) == "spool_altered"


def test_every_flipped_bit_refuses(tmp_path, table):
    table.away = True
    record(writer_in(tmp_path, table))
    good = (tmp_path / "actions.spool").read_bytes()
    for place in range(len(good)):
        (tmp_path / "actions.spool").write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(SpoolUnusable):
            Spool(directory=tmp_path, secret=SECRET).read()


def test_another_secret_does_not_open_it(tmp_path, table):
    record(writer_in(tmp_path, table))
    with pytest.raises(SpoolUnusable, match="spool_altered"):
        Spool(directory=tmp_path, secret=SECRET + b"x").read()


def test_an_older_file_put_back_or_a_removed_one_refuses(tmp_path, table):
    writer = writer_in(tmp_path, table)
    record(writer)
    older = (tmp_path / "actions.spool").read_bytes()
    record(writer)
    (tmp_path / "actions.spool").write_bytes(older)
    assert refusal(writer) == "spool_altered"
    (tmp_path / "actions.spool").unlink()
    assert refusal(writer) == "spool_altered"


def test_a_directory_that_is_gone_or_a_disk_that_is_full_refuses(tmp_path, table, monkeypatch):
    assert refusal(writer_in(tmp_path / "gone", table)) == "spool_unwritable"

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool_module, "write_atomically", full)
    assert refusal(writer_in(tmp_path, table)) == "spool_unwritable"
    assert table.rows == []


def test_threads_share_a_writer_without_holes_or_doubles(tmp_path, table):
    writer = writer_in(tmp_path, table)
    threads = [threading.Thread(target=record, args=(writer, 10)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(table) == list(range(1, 81))


def test_processes_share_a_spool(tmp_path):
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_record_in, args=(tmp_path, 10)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    table = Table()
    assert writer_in(tmp_path, table, capacity=100).hand_in() == 0
    assert numbers(table) == list(range(1, 41))


def _record_in(place: Path, count: int) -> None:
    record(writer_in(place, Table(away=True), capacity=100), count)


@pytest.mark.parametrize("after", range(1, 8))
def test_a_writer_killed_at_any_system_call_of_a_write_loses_nothing_it_confirmed(tmp_path, after):
    """The child dies in the middle of the third line; the first two were confirmed."""
    child = os.fork()
    if child == 0:
        _die_in_third_line(tmp_path, after)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    table = Table()
    assert writer_in(tmp_path, table).hand_in() == 0
    assert numbers(table) in ([1, 2], [1, 2, 3])
    record(writer_in(tmp_path, table))
    assert numbers(table) == list(range(1, len(table.rows) + 1))


def _die_in_third_line(place: Path, after: int) -> None:
    writer = writer_in(place, Table(away=True))
    record(writer, 2)
    left = [after]

    def counted(name: str) -> None:
        original = getattr(os, name)

        def call(*arguments: object, **options: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        setattr(os, name, call)

    for name in ("open", "fdopen", "fsync", "replace", "close"):
        counted(name)
    record(writer)
    os.kill(os.getpid(), signal.SIGKILL)
