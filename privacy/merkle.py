"""Merkle tree hashing and its proofs (RFC 9162 section 2.1, SHA-256): pure functions over hashes of leaves."""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256().digest()
_sha256 = hashlib.sha256


def leaf_hash(octets: bytes) -> bytes:
    """The hash of one leaf."""
    return _sha256(b"\x00" + octets).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return _sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """A tree that only grows; keeps one hash per complete subtree, so a log of any length fits in a few hundred bytes.

    `size` is the number of leaves.
    """

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in hashes:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Adds the hash of the next leaf."""
        size = self.size
        while size & 1:
            leaf = _sha256(b"\x01" + self._peaks.pop() + leaf).digest()
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root of a whole tree, from the hashes of its leaves."""
    return _levels(hashes)[-1][0] if hashes else EMPTY_ROOT


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The path that shows leaf `index` to be in the tree over `hashes` (section 2.1.3.1). Raises IndexError."""
    if not 0 <= index < len(hashes):
        raise IndexError(index)
    proof = []
    for level in _levels(hashes)[:-1]:
        if (sibling := index ^ 1) < len(level):
            proof.append(level[sibling])
        index >>= 1
    return proof


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the leaf with hash `leaf` is number `index` of `size` leaves (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    last, node = size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = _sha256(b"\x01" + step + node).digest()
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            node = _sha256(b"\x01" + node + step).digest()
        index >>= 1
        last >>= 1
    return last == 0 and node == root


def consistency_proof(hashes: Sequence[bytes], first: int) -> list[bytes]:
    """Shows that the tree over `hashes` begins with the tree over its `first` leaves (section 2.1.4.1).

    Raises IndexError when `first` is not from 1 to the size.
    """
    if not 1 <= first <= len(hashes):
        raise IndexError(first)
    return _subproof(hashes, first, known=True)


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the tree of size `second` begins with that of size `first` (section 2.1.4.2)."""
    if not 1 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    steps = list(proof)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    index, last = first - 1, second - 1
    while index & 1:
        index >>= 1
        last >>= 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            new = node_hash(new, step)
        index >>= 1
        last >>= 1
    return last == 0 and old == first_root and new == second_root


def _levels(hashes: Sequence[bytes]) -> list[Sequence[bytes]]:
    """The tree from its leaves up; a node without a neighbour stands in the next level unchanged."""
    levels = [hashes]
    while len(level := levels[-1]) > 1:
        above = [_sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        if len(level) & 1:
            above.append(level[-1])
        levels.append(above)
    return levels


def _subproof(hashes: Sequence[bytes], first: int, *, known: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.4.1; `known` while the old tree's root itself is the node at hand."""
    if first == len(hashes):
        return [] if known else [root_of(hashes)]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if first <= split:
        return [*_subproof(hashes[:split], first, known=known), root_of(hashes[split:])]
    return [*_subproof(hashes[split:], first - split, known=False), root_of(hashes[:split])]
