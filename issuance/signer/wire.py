"""Messages between signer and its callers: a deterministic CBOR map behind four bytes of length."""

import socket
import struct
from typing import Any

from cardservice.credential import cbor
from cardservice.credential.reasons import CredentialError

MAX_MESSAGE = 400_000
_LENGTH = struct.Struct(">I")


class BrokenMessage(Exception):
    """The other side went away or sent something that is no message."""


def send(connection: socket.socket, message: dict[str, Any]) -> None:
    """Writes one message. Raises OSError."""
    octets = cbor.dumps(message)
    connection.sendall(_LENGTH.pack(len(octets)) + octets)


def receive(connection: socket.socket) -> dict[str, Any]:
    """Reads one message. Raises BrokenMessage, OSError."""
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > MAX_MESSAGE:
        raise BrokenMessage
    try:
        message = cbor.loads(_exactly(connection, length))
    except CredentialError:
        raise BrokenMessage from None
    if type(message) is not dict:
        raise BrokenMessage
    return message


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise BrokenMessage
        parts += part
    return bytes(parts)
