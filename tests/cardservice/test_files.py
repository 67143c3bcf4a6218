"""Writing files whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from cardservice.files import write_atomically, write_once


def names_in(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


@pytest.mark.parametrize("write", [write_atomically, write_once])
def test_a_file_has_its_content_and_its_mode_and_no_leftover_beside_it(tmp_path: Path, write):
    write(tmp_path / "key", b"octets", mode=0o600)
    assert (tmp_path / "key").read_bytes() == b"octets"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert names_in(tmp_path) == ["key"]


def test_writing_atomically_replaces(tmp_path: Path):
    write_atomically(tmp_path / "list", b"old and long")
    write_atomically(tmp_path / "list", b"new")
    assert (tmp_path / "list").read_bytes() == b"new"


def test_writing_once_keeps_what_is_there(tmp_path: Path):
    write_once(tmp_path / "secret", b"first")
    write_once(tmp_path / "secret", b"second")
    assert (tmp_path / "secret").read_bytes() == b"first"
    assert names_in(tmp_path) == ["secret"]


@pytest.mark.parametrize("write", [write_atomically, write_once])
def test_a_failure_leaves_the_old_file_and_no_leftover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write):
    (tmp_path / "list").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "list", b"new")
    assert (tmp_path / "list").read_bytes() == b"old"
    assert names_in(tmp_path) == ["list"]


def test_many_writers_at_once_leave_one_whole_content(tmp_path: Path):
    contents = [bytes([65 + number]) * (1000 * (number + 1)) for number in range(8)]
    failures: list[Exception] = []

    def write(octets: bytes) -> None:
        try:
            for _ in range(5):
                write_atomically(tmp_path / "list", octets)
                assert (tmp_path / "list").read_bytes() in contents
        except Exception as error:  # a thread must not swallow it
            failures.append(error)

    threads = [threading.Thread(target=write, args=(octets,)) for octets in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert names_in(tmp_path) == ["list"]


def test_a_missing_directory_is_an_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "list", b"x")
