"""The bytes of one line of the action log: what a leaf of its Merkle tree is made of (SPEC.md)."""

import re
import secrets
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import cbor2

VERSION = 1
NONCE_BYTES = 16
_CODE = re.compile(r"[A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Line:
    """Who did what, for which purpose, in which week: never a card, a resident or an hour.

    `week` is a Monday. `count` is 1 except for findings, where it says how many things were found.
    """

    actor: str
    district: str
    action: str
    purpose: str
    week: date
    count: int = 1

    def __post_init__(self) -> None:
        """Refuses what the table could not hold, since a spooled line that never fits would block all later ones."""
        for name, most in (("actor", 12), ("action", 16), ("purpose", 20)):
            if len(value := getattr(self, name)) > most or not _CODE.fullmatch(value):
                raise ValueError(f"{name} is no code of at most {most} letters")
        if len(self.district) > 16 or not self.district.isprintable():
            raise ValueError("district is no name of at most 16 letters")
        if type(self.week) is not date or self.week.weekday() != 0:
            raise ValueError("week is no Monday")
        if type(self.count) is not int or not 1 <= self.count < 2**31:
            raise ValueError("count is out of range")


def new_nonce() -> bytes:
    """16 random bytes: equal lines differ in them, and no hash of a line can be guessed from what it may say."""
    return secrets.token_bytes(NONCE_BYTES)


def encode(line: Line | None, *, nonce: bytes) -> bytes:
    """The leaf of `line`, or with None a padding leaf that says nothing: deterministic CBOR (RFC 8949 4.2.1)."""
    return _HEAD_OF_PADDING + nonce if line is None else _HEAD_OF_LINE + nonce + _rest(line)


# A map of eight or two entries; 0: version; 1: byte string of 16, whose content follows.
_HEAD_OF_LINE = bytes([0xA8, 0x00, VERSION, 0x01, 0x40 + NONCE_BYTES])
_HEAD_OF_PADDING = bytes([0xA2, 0x00, VERSION, 0x01, 0x40 + NONCE_BYTES])


@lru_cache(maxsize=4096)
def _rest(line: Line) -> bytes:
    """Keys 2 to 7; few lines differ, since thousands of actions a week are told in the same words."""
    values = (line.actor, line.district, line.action, line.purpose, line.week.isoformat(), line.count)
    return b"".join(bytes([key]) + cbor2.dumps(value) for key, value in enumerate(values, start=2))
