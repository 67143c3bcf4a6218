"""Merkle trees and their proofs, against published vectors and a slow implementation written down from the RFC."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.merkle import (
    EMPTY_ROOT,
    GrowingTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# Leaves, roots and proofs that the Certificate Transparency projects have published and tested against since RFC 6962.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
SIZES = st.integers(1, 70)


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(bytes([number])) for number in range(count)]


def mth(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, word by word, over hashes of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.3.1, word by word."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def flipped(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 1]) + octets[1:]


@pytest.mark.parametrize("size", range(9))
def test_it_gives_the_published_roots(size):
    leaves = [leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert root_of(leaves).hex() == ROOTS[size]
    assert GrowingTree(leaves).root().hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_it_gives_and_takes_the_published_inclusion_proofs(index, size, proof):
    leaves = [leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert [node.hex() for node in inclusion_proof(leaves, index)] == proof
    steps, root = [bytes.fromhex(node) for node in proof], bytes.fromhex(ROOTS[size])
    assert verify_inclusion(leaf=leaves[index], index=index, size=size, proof=steps, root=root)


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_it_gives_and_takes_the_published_consistency_proofs(first, second, proof):
    leaves = [leaf_hash(leaf) for leaf in LEAVES[:second]]
    assert [node.hex() for node in consistency_proof(leaves, first)] == proof
    assert verify_consistency(
        first=first,
        second=second,
        first_root=bytes.fromhex(ROOTS[first]),
        second_root=bytes.fromhex(ROOTS[second]),
        proof=[bytes.fromhex(node) for node in proof],
    )


@given(size=SIZES, data=st.data())
def test_roots_and_paths_are_those_of_the_slow_implementation(size, data):
    leaves, index = hashes(size), data.draw(st.integers(0, size - 1))
    assert root_of(leaves) == GrowingTree(leaves).root() == mth(leaves)
    assert inclusion_proof(leaves, index) == path(index, leaves)


@given(size=SIZES, data=st.data())
def test_an_inclusion_proof_fits_its_own_leaf_place_size_and_root_only(size, data):
    leaves, index = hashes(size), data.draw(st.integers(0, size - 1))
    good = {"leaf": leaves[index], "index": index, "size": size, "proof": path(index, leaves), "root": mth(leaves)}
    assert verify_inclusion(**good)
    steps = good["proof"]
    wrong = [
        {"leaf": flipped(leaves[index])},
        {"root": flipped(good["root"])},
        {"proof": [*steps, leaves[0]]},
        {"index": size},
        {"index": -1},
        {"size": 0},
        *({"index": other} for other in range(size) if other != index),
        *({"proof": [*steps[:at], flipped(step), *steps[at + 1 :]]} for at, step in enumerate(steps)),
        *({"proof": [*steps[:at], *steps[at + 1 :]]} for at in range(len(steps))),
    ]
    for change in wrong:
        assert not verify_inclusion(**(good | change)), change


@given(second=SIZES, data=st.data())
def test_a_consistency_proof_fits_its_own_two_trees_only(second, data):
    leaves, first = hashes(second), data.draw(st.integers(1, second))
    steps = consistency_proof(leaves, first)
    good = {
        "first": first,
        "second": second,
        "first_root": mth(leaves[:first]),
        "second_root": mth(leaves),
        "proof": steps,
    }
    assert verify_consistency(**good)
    wrong = [
        {"first_root": flipped(good["first_root"])},
        {"second_root": flipped(good["second_root"])},
        {"proof": [*steps, leaves[0]]},
        {"first": second + 1},
        {"first": 0},
        *({"proof": [*steps[:at], flipped(step), *steps[at + 1 :]]} for at, step in enumerate(steps)),
        *({"proof": [*steps[:at], *steps[at + 1 :]]} for at in range(len(steps))),
    ]
    for change in wrong:
        assert not verify_consistency(**(good | change)), change


@given(second=st.integers(2, 70), data=st.data())
def test_no_proof_joins_a_tree_with_one_that_begins_otherwise(second, data):
    first = data.draw(st.integers(1, second - 1))
    changed = data.draw(st.integers(0, first - 1))
    old, new = hashes(second), hashes(second)
    new[changed] = flipped(new[changed])
    assert not verify_consistency(
        first=first,
        second=second,
        first_root=mth(old[:first]),
        second_root=mth(new),
        proof=consistency_proof(new, first),
    )


def test_an_empty_tree_has_the_hash_of_nothing_and_no_proofs():
    assert root_of([]) == GrowingTree().root() == EMPTY_ROOT
    with pytest.raises(IndexError):
        inclusion_proof([], 0)
    with pytest.raises(IndexError):
        consistency_proof(hashes(3), 0)
    with pytest.raises(IndexError):
        consistency_proof(hashes(3), 4)
