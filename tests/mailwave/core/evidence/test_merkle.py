"""The Merkle tree of RFC 6962, held to published roots, to the RFC's own definition, and to another implementation."""

from __future__ import annotations

import aics_tlog
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.evidence.merkle import EMPTY, Tree, is_consistent, leaf, node, root_from_inclusion

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The roots of the first 0 to 8 of these leaves, as Certificate Transparency publishes them for its implementations."""


def by_definition(hashes: list[bytes]) -> bytes:
    """The root as section 2.1 defines it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node(by_definition(hashes[:split]), by_definition(hashes[split:]))


def tree_of(size: int) -> tuple[Tree, list[bytes]]:
    hashes = [leaf(n.to_bytes(4)) for n in range(size)]
    return Tree(hashes), hashes


def test_the_published_roots() -> None:
    """It should come to the roots that Certificate Transparency's implementations are held to."""
    tree = Tree(leaf(each) for each in LEAVES)
    assert ROOTS == tuple(tree.root(size).hex() for size in range(9))


def test_every_root_by_definition() -> None:
    """It should tell the root of every size as the definition has it."""
    tree, hashes = tree_of(70)
    assert [by_definition(hashes[:size]) for size in range(71)] == [tree.root(size) for size in range(71)]


def test_every_inclusion_is_proved() -> None:
    """It should prove each leaf in a tree of each size, and no other leaf by that proof."""
    tree, hashes = tree_of(20)
    for size in range(1, 21):
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert tree.root(size) == root_from_inclusion(hashes[index], index, size, proof)
            assert tree.root(size) != root_from_inclusion(leaf(b"other"), index, size, proof)
            assert root_from_inclusion(hashes[index], index, size, [*proof, EMPTY]) is None


def test_every_growth_is_proved() -> None:
    """It should prove each tree the beginning of each larger one, and refuse another beginning."""
    tree, _ = tree_of(20)
    for size in range(1, 21):
        for old in range(1, size + 1):
            proof = tree.consistency(old, size)
            assert is_consistent(old, tree.root(old), size, tree.root(size), proof)
            assert not is_consistent(old, leaf(b"other"), size, tree.root(size), proof)
            assert not is_consistent(old, tree.root(old), size, leaf(b"other"), proof)
            assert not is_consistent(old, tree.root(old), size, tree.root(size), [*proof, EMPTY])


@pytest.mark.conformance
@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_another_implementation_takes_our_proofs(leaves: list[bytes], data: st.DataObject) -> None:
    """It should make roots and proofs that an implementation of others' accepts, and that it makes, too."""
    ours, theirs = Tree(leaf(each) for each in leaves), aics_tlog.MerkleTree(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    assert theirs.root() == ours.root()
    assert list(theirs.inclusion_proof(index, len(leaves))) == ours.inclusion(index)
    assert list(theirs.consistency_proof(index + 1, len(leaves))) == ours.consistency(index + 1)
    assert aics_tlog.verify_leaf_inclusion(
        leaves[index], index, len(leaves), ours.inclusion(index), ours.root()
    )
    growth = ours.consistency(index + 1)
    assert aics_tlog.verify_consistency(index + 1, len(leaves), ours.root(index + 1), ours.root(), growth)


def test_what_is_not_there_has_no_proof() -> None:
    """It should raise for a leaf, a size or a beginning that the tree has not got."""
    tree, _ = tree_of(3)
    for wrong in (
        lambda: tree.inclusion(3),
        lambda: tree.root(4),
        lambda: tree.consistency(0),
        lambda: tree.consistency(4),
    ):
        with pytest.raises(ValueError, match="tree"):
            wrong()
