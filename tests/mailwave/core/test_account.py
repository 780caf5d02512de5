"""The account as a summary."""

from __future__ import annotations

from mailwave.core.account import Account
from mailwave.core.states import Counts


def test_every_term_has_a_key() -> None:
    """It should hold every term of the law beside organisations, notices, batches and nights."""
    counts = Counts(planned=10, waiting=1, in_flight=1, unknown=1, moved=4, deferred=1, failed=1, excluded=1)
    summary = Account(
        2, counts, {"two_weeks": 9}, batches=3, nights=1, licences={"needed": 3, "given": 2}
    ).as_summary()

    assert {
        "organisations": 2,
        "planned": 10,
        "waiting": 1,
        "in_flight": 1,
        "unknown": 1,
        "moved": 4,
        "deferred": 1,
        "failed": 1,
        "excluded": 1,
        "notices": {"two_weeks": 9},
        "licences": {"needed": 3, "given": 2},
        "batches": 3,
        "virtual_nights": 1,
    } == summary
