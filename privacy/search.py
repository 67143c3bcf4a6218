"""Searching bytes for what must not be there: raw, encoded, and packed in the ways that software stores values."""

import base64
import binascii
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cardservice.credential import base45
from cardservice.credential.reasons import CredentialError

MAX_UNPACKED = 4_000_000
MAX_LAYERS = 3
_ZLIB_START = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{24,}")
_HEX_RUN = re.compile(rb"(?:[0-9a-fA-F]{2}){24,}")
# A base45 text that starts with one of the four zlib headers: what a QR holds.
_BASE45_ZLIB = re.compile(rb"(?:NCF|6BF|V7F|Y9F)[0-9A-Z $%*+\-./:]{30,}")


@dataclass(frozen=True)
class Needle:
    """Something looked for. `label` says what it is without saying it ("resident 7, name")."""

    label: str
    octets: bytes


@dataclass(frozen=True)
class Hit:
    """A needle that was found: where, and in which encoding ("raw", "utf-16le", "zlib > raw")."""

    path: Path
    label: str
    encoding: str


def text_needles(label: str, text: str) -> list[Needle]:
    """The needles of a text: composed and decomposed, as written and in capitals."""
    forms = {unicodedata.normalize(form, case) for form in ("NFC", "NFD") for case in (text, text.upper())}
    return [Needle(label=label, octets=form.encode()) for form in sorted(forms)]


def search(places: Iterable[Path], needles: list[Needle]) -> list[Hit]:
    """All hits in the files at and below `places`, names of files included. Raises OSError for an unreadable file."""
    wanted = [(variant, needle.label, encoding) for needle in needles for encoding, variant in _variants(needle.octets)]
    hits: dict[tuple[Path, str, str], Hit] = {}
    for path in _files(places):
        for layers, content in _layers(str(path).encode() + b"\n" + (path.read_bytes() if path.is_file() else b"")):
            for variant, label, encoding in wanted:
                if variant in content:
                    hit = Hit(path=path, label=label, encoding=" > ".join((*layers, encoding)))
                    hits[path, label, hit.encoding] = hit
    return list(hits.values())


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        yield place
        if place.is_dir():
            yield from sorted(place.rglob("*"))


def _variants(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """The ways a value is written without being packed."""
    yield "raw", octets
    yield "hex", octets.hex().encode()
    yield "hex", octets.hex().upper().encode()
    for shift in range(3):
        # Inside a longer base64 text the value stands at one of three alignments; the edges depend on its neighbours.
        inner = base64.b64encode(bytes(shift) + octets)[(shift * 8 + 5) // 6 : len(octets) * 8 // 6]
        yield "base64", inner
        yield "base64", inner.replace(b"+", b"-").replace(b"/", b"_")
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return
    yield "utf-16le", text.encode("utf-16-le")
    yield "utf-16be", text.encode("utf-16-be")
    if not text.isascii() or " " in text:
        yield "percent", quote(text).encode()
        yield "percent", quote(text).replace("%20", "+").encode()
    if not text.isascii():
        yield "escaped", json.dumps(text)[1:-1].encode()
        yield "escaped", text.encode("ascii", "backslashreplace")


def _layers(content: bytes, layers: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """The content, and whatever can be unpacked out of it, layer by layer."""
    yield layers, content
    if len(layers) >= MAX_LAYERS:
        return
    for name, unpacked in _unpacked(content):
        yield from _layers(unpacked, (*layers, name))


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    for start in _ZLIB_START.finditer(content):
        stream = zlib.decompressobj(wbits=47)
        try:
            inflated = stream.decompress(content[start.start() :], MAX_UNPACKED)
        except zlib.error:
            continue
        if inflated:
            yield "zlib", inflated
    for run in _BASE64_RUN.finditer(content):
        for shift in range(4):
            part = run[0][shift:].replace(b"-", b"+").replace(b"_", b"/")
            decoded = binascii.a2b_base64(part[: len(part) // 4 * 4])
            if _ZLIB_START.search(decoded):
                yield "base64", decoded
    for run in _HEX_RUN.finditer(content):
        decoded = bytes.fromhex(run[0].decode())
        if _ZLIB_START.search(decoded):
            yield "hex", decoded
    for run in _BASE45_ZLIB.finditer(content):
        yield "base45", _base45_prefix(run[0].decode())


def _base45_prefix(text: str) -> bytes:
    """What the text decodes to, up to the first three characters that are no base45: what follows is something else."""
    octets = b""
    for start in range(0, len(text) - 2, 3):
        try:
            octets += base45.decode(text[start : start + 3])
        except CredentialError:
            break
    return octets
