"""Merkle tree hashing of RFC 9162 (section 2.1): leaf and node hashes, roots, proofs and their verification. Pure.

`digest` is the suite's digest of 32 bytes. A perfect subtree is named (height, index): its leaves are
`index << height` up to `(index + 1) << height`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Digest = Callable[[bytes], bytes]
Range = tuple[int, int]  # leaves from (inclusive) to (exclusive)
Subtree = tuple[int, int]  # height, index


def leaf_hash(digest: Digest, content: bytes) -> bytes:
    """Hash of a leaf: 0x00 keeps leaves and nodes apart."""
    return digest(b"\x00" + content)


def node_hash(digest: Digest, left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return digest(b"\x01" + left + right)


def subtrees(start: int, end: int) -> list[Subtree]:
    """The perfect subtrees that make up a range of a proof, from left to right, each smaller than the one before."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append((height, start >> height))
        start += 1 << height
    return found


def fold(digest: Digest, roots: Sequence[bytes]) -> bytes:
    """Root over perfect subtrees from left to right; of no subtree: the digest of nothing."""
    if len(roots) == 0:
        return digest(b"")
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(digest, left, root)
    return root


def perfect(digest: Digest, hashes: Sequence[bytes]) -> bytes:
    """Root over a power of two of hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(digest, level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


@dataclass
class Frontier:
    """The right edge of a growing tree: its size and the roots of its perfect subtrees, the largest first."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def append(self, digest: Digest, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Take in a leaf hash; gives the subtrees that it completed above the leaf: (height, index, hash)."""
        completed = []
        height, index, root = 0, self.size, leaf
        while index & 1:
            root = node_hash(digest, self.roots.pop(), root)
            height, index = height + 1, index >> 1
            completed.append((height, index, root))
        self.roots.append(root)
        self.size += 1
        return completed

    def root(self, digest: Digest) -> bytes:
        """Root of the tree as it stands."""
        return fold(digest, self.roots)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Ranges whose roots prove that leaf `index` is in the tree of `size` (RFC 9162, 2.1.3.1), from leaf to root."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if index < split:
            path.append((split, end))
            end = split
        else:
            path.append((start, split))
            start = split
    return path[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """Ranges whose roots prove that the tree of `first` leaves is the beginning of that of `second` (2.1.4.1)."""
    if not 0 < first <= second:
        raise ValueError(f"no consistency proof from {first} to {second}")
    path: list[Range] = []
    start, end, whole = 0, second, True
    while first != end:
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if first <= split:
            path.append((split, end))
            end = split
        else:
            path.append((start, split))
            start, whole = split, False
    if not whole:
        path.append((start, end))
    return path[::-1]


def verify_inclusion(digest: Digest, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf hash to the root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(digest, step, found)
            while not place & 1 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(digest, found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    digest: Digest, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the tree of `first` is the beginning of that of `second` (2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return len(proof) == 0 and first_root == second_root
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if len(path) == 0:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(digest, step, old), node_hash(digest, step, new)
            while not place & 1 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(digest, new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
