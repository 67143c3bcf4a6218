"""What a writer of the action log hands in: a numbered line under its own signature, so that none can be taken out."""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privacy import leaf
from privacy.leaf import Line

_CONTEXT = b"cardservice staged entry/1\n"


@dataclass(frozen=True)
class Staged:
    """Line `number` (from 1) of the writer with the 32-byte Ed25519 key `writer`.

    `entry_id` (16 bytes) names the action: a second line with it tells of the same action.
    """

    writer: bytes
    number: int
    entry_id: bytes
    line: Line
    signature: bytes = field(repr=False)

    @property
    def row_id(self) -> bytes:
        """16 bytes that only this very line has: a line handed in again meets itself in the table."""
        return hashlib.sha256(self.signature).digest()[:16]

    def is_genuine(self) -> bool:
        """Whether the writer signed exactly this."""
        try:
            Ed25519PublicKey.from_public_bytes(self.writer).verify(
                self.signature, _message(self.number, self.entry_id, self.line)
            )
        except (InvalidSignature, ValueError, OverflowError):
            return False
        return True


def sign(line: Line, *, number: int, entry_id: bytes, key: Ed25519PrivateKey) -> Staged:
    """The line as its writer hands it in; always the same for the same number, entry and line (RFC 8032)."""
    return Staged(
        writer=key.public_key().public_bytes_raw(),
        number=number,
        entry_id=entry_id,
        line=line,
        signature=key.sign(_message(number, entry_id, line)),
    )


def _message(number: int, entry_id: bytes, line: Line) -> bytes:
    return _CONTEXT + number.to_bytes(8) + leaf.encode(line, nonce=entry_id)
