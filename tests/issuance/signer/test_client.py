"""Asking the signer: whatever it answers, the desk gets signatures, a refusal, or hears that it is not there."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cardservice.credential import cbor
from issuance.signer import wire
from issuance.signer.client import SignerRefused, SignerUnavailable, SocketSigner

ONE = b"\x01" * 64


@contextmanager
def _answering(place: Path, octets: bytes) -> Iterator[SocketSigner]:
    """A signer that answers any one question with these bytes and hangs up."""
    path = place / "s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                wire.receive(connection)
                connection.sendall(octets)

        thread = threading.Thread(target=answer)
        thread.start()
        yield SocketSigner(str(path))
        thread.join()


def _message(message: Any) -> bytes:
    octets = cbor.dumps(message)
    return struct.pack(">I", len(octets)) + octets


def test_signatures_come_back_in_order(tmp_path: Path) -> None:
    two = b"\x02" * 64
    with _answering(tmp_path, _message({"signatures": [ONE, two]})) as signer:
        assert signer.sign_card(card=1, payloads=[b"a", b"b"]) == [ONE, two]


def test_a_list_comes_back_whole(tmp_path: Path) -> None:
    with _answering(tmp_path, _message({"cwt": b"c", "jwt": b"j", "iat": 5, "set_bits": 6})) as signer:
        signed = signer.sign_list(number=0)
    assert (signed.cwt, signed.jwt, signed.iat, signed.set_bits) == (b"c", b"j", 5, 6)


def test_a_refusal_keeps_its_code(tmp_path: Path) -> None:
    with _answering(tmp_path, _message({"refused": "cap_reached"})) as signer, pytest.raises(SignerRefused) as caught:
        signer.sign_card(card=1, payloads=[b"a"])
    assert caught.value.code == "cap_reached"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x00\x00",
        b"\x00\x00\x00\x09\xa1",
        b"\xff\xff\xff\xff",
        b"garbage!" * 10,
        _message({}),
        _message([]),
        _message({"signatures": []}),
        _message({"signatures": [ONE, ONE]}),
        _message({"signatures": [ONE[:63]]}),
        _message({"signatures": ["x" * 64]}),
        _message({"signatures": None}),
        _message({"cwt": b""}),
    ],
)
def test_any_other_answer_is_as_good_as_none(tmp_path: Path, octets: bytes) -> None:
    with _answering(tmp_path, octets) as signer, pytest.raises(SignerUnavailable):
        signer.sign_card(card=1, payloads=[b"a"])


@pytest.mark.parametrize(
    "message",
    [{}, {"signatures": [ONE]}, {"cwt": b"", "jwt": b"", "iat": 1}, {"cwt": 1, "jwt": 2, "iat": 3, "set_bits": 4}],
)
def test_any_other_answer_is_no_list(tmp_path: Path, message: dict[str, Any]) -> None:
    with _answering(tmp_path, _message(message)) as signer, pytest.raises(SignerUnavailable):
        signer.sign_list(number=0)


def test_nobody_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SignerUnavailable):
        SocketSigner(str(tmp_path / "nobody")).sign_list(number=0)
    with pytest.raises(SignerUnavailable):
        SocketSigner(str(tmp_path / ("x" * 120))).sign_list(number=0)


def test_a_signer_that_never_answers_is_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuance.signer.client.TIMEOUT", 0.1)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        with pytest.raises(SignerUnavailable):
            SocketSigner(str(tmp_path / "s")).sign_card(card=1, payloads=[b"a"])
