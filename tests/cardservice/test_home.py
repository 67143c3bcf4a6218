"""The home directory and what each process is told of it."""

import fcntl
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardservice.home import MAX_SOCKET_PATH, Home, HomeRefused
from cardservice.processes import PROCESSES, process_named


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A prepared home, and a runtime directory of its own that is short enough for a socket."""
    for name in ("CARDSERVICE_REALM", "CARDSERVICE_ISSUER", "ISSUANCE_URL"):
        monkeypatch.delenv(name, raising=False)
    with tempfile.TemporaryDirectory(prefix="home-") as run:
        monkeypatch.setenv("XDG_RUNTIME_DIR", run)
        made = Home(tmp_path / "home")
        made.prepare_directories()
        yield made


def test_everything_in_it_is_for_its_owner_only(home: Home):
    for path in (home.path, home.runtime, home.keys, home.databases, home.logs, home.published, home.secret_key.parent):
        assert path.stat().st_mode & 0o077 == 0, path
    assert home.secret_key.stat().st_mode & 0o777 == 0o600


def test_preparing_again_keeps_the_secret(home: Home):
    secret = home.secret_key.read_bytes()
    assert len(secret) >= 64
    home.prepare_directories()
    assert home.secret_key.read_bytes() == secret


def test_preparing_many_times_at_once_makes_one_secret(home: Home):
    home.secret_key.unlink()
    seen: set[bytes] = set()

    def prepare() -> None:
        home.prepare_directories()
        seen.add(home.secret_key.read_bytes())

    threads = [threading.Thread(target=prepare) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 1


@pytest.mark.parametrize("opened", ["path", "runtime"])
@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
def test_a_directory_that_others_can_read_is_refused(home: Home, opened: str, mode: int):
    directory: Path = getattr(home, opened)
    directory.chmod(mode)
    with pytest.raises(HomeRefused, match=f"can be read by others: run `chmod 700 {directory}`"):
        home.prepare_directories()


def test_a_runtime_directory_that_is_a_link_is_refused(home: Home, tmp_path: Path):
    home.runtime.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    home.runtime.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HomeRefused, match="belongs to somebody else"):
        home.prepare_directories()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else_is_refused(home: Home):
    os.chown(home.runtime, 65534, 65534)
    with pytest.raises(HomeRefused, match="belongs to somebody else"):
        home.prepare_directories()


def test_a_runtime_path_too_long_for_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    long = tmp_path / ("r" * MAX_SOCKET_PATH)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    with pytest.raises(HomeRefused, match="too long for a Unix socket: set XDG_RUNTIME_DIR"):
        Home(tmp_path / "home").prepare_directories()


def test_a_home_however_deep_has_a_short_runtime_path(tmp_path: Path):
    assert len(os.fsencode(Home(tmp_path / ("deep" * 40) / ("deeper" * 20)).signer_socket)) <= MAX_SOCKET_PATH


def test_a_place_that_cannot_be_made_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeRefused, match="choose another place with --home"):
        Home(tmp_path / "file" / "home").prepare_directories()


def test_two_homes_share_no_runtime_directory(tmp_path: Path):
    assert Home(tmp_path / "one").runtime != Home(tmp_path / "other").runtime


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_is_told_what_it_needs_and_nothing_else(home: Home, monkeypatch: pytest.MonkeyPatch, process: str):
    monkeypatch.setenv("OPERATORS_PASSWORD", "Zq7secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    environment = home.environment(process)
    assert process_named(environment).name == process
    assert "OPERATORS_PASSWORD" not in environment
    assert "PYTHONPATH" not in environment


def test_a_database_elsewhere_is_told_to_those_who_may_know_it(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ISSUANCE_URL", "postgresql://desk@db.invalid/issuance")
    assert home.environment("desk")["ISSUANCE_URL"] == "postgresql://desk@db.invalid/issuance"
    assert "ISSUANCE_URL" not in home.environment("gate")


def test_it_is_a_demo_from_an_address_that_cannot_exist_unless_told_otherwise(home: Home):
    assert (home.realm, home.issuer) == ("demo", "https://demo.invalid")


def test_addresses_hold_while_their_supervisor_lives(home: Home):
    home.addresses_file.write_text(json.dumps({"desk": "http://127.0.0.1:1"}))
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert home.addresses() == {"desk": "http://127.0.0.1:1"}
    assert home.addresses() == {}


@pytest.mark.parametrize("content", ["", "{"])
def test_broken_addresses_are_none(home: Home, content: str):
    home.addresses_file.write_text(content)
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert home.addresses() == {}


def test_a_home_that_was_never_started_has_no_addresses(tmp_path: Path):
    assert Home(tmp_path / "new").addresses() == {}
