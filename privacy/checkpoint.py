"""Checkpoints of a log (C2SP tlog-checkpoint) as signed notes (C2SP signed-note): writing, and strict reading."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
"""Signature type of a log's own key; witnesses will cosign with type 0x04 in lines of their own."""

MOST_OCTETS = 64_000
_SIGNATURE_LINE = re.compile("\u2014 ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteRefused(Exception):
    """These bytes are no note or checkpoint, or not one by the key that is trusted; the text says which."""


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log: its first `size` leaves have this Merkle root. `origin` names the log, without a scheme."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text: what log and witnesses sign."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Signature:
    """One signature line: name of the key, its 4-byte key id, and the signature in its type's own form."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        return f"\u2014 {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text (ending in a newline) and who signed it. Nothing of it is believed before `signed_by` said yes."""

    text: str
    signatures: tuple[Signature, ...] = field(repr=False)

    def encode(self) -> bytes:
        return f"{self.text}\n{''.join(signature.line() for signature in self.signatures)}".encode()

    def signed_by(self, key: Ed25519PublicKey, *, name: str) -> bool:
        """Whether the key of that name signed; lines of others are passed over, a bad line of its own is a no."""
        wanted = key_id(key, name=name)
        own = [s for s in self.signatures if (s.name, s.key_id) == (name, wanted)]
        return bool(own) and all(_fits(key, s.signature, self.text) for s in own)


def key_id(key: Ed25519PublicKey, *, name: str) -> bytes:
    """The 4-byte id of an Ed25519 key under a name (signed-note, section Ed25519 signatures)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([ED25519]) + key.public_bytes_raw()).digest()[:4]


def sign(checkpoint: Checkpoint, *, key: Ed25519PrivateKey) -> Note:
    """The checkpoint signed by its log, whose key is named like the origin."""
    text = checkpoint.text()
    own_id = key_id(key.public_key(), name=checkpoint.origin)
    return Note(text=text, signatures=(Signature(checkpoint.origin, own_id, key.sign(text.encode())),))


def parse_note(octets: bytes) -> Note:
    """The note in `octets`, of which nothing is believed yet. Raises NoteRefused."""
    if len(octets) > MOST_OCTETS:
        raise NoteRefused("the note is longer than 64 kB")
    try:
        whole = octets.decode()
    except UnicodeDecodeError:
        raise NoteRefused("the note is not UTF-8") from None
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not text or not lines.endswith("\n") or _CONTROL.search(whole):
        raise NoteRefused("the note is not a text, a blank line and signature lines")
    return Note(text=f"{text}\n", signatures=tuple(_parse_signature(line) for line in lines[:-1].split("\n")))


def parse_checkpoint(note: Note) -> Checkpoint:
    """The checkpoint that a note's text is: exactly three lines, one way to write each. Raises NoteRefused."""
    lines = note.text[:-1].split("\n")
    if len(lines) != 3 or not lines[0] or not _NUMBER.fullmatch(lines[1]):
        raise NoteRefused("the note is not an origin, a size and a root")
    root = _base64(lines[2])
    if len(root) != 32:
        raise NoteRefused("the root is not 32 bytes")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)


def opened(octets: bytes, *, key: Ed25519PublicKey, origin: str) -> Checkpoint:
    """The checkpoint in `octets` after checking that it is this log's and signed by its key. Raises NoteRefused."""
    note = parse_note(octets)
    checkpoint = parse_checkpoint(note)
    if checkpoint.origin != origin:
        raise NoteRefused("the checkpoint is another log's")
    if not note.signed_by(key, name=origin):
        raise NoteRefused("the checkpoint is not signed by the key of this log")
    return checkpoint


def _parse_signature(line: str) -> Signature:
    found = _SIGNATURE_LINE.fullmatch(line)
    octets = _base64(found[2]) if found else b""
    if not found or len(octets) < 5:
        raise NoteRefused("a signature line cannot be read")
    return Signature(name=found[1], key_id=octets[:4], signature=octets[4:])


def _base64(text: str) -> bytes:
    """Standard base64 in its one way of writing: the library overlooks stray bits at the end."""
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused("a value is not base64") from None
    if base64.b64encode(octets).decode() != text:
        raise NoteRefused("a value is not base64 in its one form")
    return octets


def _fits(key: Ed25519PublicKey, signature: bytes, text: str) -> bool:
    try:
        key.verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True
