"""The signer's door, at the socket of a running installation: only two questions, and nobody can hold it up."""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from cardservice.credential import cbor, statuslist
from cardservice.supervisor import Supervisor
from issuance.signer import wire
from issuance.signer.client import SignerRefused, SignerUnavailable, SocketSigner
from issuance.signer.server import SignerServer
from issuance.signer.wire import MAX_MESSAGE
from tests.issuance.office import rules
from tests.stack import Stack


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        yield connection


def _ask(stack: Stack, message: Any) -> Any:
    with _connected(stack.home.signer_socket) as connection:
        wire.send(connection, message)
        return wire.receive(connection)


def _register(stack: Stack) -> dict[str, list[Any]]:
    """Every row of the register, but for the time of the last publication, which may come at any moment."""
    tables = ("issuance_card", "issuance_credential", "issuance_indexchunk", "issuance_signingkey")
    return {table: sorted(stack.rows("issuance", f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_only_the_owner_may_knock(stack: Stack) -> None:
    assert stack.home.signer_socket.stat().st_mode & 0o777 == 0o600
    assert stack.home.runtime.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"request": "export_keys"},
        {"request": "sign_card"},
        {"request": "sign_card", "card": 1},
        {"request": "sign_card", "card": 1, "payloads": []},
        {"request": "sign_card", "card": 1, "payloads": [b"x"], "kid": b"x"},
        {"request": "sign_card", "card": 1, "payloads": ["text"]},
        {"request": "sign_card", "card": 1, "payloads": b"x"},
        {"request": "sign_card", "card": "1", "payloads": [b"x"]},
        {"request": "sign_card", "card": b"\x01", "payloads": [b"x"]},
        {"request": "sign_card", "card": 1, "payloads": [b"x", [b"y"]]},
        {"request": "sign_card", "card": 2**63, "payloads": [b"x"]},
        {"request": "sign_card", "card": -1, "payloads": [b"x"]},
        {"request": "sign_list"},
        {"request": "sign_list", "number": [0]},
        {"request": "sign_list", "number": 0, "bits": b""},
        {"request": "sign_list", "number": 0, 1: 2},
        {"request": ["sign_list"], "number": 0},
        {"Request": "sign_list", "number": 0},
    ],
    ids=str,
)
def test_any_other_question_is_refused(stack: Stack, message: dict[Any, Any]) -> None:
    assert _ask(stack, message) == {"refused": "bad_request"}


@pytest.mark.parametrize("card", [0, 2**30, 2**62])
def test_a_card_that_was_not_reserved_is_refused(stack: Stack, card: int) -> None:
    before = _register(stack)
    payloads = [cbor.dumps({1: "https://demo.invalid"})]

    assert _ask(stack, {"request": "sign_card", "card": card, "payloads": payloads}) == {"refused": "unknown_row"}
    assert _register(stack) == before


@pytest.mark.parametrize(
    "octets",
    [
        b"\x00",
        b"\x00\x00\x00\x05\xa1",
        b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff",
        struct.pack(">I", MAX_MESSAGE + 1) + bytes(1_000),
        struct.pack(">I", 100) + b"\xff" * 100,
        struct.pack(">I", 6) + b"\x85hello",
        struct.pack(">I", 5_000) + b"\x81" * 5_000,
        b"GET / HTTP/1.1\r\nHost: signer\r\n\r\n",
        os.urandom(2_000),
    ],
    ids=["one byte", "half", "nothing", "huge", "too large", "garbage", "no map", "deep", "HTTP", "random"],
)
def test_what_is_no_message_is_hung_up_on(stack: Stack, octets: bytes) -> None:
    with _connected(stack.home.signer_socket) as connection:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        # Hanging up with unread bytes in the pipe is a reset.
        try:
            answer = connection.recv(100)
        except ConnectionResetError:
            answer = b""
    assert answer == b""
    assert SocketSigner(str(stack.home.signer_socket)).sign_list(number=0).cwt


def test_idle_clients_hold_nobody_up(stack: Stack) -> None:
    signer = SocketSigner(str(stack.home.signer_socket))
    silent = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(40)]
    try:
        for connection in silent:
            connection.connect(str(stack.home.signer_socket))
            connection.sendall(b"\x00\x00")
        started = time.monotonic()
        assert signer.sign_list(number=0).cwt
        assert time.monotonic() - started < 2
        silent[0].settimeout(8)
        # They are hung up on after five seconds of silence.
        assert silent[0].recv(1) == b""
        assert time.monotonic() - started > 3
    finally:
        for connection in silent:
            connection.close()


def test_sixty_four_at_once_are_all_answered(stack: Stack) -> None:
    signer = SocketSigner(str(stack.home.signer_socket))

    def ask(number: int) -> Any:
        if number % 8 == 0:
            return signer.sign_list(number=0).iat
        try:
            signer.sign_card(card=2**40 + number, payloads=[b"\xa0"])
        except SignerRefused as refused:
            return refused.code
        return "signed"

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(ask, range(64)))

    issued = [answer for answer in answers if isinstance(answer, int)]
    assert len(set(issued)) == 8
    assert [answer for answer in answers if not isinstance(answer, int)] == ["unknown_row"] * 56


def test_its_lists_are_signed_with_a_status_key(stack: Stack) -> None:
    signed = SocketSigner(str(stack.home.signer_socket)).sign_list(number=0)

    kid = statuslist.parse(signed.cwt).kid.hex()
    uses = {row[0]: row[1] for row in _uses(stack)}
    assert uses[kid] == "status"


def _uses(stack: Stack) -> list[tuple[str, str]]:
    return stack.rows("issuance", "SELECT kid, use FROM issuance_signingkey")


def test_a_signer_that_dies_during_a_request_is_back_for_the_next(stack: Stack) -> None:
    signer = SocketSigner(str(stack.home.signer_socket))
    child = next(child for child in stack.supervisor.children if child.name == "signer")
    outcome: list[Any] = []

    def ask() -> None:
        try:
            outcome.append(signer.sign_list(number=0))
        except SignerUnavailable as error:
            outcome.append(error)

    with stack.locked("issuance", "issuance_statuslist"):
        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.3)
        assert asking.is_alive()
        assert child.process is not None
        child.process.kill()
        asking.join(5)
    assert isinstance(outcome[0], SignerUnavailable)
    assert child.process is not None
    child.process.wait(5)
    with pytest.raises(SignerUnavailable):
        signer.sign_list(number=0)

    _restarted(stack.supervisor)

    assert signer.sign_list(number=0).cwt
    assert stack.home.signer_socket.stat().st_mode & 0o777 == 0o600


def _restarted(supervisor: Supervisor) -> None:
    deadline = time.monotonic() + 20
    signer = SocketSigner(str(supervisor.home.signer_socket))
    while time.monotonic() < deadline:
        supervisor.restart_dead()
        try:
            signer.sign_list(number=0)
            return
        except SignerUnavailable:
            time.sleep(0.1)
    raise AssertionError("the signer did not come back")


def test_its_log_holds_no_value(stack: Stack) -> None:
    _ask(stack, {"request": "MARKED-REQUEST", "card": "MARKED-CARD"})
    with _connected(stack.home.signer_socket) as connection:
        connection.sendall(b"\x00\x00\x00\x20MARKED-GARBAGE")
    time.sleep(0.1)

    assert b"MARKED" not in (stack.home.logs / "signer.log").read_bytes()


DESK, STRANGER = 65_533, 65_534
KNOCK = """
import os, socket, sys
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[2]))
connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
connection.settimeout(30)
try:
    connection.connect(sys.argv[1])
    connection.sendall(bytes.fromhex("00000001a0"))
    print(len(connection.recv(100)))
except (BrokenPipeError, ConnectionResetError):
    print(0)
except PermissionError:
    print("kept out")
"""


@dataclass(frozen=True)
class _Door:
    """A signer's door in a directory that every account may enter."""

    path: Path

    def knock(self, *, uid: int, gid: int) -> str:
        """How many bytes a process of this account hears."""
        command = [sys.executable, "-I", "-S", "-c", KNOCK, str(self.path), str(uid), str(gid)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@contextmanager
def _door(*peers: int) -> Iterator[_Door]:
    # Not below pytest's directory, which other accounts cannot enter.
    place = Path(tempfile.mkdtemp(prefix="cs-knock-", dir="/tmp"))
    place.chmod(0o755)
    try:
        with SignerServer(path=place / "s", rules=rules(), peers=frozenset(peers)) as server:
            serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            serving.start()
            try:
                yield _Door(place / "s")
            finally:
                server.shutdown()
                serving.join()
    finally:
        shutil.rmtree(place)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can knock under another account")
def test_another_account_is_hung_up_on_even_when_the_socket_is_open_to_it() -> None:
    with _door(0) as door:
        assert door.path.stat().st_mode & 0o777 == 0o600
        assert door.knock(uid=STRANGER, gid=STRANGER) == "kept out"
        door.path.chmod(0o666)

        assert int(door.knock(uid=0, gid=0)) > 0
        assert door.knock(uid=STRANGER, gid=STRANGER) == "0"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can knock under another account")
def test_listed_accounts_are_answered_and_refused_ones_logged_without_a_value() -> None:
    with _door(DESK) as door:
        assert door.path.stat().st_mode & 0o777 == 0o660
        assert door.knock(uid=DESK, gid=DESK) == "kept out", "its operator has not let it into the group"
        with structlog.testing.capture_logs() as said:
            assert int(door.knock(uid=DESK, gid=0)) > 0
            assert said == []
            assert door.knock(uid=STRANGER, gid=0) == "0"
            assert door.knock(uid=0, gid=0) == "0", "not even its own account, which is not listed"
    assert said == [{"event": "peer_refused", "log_level": "warning"}] * 2


def test_a_socket_left_over_by_a_dead_signer_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    for _ in range(2):
        server = SignerServer(path=path, rules=rules(), peers=frozenset({os.getuid()}))
        assert path.stat().st_mode & 0o777 == 0o600
        server.socket.close()


@pytest.mark.parametrize("name", ["signer", "archivist"])
def test_what_holds_private_keys_leaves_no_core_file_and_lets_nobody_but_root_look_into_it(
    stack: Stack, name: str
) -> None:
    child = next(child for child in stack.supervisor.children if child.name == name)
    assert child.process is not None
    place = Path(f"/proc/{child.process.pid}")
    (core,) = [line for line in (place / "limits").read_text().splitlines() if line.startswith("Max core file size")]
    assert core.split()[4:6] == ["0", "0"]
    # Of a process that is not dumpable the kernel gives /proc/PID to root (proc(5)).
    assert (place / "mem").stat().st_uid == 0
