"""Entries leave the ledger with the seals that it gave them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from mailwave.core.evidence import entries
from mailwave.core.evidence.entries import GENESIS
from mailwave.core.evidence.refusals import EvidenceBroken
from tests.mailwave.adapters.ledgers import a_ledger, a_plan, closed_ledgers
from tests.mailwave.builders import REASON
from tests.mailwave.core.evidence.vaults import MadeJournal

__all__ = ["closed_ledgers"]


def test_the_seals_are_the_ledgers(ledger_url: str) -> None:
    """It should come to the digests that the ledger holds, entry by entry, whatever is in them."""
    ledger = a_ledger(ledger_url)
    ledger.save_plan(a_plan(0, 1, 2), REASON)
    n = ledger.intent("play", "é e\u0301 \x00 \ud800 'x", {"share": 0.1, "ünï": [1, None, True]}, REASON)
    ledger.outcome(n, "ok", {"artifact": "sha256:" + "a" * 64})
    sealed = entries.seal(ledger.journal())
    with ledger._store.read() as connection:
        held = connection.execute(text("SELECT digest, previous FROM journal ORDER BY n")).all()
    assert [tuple(row) for row in held] == [(entry.digest, entry.previous) for entry in sealed]
    assert [entry.digest for entry in sealed] == ledger.digests()
    assert ["a" * 64] == sealed[-1].artifacts()


def test_a_line_is_opened_as_it_was_written() -> None:
    """It should read back each entry from its line, and only in its place."""
    sealed = entries.seal(MadeJournal(3).journal())
    previous = GENESIS
    for n, entry in enumerate(sealed, start=1):
        assert entry == entries.opened(entry.line, n, previous, "f")
        with pytest.raises(EvidenceBroken, match="does not follow" if n < 3 else "calls itself"):
            entries.opened(entry.line, n if n < 3 else 4, "sha256:" + "f" * 64, "f")
        previous = entry.digest
