"""Commitments: what the register and the log may keep of a face without being able to say whose it is."""

import hashlib

BYTES = 16


def commitment(*, cti: bytes, payload: bytes) -> bytes:
    """First 16 bytes of SHA-256("commitment/1" + cti + claims bytes).

    `cti` (128 random bits, printed in the QR and stored nowhere) is the salt: without the card no name can be tried.
    """
    return hashlib.sha256(b"commitment/1" + cti + payload).digest()[:BYTES]
