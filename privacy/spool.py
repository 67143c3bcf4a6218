"""The spool: the file in which a writer of the action log keeps its counter and the lines not handed in yet."""

import fcntl
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cardservice.files import write_atomically
from privacy.leaf import Line
from privacy.staging import Staged, sign

CAPACITY = 1_000
"""Lines that may wait: a day of a busy desk, some 500 kB."""

FILE_NAME = "actions.spool"
_VERSION = 1


class SpoolUnusable(Exception):
    """No line can be kept, so nothing may be done; `code` is spool_full, spool_altered or spool_unwritable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class WriterKeys:
    """The keys of one writer: `signing` stands under its lines, `sealing` under its file."""

    signing: Ed25519PrivateKey = field(repr=False)
    sealing: bytes = field(repr=False)


@dataclass(frozen=True)
class Content:
    """What stands in a spool: the salt that makes this writer, its next number, the lines that wait, oldest first."""

    salt: bytes
    next_number: int = 1
    waiting: tuple[Staged, ...] = ()


@dataclass
class Spool:
    """The file `actions.spool` in a directory of the desk, sealed with a key derived from the desk's secret.

    It is rewritten as a whole under one MAC, so no line can be changed, moved or cut off. Processes of one host may
    share it: whoever works on it holds the lock.
    """

    directory: Path
    secret: bytes = field(repr=False)
    capacity: int = CAPACITY
    _seen: Content | None = field(default=None, repr=False)
    _derived: dict[bytes, WriterKeys] = field(default_factory=dict, repr=False)

    @cached_property
    def path(self) -> Path:
        return self.directory / FILE_NAME

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the spool against all other threads and processes. Raises SpoolUnusable."""
        try:
            lock = (self.directory / ".lock").open("w")
        except OSError:
            raise SpoolUnusable("spool_unwritable") from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def read(self) -> Content:
        """What stands in the file; a fresh writer when there is none. Raises SpoolUnusable."""
        try:
            octets = self.path.read_bytes()
        except FileNotFoundError:
            content = Content(salt=secrets.token_bytes(16))
            if self._seen is not None:
                raise SpoolUnusable("spool_altered") from None
        except OSError:
            raise SpoolUnusable("spool_unwritable") from None
        else:
            content = self._opened(octets)
            # Another process can only have gone on: an older file put back has the right seal, but not the right place.
            if self._seen is not None and (
                content.salt != self._seen.salt or content.next_number < self._seen.next_number
            ):
                raise SpoolUnusable("spool_altered")
            self._seen = content
        return content

    def write(self, content: Content) -> None:
        """Replaces the file; a crash leaves the old or the new one. Raises SpoolUnusable."""
        body = json.dumps(
            {
                "version": _VERSION,
                "salt": content.salt.hex(),
                "next": content.next_number,
                "waiting": [_as_json(staged) for staged in content.waiting],
            }
        ).encode()
        seal = self._seal(content.salt, body)
        try:
            write_atomically(self.path, body + b"\n" + seal + b"\n", mode=0o600)
        except OSError:
            raise SpoolUnusable("spool_unwritable") from None
        self._seen = content

    def with_line(self, content: Content, line: Line, *, entry_id: bytes) -> Content:
        """The content with one more line, numbered and signed. Raises SpoolUnusable when it is full."""
        if len(content.waiting) >= self.capacity:
            raise SpoolUnusable("spool_full")
        staged = sign(line, number=content.next_number, entry_id=entry_id, key=self._keys(content.salt).signing)
        return replace(content, next_number=content.next_number + 1, waiting=(*content.waiting, staged))

    def _opened(self, octets: bytes) -> Content:
        body, _, seal = octets.removesuffix(b"\n").rpartition(b"\n")
        try:
            values = json.loads(body)
            salt = bytes.fromhex(values["salt"])
            if not hmac.compare_digest(self._seal(salt, body), seal) or values["version"] != _VERSION:
                raise SpoolUnusable("spool_altered")
            writer = self._keys(salt).signing.public_key().public_bytes_raw()
            waiting = tuple(_from_json(one, writer=writer) for one in values["waiting"])
        except (ValueError, KeyError, TypeError):
            raise SpoolUnusable("spool_altered") from None
        return Content(salt=salt, next_number=values["next"], waiting=waiting)

    def _seal(self, salt: bytes, body: bytes) -> bytes:
        return hmac.new(self._keys(salt).sealing, body, hashlib.sha256).hexdigest().encode()

    def _keys(self, salt: bytes) -> WriterKeys:
        if salt not in self._derived:
            octets = HKDF(hashes.SHA256(), 64, salt=salt, info=b"cardservice log writer/1").derive(self.secret)
            signing = Ed25519PrivateKey.from_private_bytes(octets[:32])
            self._derived = {salt: WriterKeys(signing=signing, sealing=octets[32:])}
        return self._derived[salt]


def _as_json(staged: Staged) -> dict[str, Any]:
    line = staged.line
    return {
        "number": staged.number,
        "entry_id": staged.entry_id.hex(),
        "actor": line.actor,
        "district": line.district,
        "action": line.action,
        "purpose": line.purpose,
        "week": line.week.isoformat(),
        "signature": staged.signature.hex(),
    }


def _from_json(values: dict[str, Any], *, writer: bytes) -> Staged:
    return Staged(
        writer=writer,
        number=values["number"],
        entry_id=bytes.fromhex(values["entry_id"]),
        line=Line(
            actor=values["actor"],
            district=values["district"],
            action=values["action"],
            purpose=values["purpose"],
            week=date.fromisoformat(values["week"]),
        ),
        signature=bytes.fromhex(values["signature"]),
    )
