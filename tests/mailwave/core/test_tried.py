"""What was done for a mailbox already."""

from __future__ import annotations

from mailwave.core.intents import Intent, Outcome
from mailwave.core.tried import History, Tried


def test_attempts_count_by_cause_and_anew_once_it_is_mended() -> None:
    """It should count retries of one mailbox by cause, those before somebody mended it for its wave not any more."""
    retries = [Intent(n, "retry", "a", {"cause": cause}) for n, cause in ((1, "x"), (2, "y"), (5, "x"))]
    history = History(retries, (), [Intent(4, "mended", "W1", {"cause": "x"})])

    assert Tried({"x": 1, "y": 1}, 0, frozenset({"x"})) == history.of("a", "W1")
    assert Tried({"x": 2, "y": 1}) == history.of("a", "W2")
    assert Tried() == history.of("b", None)


def test_the_most_that_was_approved_counts() -> None:
    """It should count approvals that the service took, and no other."""
    outcomes = ((3, Outcome.OK), (2, Outcome.OK), (9, Outcome.FAILED), (8, None))
    approvals = [Intent(n, "approve", "a", {"skipped": n}, outcome) for n, outcome in outcomes]
    history = History((), approvals, ())

    assert (3, 0) == (history.approved("a"), history.approved("b"))
