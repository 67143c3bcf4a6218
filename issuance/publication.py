"""Publishing: the signed public documents that readers of all other compartments fetch."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cardservice.credential import keyset
from cardservice.credential.keyset import KeySet
from cardservice.credential.keysetviews import jwks, readable
from cardservice.files import write_atomically
from issuance.models import StatusList
from issuance.signer.client import Signer

FORMER_SETS = "former-sets.cbor"
"""The last key set of each root that another one followed; lies beside the key set, and is published beside it."""

COMMITMENTS = "commitments"
"""Directory of the signed commitment lists of compromised keys; lies beside the key set too."""

TICK = 300
"""Seconds between publications, whether or not anything changed: one at each event would time a person's act."""


@dataclass(frozen=True)
class PublishedList:
    """What was published of one status list: bytes of the CWT, entries set (decoys included), time of signing."""

    uri: str
    bytes: int
    set: int
    issued_at: int


@dataclass(frozen=True)
class Publication:
    """What one publication wrote."""

    key_set_seq: int
    lists: tuple[PublishedList, ...]


def publish(*, directory: Path, key_set_file: Path, issuer: str, signer: Signer) -> Publication:
    """Signs every status list anew and writes it, with the key set, into `directory`; one publication at a time.

    Raises SignerUnavailable, SignerRefused, OSError, and CredentialError when the file is no key set; what was
    published before stays whole.
    """
    (directory / "s").mkdir(parents=True, exist_ok=True)
    with alone_in(directory):
        for unfinished in directory.rglob(".*.new"):
            # Of a publisher that was killed while it wrote: superseded lists are not kept.
            unfinished.unlink()
        _publish_commitments(directory / COMMITMENTS, key_set_file.with_name(COMMITMENTS))
        former = key_set_file.with_name(FORMER_SETS)
        key_set = _publish_key_set(
            directory, key_set_file.read_bytes(), former=former.read_bytes() if former.exists() else None
        )
        lists = []
        for number in StatusList.objects.order_by("number").values_list("number", flat=True):
            signed = signer.sign_list(number=number)
            write_atomically(directory / "s" / f"{number}.jwt", signed.jwt)
            write_atomically(directory / "s" / f"{number}.cwt", signed.cwt)
            lists.append(
                PublishedList(
                    uri=f"{issuer}/s/{number}", bytes=len(signed.cwt), set=signed.set_bits, issued_at=signed.iat
                )
            )
    return Publication(key_set_seq=key_set.seq, lists=tuple(lists))


def _publish_commitments(directory: Path, lists: Path) -> None:
    """Before the key set that announces them: no reader need be unsure for a tick."""
    for signed in sorted(lists.glob("*.cose")):
        directory.mkdir(exist_ok=True)
        write_atomically(directory / signed.name, signed.read_bytes())


def _publish_key_set(directory: Path, octets: bytes, *, former: bytes | None) -> KeySet:
    """Copies the root-signed set beside renderings for people and for JOSE libraries, which nobody's trust rests on.

    The sets that lead to its root come first: no reader finds the new one without them.
    """
    key_set = keyset.read_unverified(octets)
    if former is not None:
        write_atomically(directory / FORMER_SETS, former)
    write_atomically(directory / "key-set.json", json.dumps(readable(key_set), indent=1).encode())
    write_atomically(directory / "key-set.jwks.json", json.dumps(jwks(key_set)).encode())
    write_atomically(directory / "key-set.cose", octets)
    return key_set


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Holds the publication directory against every other publication."""
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
