"""A Merkle tree as in RFC 6962, section 2.1: sha256, a leaf under 0x00, a node under 0x01.

The tree grows only at its end, so the root at any earlier size can still be told, and two proofs are short: that a
leaf is in the tree, and that one tree is the beginning of another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without a leaf."""


def leaf(data: bytes) -> bytes:
    """The hash of a leaf that holds *data*."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of what stands above *left* and *right*."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree over the hashes of *leaves*, in their order; every subtree that is full is hashed once."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._full = [list(leaves)]
        while len(self._full[-1]) > 1:
            below = self._full[-1]
            pairs = zip(below[::2], below[1::2], strict=False)  # an odd one waits for its neighbour
            self._full.append([node(left, right) for left, right in pairs])

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._full[0])

    def root(self, size: int | None = None) -> bytes:
        """The root of the first *size* leaves, all without it."""
        end = self._size(size)
        return self._over(0, end) if end else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that the leaf at *index*, from 0, is in the tree of *size*: its neighbours, from below."""
        end = self._size(size)
        if not 0 <= index < end:
            raise ValueError(f"a tree of {end} has no leaf {index}")
        proof, start = [], 0
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._over(middle, end))
                end = middle
            else:
                proof.append(self._over(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the tree of *old* is the beginning of the one of *size*; *old* is at least 1."""
        end = self._size(size)
        if not 1 <= old <= end:
            raise ValueError(f"a tree of {end} does not begin with one of {old}")
        proof, start, whole = [], 0, True
        while end != old:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._over(middle, end))
                end = middle
            else:
                proof.append(self._over(start, middle))
                start, whole = middle, False
        if not whole:
            proof.append(self._over(start, end))
        return proof[::-1]

    def _size(self, size: int | None) -> int:
        if size is not None and not 0 <= size <= self.size:
            raise ValueError(f"the tree has {self.size} leaves, not {size}")
        return self.size if size is None else size

    def _over(self, start: int, end: int) -> bytes:
        """The hash above the leaves from *start* to before *end*; *start* is where a subtree can begin."""
        size = end - start
        height = size.bit_length() - 1
        if size == 1 << height:
            return self._full[height][start >> height]
        middle = start + _split(size)
        return node(self._over(start, middle), self._over(middle, end))


def _split(size: int) -> int:
    """The largest power of two below *size*."""
    return int(1 << ((size - 1).bit_length() - 1))


def root_from_inclusion(hashed: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that follows from a leaf's hash and its *proof*; None when the proof fits no such leaf.

    As RFC 9162 has it in section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, hashed
    for step in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, step)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether *proof* shows that the tree of *old* leaves is the beginning of the one of *size*.

    As RFC 9162 has it in section 2.1.4.2.
    """
    if not 1 <= old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node(step, before), node(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, root)
