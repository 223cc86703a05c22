"""RFC 9162 hashing against the standard's own test tree and against a definition that reads like the standard."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinshu.ledger.tree import (
    Frontier,
    consistency_ranges,
    fold,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    perfect,
    subtrees,
    verify_consistency,
    verify_inclusion,
)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 9162, 2.1.1, defines it."""
    if len(leaves) == 0:
        return sha256(b"")
    if len(leaves) == 1:
        return leaf_hash(sha256, leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(sha256, defined_root(leaves[:split]), defined_root(leaves[split:]))


def of_range(leaves: list[bytes], start: int, end: int) -> bytes:
    """Root of a range by the subtrees that make it up."""
    hashes = [leaf_hash(sha256, one) for one in leaves]
    return fold(sha256, [perfect(sha256, hashes[i << h : (i + 1) << h]) for h, i in subtrees(start, end)])


# The leaves and roots of the Certificate Transparency reference tests (RFC 6962, whose hashing RFC 9162 keeps).
LEAVES = [bytes.fromhex(x) for x in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", sorted(ROOTS))
def test_known_roots(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(sha256, leaf_hash(sha256, leaf))
    assert frontier.root(sha256).hex() == ROOTS[size]
    assert frontier.size == size


@settings(deadline=None)
@given(st.integers(0, 70))
def test_a_growing_tree_has_the_defined_root(size: int) -> None:
    leaves = [bytes([number]) * 3 for number in range(size)]
    frontier, completed = Frontier(), {}
    for leaf in leaves:
        completed |= {(h, i): root for h, i, root in frontier.append(sha256, leaf_hash(sha256, leaf))}
    assert frontier.root(sha256) == defined_root(leaves)
    for (height, index), root in completed.items():
        assert root == defined_root(leaves[index << height : (index + 1) << height])


@settings(deadline=None)
@given(st.integers(1, 70), st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    leaves = [bytes([number]) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = [of_range(leaves, *one) for one in inclusion_ranges(index, size)]
    root, leaf = defined_root(leaves), leaf_hash(sha256, leaves[index])
    assert verify_inclusion(sha256, leaf, index, size, proof, root)
    assert not verify_inclusion(sha256, sha256(b"other"), index, size, proof, root)
    assert not verify_inclusion(sha256, leaf, index, size, proof, sha256(b"other"))
    assert not verify_inclusion(sha256, leaf, index, size, [*proof, root], root)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
        assert not verify_inclusion(sha256, leaf, other, size, proof, root)
        assert not verify_inclusion(sha256, leaf, index, size, proof[:-1], root)


@settings(deadline=None)
@given(st.integers(1, 70), st.data())
def test_consistency(second: int, data: st.DataObject) -> None:
    leaves = [bytes([number]) for number in range(second)]
    first = data.draw(st.integers(1, second))
    proof = [of_range(leaves, *one) for one in consistency_ranges(first, second)]
    before, after = defined_root(leaves[:first]), defined_root(leaves)
    assert verify_consistency(sha256, first, second, before, after, proof)
    changed = defined_root([b"changed", *leaves[1:first]])
    assert not verify_consistency(sha256, first, second, changed, after, proof)
    if first < second:
        assert not verify_consistency(sha256, first, second, before, before, proof)
        assert not verify_consistency(sha256, first, second, before, after, proof[:-1])
        assert not verify_consistency(sha256, first, second, before, after, [*proof, after])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_ranges(index, size)
    assert not verify_inclusion(sha256, b"", index, size, [], b"")


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 0)])
def test_no_consistency_backwards(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_ranges(first, second)
    assert not verify_consistency(sha256, first, second, b"", b"", [])
