"""Messages of the signer's socket: whole, deterministic, of limited size."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from cardservice.credential import cbor
from issuance.signer import wire
from issuance.signer.wire import MAX_MESSAGE, BrokenMessage

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        other.settimeout(2)
        yield one, other


def _framed(octets: bytes) -> bytes:
    return struct.pack(">I", len(octets)) + octets


def test_a_message_arrives_as_it_was_sent(pair: Pair) -> None:
    message = {"request": "sign_card", "card": 2**29, "payloads": [b"\x00\xff", b""]}

    wire.send(pair[0], message)

    assert wire.receive(pair[1]) == message


def test_messages_keep_apart(pair: Pair) -> None:
    for number in range(3):
        wire.send(pair[0], {"n": number})

    assert [wire.receive(pair[1])["n"] for _ in range(3)] == [0, 1, 2]


def test_a_message_in_pieces_is_put_together(pair: Pair) -> None:
    octets = _framed(cbor.dumps({"payloads": [bytes(5_000)]}))

    def dribble() -> None:
        for start in range(0, len(octets), 999):
            pair[0].sendall(octets[start : start + 999])

    sender = threading.Thread(target=dribble)
    sender.start()
    assert wire.receive(pair[1]) == {"payloads": [bytes(5_000)]}
    sender.join()


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x00\x00",
        b"\x00\x00\x00\x05\xa1",
        _framed(b""),
        _framed(b"\xff" * 20),
        _framed(cbor.dumps([1, 2])),
        _framed(cbor.dumps("text")),
        _framed(cbor.dumps({1: 2}) + b"\x00"),
        _framed(b"\xa2\x01\x01\x01\x02"),
        _framed(b"\xa1\x18\x01\x01"),
        _framed(b"\xbf\xff"),
        _framed(b"\xa1\x80\x01"),
        _framed(b"\x81" * 5_000),
        b"\xff\xff\xff\xff" + b"\xa0" * 10,
        struct.pack(">I", MAX_MESSAGE + 1) + bytes(100),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_message_is_refused(pair: Pair, octets: bytes) -> None:
    pair[0].sendall(octets)
    pair[0].shutdown(socket.SHUT_WR)

    with pytest.raises(BrokenMessage):
        wire.receive(pair[1])


def test_a_message_announced_too_large_is_refused_before_it_is_read(pair: Pair) -> None:
    # Nothing follows and nobody hangs up: whoever waited for it would run into the timeout.
    pair[0].sendall(struct.pack(">I", MAX_MESSAGE + 1))

    with pytest.raises(BrokenMessage):
        wire.receive(pair[1])


def test_silence_is_a_timeout(pair: Pair) -> None:
    pair[1].settimeout(0.05)
    with pytest.raises(TimeoutError):
        wire.receive(pair[1])
