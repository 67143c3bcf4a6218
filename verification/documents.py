"""Reading the publication directory and taking from it what the rules of trust accept; no database, no Django."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardservice.credential import cbor, keys
from cardservice.credential.keys import PublicKey
from cardservice.credential.reasons import CredentialError
from verification.trust import (
    FORMER_SETS,
    KEY_SET,
    Seen,
    Trust,
    TrustCode,
    TrustError,
    accept_commitments,
    accept_former_sets,
    accept_key_set,
    accept_status_list,
    payload_digest,
)

MAX_DOCUMENT = 2**20
"""Bytes of the largest file that is read."""

_KEY_SET_FILES = {"former-sets.cbor": FORMER_SETS, "key-set.cose": KEY_SET}
_LIST_FILE = re.compile(r"(0|[1-9][0-9]{0,3})\.cwt")
_COMMITMENTS_FILE = re.compile(r"[0-9a-f]{16}\.cose")


class RootKeyUnreadable(Exception):
    """There is no root public key at the given path; the text says what to do."""


@dataclass(frozen=True)
class Refusal:
    """A document that was not accepted, by name."""

    name: str
    code: TrustCode


@dataclass(frozen=True)
class Stored:
    """A document accepted in an earlier run. `order`: `seq` of the key set, `iat` of a list."""

    octets: bytes
    order: int


@dataclass(frozen=True)
class Taken:
    """The trust after a reading; `newer` holds the bytes of the documents that were newly accepted, by name."""

    trust: Trust
    newer: Mapping[str, bytes]
    refusals: tuple[Refusal, ...]


def read_root(path: Path) -> PublicKey:
    """The root public key (a COSE_Key) that everything else hangs on. Raises RootKeyUnreadable."""
    try:
        parameters = cbor.loads(path.read_bytes())
        if type(parameters) is not dict:
            raise RootKeyUnreadable(f"{path} holds no COSE_Key: put the root public key there again.")
        return keys.from_cose_key(parameters)
    except OSError as error:
        raise RootKeyUnreadable(f"The root public key {path} cannot be read ({error.strerror}).") from None
    except CredentialError:
        raise RootKeyUnreadable(f"{path} holds no COSE_Key: put the root public key there again.") from None


def read_published(directory: Path) -> dict[str, bytes]:
    """The signed documents in `directory`, by name, in the order in which they can be judged; other files are left.

    Raises OSError when the directory itself cannot be read.
    """
    present = {path.name for path in directory.iterdir()}
    found = {file: name for file, name in _KEY_SET_FILES.items() if file in present}
    for number in sorted(int(path.stem) for path in _files(directory / "s", _LIST_FILE)):
        found[f"s/{number}.cwt"] = f"s/{number}"
    for path in _files(directory / "commitments", _COMMITMENTS_FILE):
        found[f"commitments/{path.name}"] = f"commitments/{path.stem}"
    documents = {name: read_limited(directory / file) for file, name in found.items()}
    return {name: octets for name, octets in documents.items() if octets is not None}


def read_limited(path: Path) -> bytes | None:
    """The content of a published file; None when it is missing, unreadable or over 1 MB."""
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_DOCUMENT + 1)
    except OSError:
        return None
    return octets if len(octets) <= MAX_DOCUMENT else None


def take(*, trust: Trust, documents: Mapping[str, bytes], root: PublicKey, now: int | None) -> Taken:
    """Accepts of `documents` what is newer than `trust`; a refused one leaves what was believed in force.

    `now` None: the documents were accepted in an earlier run.
    """
    newer: dict[str, bytes] = {}
    refusals: list[Refusal] = []
    for name, octets in documents.items():
        try:
            after = _accept(trust, name=name, octets=octets, root=root, now=now)
        except TrustError as error:
            refusals.append(Refusal(name, error.code))
            continue
        if after is not trust:
            newer[name] = octets
        trust = after
    return Taken(trust=trust, newer=newer, refusals=tuple(refusals))


def restore(*, trust: Trust, stored: Mapping[str, Stored], root: PublicKey) -> Taken:
    """`trust` as it was before a restart.

    The order of every stored document is remembered even if the document itself is no longer believed: otherwise a
    restart would open the door to older ones.
    """
    for name, document in stored.items():
        try:
            digest = payload_digest(document.octets)
        except TrustError:
            digest = b""
        trust = trust.remembering(name=name, seen=Seen(order=document.order, digest=digest))
    in_order = sorted(stored, key=lambda name: (name != FORMER_SETS, name != KEY_SET))
    return take(trust=trust, documents={name: stored[name].octets for name in in_order}, root=root, now=None)


def load_offline(*, published: Path, root: PublicKey, issuer: str, realm: str, now: int) -> Trust:
    """The trust that the publication directory alone gives: nothing is remembered from earlier readings.

    Raises OSError when the directory cannot be read.
    """
    trust = Trust(issuer=issuer, realm=realm)
    return take(trust=trust, documents=read_published(published), root=root, now=now).trust


def _accept(trust: Trust, *, name: str, octets: bytes, root: PublicKey, now: int | None) -> Trust:
    if name == KEY_SET:
        return accept_key_set(trust=trust, octets=octets, root=root, now=now)
    if name == FORMER_SETS:
        return accept_former_sets(trust=trust, octets=octets, root=root, now=now)
    if name.startswith("s/"):
        return accept_status_list(trust=trust, name=name, octets=octets, now=now)
    return accept_commitments(trust=trust, name=name, octets=octets, now=now)


def _files(directory: Path, pattern: re.Pattern[str]) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if pattern.fullmatch(path.name))
    except OSError:
        return []
