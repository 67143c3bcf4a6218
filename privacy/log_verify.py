"""Checks an exported action log without any server: `python log_verify.py FILE --root ROOT [--since CHECKPOINT]`.

Standard library and `cryptography` only, and nothing else of this project, so that an auditor can read this one file
and run a copy of it anywhere. Formats: SPEC.md beside it. Exit code 0: all is well; 1: it is not; 2: bad usage.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

FORMAT = "cardservice action log/1"
KEY_SET_TYPE = "application/cardservice-key-set+cbor"
FIELDS = ("actor", "district", "action", "purpose", "week", "count")
_SIGNED_LINE = "\u2014 "


class Wrong(Exception):
    """What is wrong with the bundle, in one sentence."""


@dataclass(frozen=True)
class Head:
    """A checkpoint: the log of this origin has this root at this size."""

    origin: str
    size: int
    root: bytes


@dataclass
class Report:
    """What the bundle holds and what is wrong with it; all is well when `problems` is empty."""

    origin: str = ""
    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    lines: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": not self.problems,
            "origin": self.origin,
            "size": self.size,
            "root": base64.b64encode(self.root).decode(),
            "checkpoints": self.checkpoints,
            "lines": self.lines,
            "findings": self.findings,
            "problems": self.problems,
        }


def verify(lines: Iterable[bytes], *, root_key: bytes, since: Iterable[bytes] = ()) -> Report:
    """Recomputes everything in a bundle, believing only the root's public key (a COSE_Key).

    `since`: signed checkpoints that somebody kept from earlier; the log must have grown out of each.
    """
    report = Report()
    try:
        _verify(iter(lines), root_key, list(since), report)
    except Wrong as wrong:
        report.problems.append(str(wrong))
    return report


def _verify(lines: Iterator[bytes], root_key: bytes, since: list[bytes], report: Report) -> None:
    header = _header(next(lines, b""))
    keys = _log_keys(base64.b64decode(header["key_set"]), root_key)
    heads = [_opened(note.encode(), header["origin"], keys) for note in header["checkpoints"]]
    if not heads:
        raise Wrong("The bundle holds no checkpoint: nothing in it is signed.")
    if [head.size for head in heads] != sorted({head.size for head in heads}):
        raise Wrong("The checkpoints do not stand in the order of their sizes: the header was changed.")
    report.origin, report.checkpoints = header["origin"], len(heads)
    expected = {head.size: head.root for head in heads}
    roots = {0: hashlib.sha256().digest()}
    kept = [_kept(number, note, header["origin"], keys) for number, note in enumerate(since, start=1)]
    wanted = expected.keys() | {head.size for head in kept}
    tree, signed_up_to = _Tree(), 0
    for hashed, said in _entries(lines):
        tree.append(hashed)
        if said:
            report.lines += 1
            if said[2] == "finding":
                report.findings[said[3]] = report.findings.get(said[3], 0) + said[5]
        if tree.size in wanted:
            roots[tree.size] = tree.root()
            if tree.size in expected:
                _compare(signed_up_to, tree.size, roots[tree.size], expected[tree.size])
                signed_up_to = tree.size
    report.size, report.root = tree.size, tree.root()
    _check_end(tree.size, heads[-1].size)
    for number, head in enumerate(kept, start=1):
        _check_kept(number, head, tree.size, roots)


def _compare(before: int, size: int, root: bytes, signed: bytes) -> None:
    if root != signed:
        raise Wrong(
            f"Entries {before} to {size - 1} are not those that the checkpoint of size {size} was signed over:"
            " at least one was changed, removed, added or moved."
        )


def _check_end(size: int, signed: int) -> None:
    if size < signed:
        raise Wrong(f"Entries {size} to {signed - 1} are missing: the last checkpoint was signed over {signed}.")
    if size > signed:
        raise Wrong(f"Entries from {signed} on were added: no checkpoint is signed over them.")


def _check_kept(number: int, head: Head, size: int, roots: dict[int, bytes]) -> None:
    if head.size > size:
        raise Wrong(
            f"The log was cut off: kept checkpoint {number} is of {head.size} entries, and the bundle holds {size}."
        )
    if roots[head.size] != head.root:
        raise Wrong(
            f"The log was forked: kept checkpoint {number} of size {head.size} is signed over other entries than the"
            " first of this bundle."
        )


def _header(line: bytes) -> dict[str, Any]:
    values = _json(line, "The first line")
    kinds = {"format": str, "origin": str, "key_set": str, "checkpoints": list}
    if values.keys() != kinds.keys() or any(type(values[name]) is not kind for name, kind in kinds.items()):
        raise Wrong("The first line is no header of an exported action log.")
    if values["format"] != FORMAT:
        raise Wrong(f"The bundle is not of the format {FORMAT!r}: use the verifier of its version.")
    if not all(type(note) is str for note in values["checkpoints"]) or not _is_base64(values["key_set"]):
        raise Wrong("The header holds something that is no key set or no checkpoint.")
    return values


def _json(line: bytes, name: str) -> dict[str, Any]:
    """One JSON object in its one form, so that every reader of the file reads the same."""
    try:
        values = json.loads(line)
        same = json.dumps(values, separators=(",", ":")).encode() + b"\n" == line
    except (ValueError, RecursionError):
        raise Wrong(f"{name} is no JSON: the file is damaged or cut off.") from None
    if not same or type(values) is not dict:
        raise Wrong(f"{name} is not written in its one form: the file was changed.")
    return values


_NONCE_AT = len('{"nonce":"')
_NONCE_END = _NONCE_AT + 32


def _entries(lines: Iterator[bytes]) -> Iterator[tuple[bytes, "_Said | None"]]:
    """Hash of each leaf, and what it says: None for padding."""
    # Thousands of entries differ in nothing but their nonce, so what follows it is read once.
    known: dict[bytes, tuple[bytes, bytes, _Said | None]] = {}
    for number, line in enumerate(lines):
        rest = line[_NONCE_END:]
        if rest not in known:
            known[rest] = _read(line, number)
        before, after, said = known[rest]
        try:
            nonce = bytes.fromhex(line[_NONCE_AT:_NONCE_END].decode())
        except ValueError:
            nonce = b""
        if len(nonce) != 16 or b'{"nonce":"' + nonce.hex().encode() + rest != line:
            raise Wrong(f"Entry {number} is no entry of an action log.")
        yield hashlib.sha256(before + nonce + after).digest(), said


_Said = tuple[str, str, str, str, str, int]


def _read(line: bytes, number: int) -> tuple[bytes, bytes, _Said | None]:
    """Leaf before and after the nonce (deterministic CBOR behind the zero byte of RFC 9162), and what it says."""
    values = _json(line, f"Entry {number}")
    if tuple(values) == ("nonce",):
        return b"\x00\xa2\x00\x01\x01\x50", b"", None
    said = tuple(values[name] for name in FIELDS if name in values)
    if tuple(values) != ("nonce", *FIELDS) or [type(value) for value in said] != [str] * 5 + [int]:
        raise Wrong(f"Entry {number} is no entry of an action log.")
    pairs = b"".join(bytes([key]) + _cbor(value) for key, value in enumerate(said, start=2))
    return b"\x00\xa8\x00\x01\x01\x50", pairs, said  # type: ignore[return-value]


def _cbor(value: str | int) -> bytes:
    if isinstance(value, int):
        if not 0 < value < 2**31:
            raise Wrong("An entry has an impossible count: the file was changed.")
        return _cbor_head(0, value)
    try:
        octets = value.encode()
    except UnicodeEncodeError:
        raise Wrong("An entry holds half a character: the file was changed.") from None
    return _cbor_head(3, len(octets)) + octets


def _cbor_head(major: int, amount: int) -> bytes:
    if amount < 24:
        return bytes([major << 5 | amount])
    width = 1 if amount < 2**8 else 2 if amount < 2**16 else 4 if amount < 2**32 else 8
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + amount.to_bytes(width, "big")


class _Tree:
    """A Merkle tree that only grows (RFC 9162 section 2.1)."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, node: bytes) -> None:
        size = self.size
        while size & 1:
            node = hashlib.sha256(b"\x01" + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256().digest()
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            root = hashlib.sha256(b"\x01" + peak + root).digest()
        return root


def _kept(number: int, note: bytes, origin: str, keys: list[ed25519.Ed25519PublicKey]) -> Head:
    try:
        return _opened(note, origin, keys)
    except Wrong as wrong:
        raise Wrong(f"Kept checkpoint {number} cannot be used: {wrong}") from None


def _opened(note: bytes, origin: str, keys: list[ed25519.Ed25519PublicKey]) -> Head:
    """A signed checkpoint of this log (C2SP signed-note and tlog-checkpoint)."""
    try:
        text, _, signatures = note.decode().rpartition("\n\n")
        name, size, root = text.split("\n")
        head = Head(origin=name, size=int(size), root=base64.b64decode(root, validate=True))
    except ValueError:
        raise Wrong("A checkpoint is no signed note of three lines.") from None
    if f"{head.origin}\n{head.size}\n{base64.b64encode(head.root).decode()}" != text or head.size < 0:
        raise Wrong("A checkpoint is not written in its one form.")
    if head.origin != origin:
        raise Wrong(f"A checkpoint is of another log ({head.origin!r}, not {origin!r}).")
    if not any(_signed(key, origin, f"{text}\n", signatures.split("\n")) for key in keys):
        raise Wrong(f"The checkpoint of size {head.size} is not signed by a log key of the key set.")
    return head


def _signed(key: ed25519.Ed25519PublicKey, name: str, text: str, signatures: list[str]) -> bool:
    raw = key.public_bytes_raw()
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + raw).digest()[:4]
    for line in signatures:
        start, _, value = line.rpartition(" ")
        if start != _SIGNED_LINE + name or not _is_base64(value):
            continue
        octets = base64.b64decode(value)
        if octets[:4] == key_id:
            try:
                key.verify(octets[4:], text.encode())
            except InvalidSignature:
                return False
            return True
    return False


def _is_base64(text: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def _log_keys(key_set: bytes, root_key: bytes) -> list[ed25519.Ed25519PublicKey]:
    """The log keys of the key set, after checking that the root signed it (COSE_Sign1, RFC 9052)."""
    if key_set[:1] != b"\xd2":
        raise Wrong("The key set is no COSE_Sign1.")
    try:
        protected, unprotected, payload, signature = _decoded(key_set[1:])
        header, values, root = _decoded(protected), _decoded(payload), _decoded(root_key)
        right = not unprotected and header[16] == KEY_SET_TYPE and header[1] == root[3]
        # -65602: keys of the set; -65610: use; -65614: state (cardservice/credential/SPEC.md).
        entries = [key for key in values[-65602] if key[-65610] == "log" and key[-65614] != "compromised"]
        points = [key[-2] for key in entries if (key[1], key[3], key[-1]) == (1, -8, 6)]
        message = b"\x84\x6aSignature1" + _bytes(protected) + b"\x40" + _bytes(payload)
        if not right or not _root_signed(root, signature, message):
            raise Wrong("The key set is not signed by the given root: this log is not by who it says.")
        log_keys = [ed25519.Ed25519PublicKey.from_public_bytes(point) for point in points]
    except (ValueError, KeyError, TypeError, IndexError):
        raise Wrong("The key set or the root key cannot be read.") from None
    if not log_keys:
        raise Wrong("The key set holds no log key that is still believed.")
    return log_keys


def _root_signed(root: dict[int, Any], signature: bytes, message: bytes) -> bool:
    try:
        if root[3] == -8:
            ed25519.Ed25519PublicKey.from_public_bytes(root[-2]).verify(signature, message)
        else:
            x, y = int.from_bytes(root[-2], "big"), int.from_bytes(root[-3], "big")
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
            public.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return len(signature) == 64


def _bytes(octets: bytes) -> bytes:
    return _cbor_head(2, len(octets)) + octets


def _decoded(octets: bytes) -> Any:
    """Definite CBOR of integers, byte strings, text, arrays and maps. Raises ValueError."""
    value, end = _item(octets, 0, 8)
    if end != len(octets):
        raise ValueError("trailing bytes")
    return value


def _item(octets: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth == 0 or at >= len(octets):
        raise ValueError("too deep or cut off")
    major, amount, at = octets[at] >> 5, octets[at] & 31, at + 1
    if amount > 27 or major > 5:
        raise ValueError("indefinite or unknown")
    if amount > 23:
        width = 1 << amount - 24
        amount, at = int.from_bytes(octets[at : at + width], "big"), at + width
    if major < 2:
        return (amount if major == 0 else -1 - amount), at
    if amount > len(octets):
        raise ValueError("cut off")
    if major < 4:
        part = octets[at : at + amount]
        if len(part) != amount:
            raise ValueError("cut off")
        return (part if major == 2 else part.decode()), at + amount
    items = []
    for _ in range(amount if major == 4 else 2 * amount):
        value, at = _item(octets, at, depth - 1)
        items.append(value)
    return (items if major == 4 else dict(zip(items[::2], items[1::2], strict=True))), at


def main(arguments: list[str] | None = None) -> int:
    """The program. Prints the report; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(description="Check an exported action log offline.")
    parser.add_argument("file", type=Path, help="the export")
    parser.add_argument("--root", type=Path, required=True, help="public key of the root (root-public.cose)")
    parser.add_argument("--since", type=Path, action="append", default=[], help="a checkpoint kept from earlier")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    try:
        root_key, since = given.root.read_bytes(), [path.read_bytes() for path in given.since]
        with given.file.open("rb") as lines:
            report = verify(lines, root_key=root_key, since=since)
    except OSError as error:
        print(f"{error.filename} cannot be read ({error.strerror}).", file=sys.stderr)
        return 2
    print(json.dumps(report.as_json()) if given.json else _in_words(report))
    return 1 if report.problems else 0


def _in_words(report: Report) -> str:
    if report.problems:
        return "\n".join(["NOT INTACT", *report.problems])
    found = ", ".join(f"{name} {count}" for name, count in sorted(report.findings.items())) or "none"
    return (
        f"Intact: {report.size} entries of {report.origin}, {report.lines} of them lines, under {report.checkpoints}"
        f" signed checkpoints.\nroot {base64.b64encode(report.root).decode()}\nfindings of the archivist: {found}"
    )


if __name__ == "__main__":
    sys.exit(main())
