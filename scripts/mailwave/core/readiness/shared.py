"""The rule of shared mailboxes: they are ready when every person who holds a right on them is.

It is their Outlook that opens it. A shared mailbox that holds a right says nothing: nobody sits before it.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mailwave.core.readiness.checks import USERS, is_shared
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.rules import READY_CODE, RuleBook
from mailwave.core.readiness.verdicts import Result

Flags = NDArray[np.bool_]
Results = NDArray[np.uint8]


def users_results(own: pl.Series, estate: Estate, book: RuleBook, today: date) -> Results:
    """What the rule says of each mailbox; *own* is the first code of what blocks each by itself."""
    shared = estate.mailboxes.select(is_shared().fill_null(value=False)).to_series().to_numpy()
    is_ready = own.to_numpy() == READY_CODE
    used, waits = _used(shared, is_ready, estate.rights)
    results = np.full(len(shared), Result.SKIPPED, dtype=np.uint8)
    asked = shared & is_ready
    results[asked] = Result.PASSED
    if not book.figures.shared_without_users_is_ready:
        results[asked & ~used] = Result.UNKNOWN
    results[asked & waits] = Result.FAILED
    results[(results >= Result.UNKNOWN) & _waived(estate, book, today)] = Result.WAIVED
    return results


def _used(shared: Flags, is_ready: Flags, rights: pl.DataFrame) -> tuple[Flags, Flags]:
    """Whether a person holds a right on each mailbox, and whether one who is not ready does."""
    mailbox, trustee = rights["mailbox"].to_numpy(), rights["trustee"].to_numpy()
    by_person = shared[mailbox] & ~shared[trustee]
    used, waits = np.zeros_like(shared), np.zeros_like(shared)
    used[mailbox[by_person]] = True
    waits[mailbox[by_person & ~is_ready[trustee]]] = True
    return used, waits


def _waived(estate: Estate, book: RuleBook, today: date) -> Flags:
    waived = [who for rule in book.rules if rule.name == USERS for who in book.waived(rule, today)]
    if not waived:
        return np.zeros(len(estate.mailboxes), dtype=np.bool_)
    who = pl.col("guid").is_in(waived) | pl.col("organisation").is_in(waived)
    flags: Flags = estate.mailboxes.select(who).to_series().to_numpy()
    return flags
