"""Reading the whole log again before anything is appended: does it still end in every checkpoint ever signed?"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from privacy import checkpoint, leaf
from privacy.checkpoint import NoteRefused
from privacy.checkpoint_files import ALL, NEWEST
from privacy.leaf import Line
from privacy.merkle import GrowingTree, leaf_hash
from privacy.models import Checkpoint, Entry

COLUMNS = ("number", "nonce", "leaf_hash", "actor", "district", "action", "purpose", "week", "count")
CHUNK = 5_000


class LogDamaged(Exception):
    """Entries are not what was signed; nothing may be appended, since a checkpoint would make it look right.

    `code` is entry_altered, entries_missing, checkpoint_altered or log_forked; `number` the entry where it shows.
    """

    def __init__(self, code: str, number: int) -> None:
        super().__init__(f"{code} at entry {number}")
        self.code = code
        self.number = number


def checked_tree(*, origin: str, trusted: tuple[Ed25519PublicKey, ...], published: Path) -> GrowingTree:
    """The tree over all entries, after comparing it with the checkpoints of the database and the last published one.

    Raises LogDamaged.
    """
    signed = _signed_roots(origin=origin, trusted=trusted, published=published)
    tree = GrowingTree()
    for number, nonce, stored, *fields in (
        Entry.objects.order_by("number").values_list(*COLUMNS).iterator(chunk_size=CHUNK)
    ):
        if number != tree.size:
            raise LogDamaged("entries_missing", tree.size)
        hashed = _leaf_hash(bytes(nonce), *fields)
        if hashed is None or hashed != bytes(stored):
            raise LogDamaged("entry_altered", number)
        tree.append(hashed)
        if tree.size in signed and signed[tree.size] != tree.root():
            raise LogDamaged("log_forked", tree.size)
    last = max(signed, default=tree.size)
    if tree.size < last:
        raise LogDamaged("entries_missing", tree.size)
    if tree.size > last:
        raise LogDamaged("entry_altered", last)
    return tree


def _leaf_hash(nonce, actor, district, action, purpose, week, count) -> bytes | None:  # type: ignore[no-untyped-def]
    try:
        line = None if week is None else Line(actor, district, action, purpose, week, count)
    except ValueError:
        return None
    return leaf_hash(leaf.encode(line, nonce=nonce))


def _signed_roots(*, origin: str, trusted: tuple[Ed25519PublicKey, ...], published: Path) -> dict[int, bytes]:
    """The signed root at each size. Raises LogDamaged."""
    roots: dict[int, bytes] = {}
    for size, signed in Checkpoint.objects.order_by("size").values_list("size", "signed"):
        head = _opened(bytes(signed), origin=origin, trusted=trusted)
        if head is None or head.size != size:
            raise LogDamaged("checkpoint_altered", size)
        roots[size] = head.root
    for path in (*(published / ALL).glob("[0-9]*"), *published.glob(NEWEST)):
        head = _opened(path.read_bytes(), origin=origin, trusted=trusted)
        if head is None:
            raise LogDamaged("checkpoint_altered", max(roots, default=0))
        if head.size not in roots:
            raise LogDamaged("entries_missing", max(roots, default=0))
        if roots[head.size] != head.root:
            raise LogDamaged("log_forked", head.size)
    return roots


def _opened(note: bytes, *, origin: str, trusted: tuple[Ed25519PublicKey, ...]) -> checkpoint.Checkpoint | None:
    for key in trusted:
        try:
            return checkpoint.opened(note, key=key, origin=origin)
        except NoteRefused:
            continue
    return None
