"""Proofs of single entries, checked by ours and by what the documents tell a third party to do."""

from __future__ import annotations

import base64
import hashlib
import json

import aics_tlog
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.evidence import entries, proofs
from mailwave.core.evidence.note import Checkpoint, NoteBroken
from tests.mailwave.core.evidence.vaults import ORIGIN, SEAL, TRUST, MadeJournal

SIZE = 11


def made(n: int) -> bytes:
    sealed = entries.seal(MadeJournal(SIZE).journal())
    tree = entries.tree(sealed)
    checkpoint = SEAL.checkpoint(Checkpoint(ORIGIN, SIZE, tree.root()))
    return proofs.of_entry(sealed[n - 1], tree, SIZE, checkpoint)


@pytest.mark.conformance
def test_a_third_party_checks_it_without_our_code() -> None:
    """It should be checked by the steps of docs/evidence.md, with a library for C2SP and one for RFC 8785."""
    (key,) = TRUST.note_keys(ORIGIN)
    for n in range(1, SIZE + 1):
        head, _, note = made(n).decode().partition("\n\n")
        magic, extra, index, *hashes = head.split("\n")
        told = aics_tlog.verify_checkpoint(
            aics_tlog.parse_note(note.encode()), aics_tlog.parse_vkey(key.text), [], quorum=0
        )
        entry = json.loads(base64.b64decode(extra.removeprefix("extra ")))
        stated = entry.pop("digest").removeprefix("sha256:")
        assert (magic, index, entry["n"]) == ("c2sp.org/tlog-proof@v1", f"index {n - 1}", n)
        assert hashlib.sha256(rfc8785.dumps(entry)).hexdigest() == stated
        assert told.ok
        path = [base64.b64decode(each) for each in hashes]
        assert aics_tlog.verify_leaf_inclusion(bytes.fromhex(stated), n - 1, told.size, path, told.root)


def test_ours_opens_it() -> None:
    """It should say which entry is proved by which checkpoint."""
    entry, anchor = proofs.opened(made(4), TRUST)
    assert ("wave W4", SIZE, ORIGIN) == (entry.subject, anchor.size, anchor.origin)


@given(st.integers(1, SIZE), st.integers(0, 10_000), st.integers(1, 255))
def test_no_byte_can_be_changed(n: int, at: int, change: int) -> None:
    """It should prove nothing once any one byte was changed."""
    changed = bytearray(made(n))
    changed[at % len(changed)] ^= change
    with pytest.raises(NoteBroken):
        proofs.opened(bytes(changed), TRUST)


@pytest.mark.conformance
def test_growth_is_proved_to_a_witness() -> None:
    """It should be what a C2SP witness is sent: old size, hashes and checkpoint, by which others see the growth."""
    tree = entries.tree(entries.seal(MadeJournal(SIZE).journal()))
    checkpoint = SEAL.checkpoint(Checkpoint(ORIGIN, SIZE, tree.root()))
    for old in range(1, SIZE + 1):
        head, _, note = proofs.of_growth(old, tree, SIZE, checkpoint).partition(b"\n\n")
        first, *hashes = head.decode().split("\n")
        path = [base64.b64decode(each) for each in hashes]
        assert (f"old {old}", checkpoint) == (first, note)
        assert aics_tlog.verify_consistency(old, SIZE, tree.root(old), tree.root(), path)
