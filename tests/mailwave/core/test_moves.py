"""What follows from what the migration service says of one mailbox."""

from __future__ import annotations

import pytest

from mailwave.core.moves import STATES, Move, Score, Step, decide, is_held
from mailwave.core.states import MailboxState
from mailwave.core.tried import Tried
from tests.mailwave.rehearsed.operator import CAUSES

S = MailboxState
TRANSIENT = "CommunicationErrorTransientException: timed out"
PERMANENT = "MigrationPermanentException: matches multiple entries"
PERSONS = "RemoteTransientException: The remote server returned an error: (403) Forbidden."
MOST = CAUSES.of(TRANSIENT).retries


def after(text: str, attempts: int, *, mended: bool = False) -> Tried:
    """A mailbox that was tried again so often for the cause of that text."""
    cause = CAUSES.of(text).name
    return Tried({cause: attempts}, mended=frozenset({cause} if mended else ()))


def a_move(status: str, score: Score = Score.UNKNOWN, skipped: int = 0, error: str = "") -> Move:
    """A move in that status."""
    return Move("guid", "a@nhsmail.example", "batch", status, score, skipped, error)


@pytest.mark.parametrize(
    ("state", "move", "tried", "step", "to"),
    [
        # under way
        (S.SYNCING, a_move("Validating"), Tried(), Step.NOTHING, None),
        (S.SYNCING, a_move("Synced"), Tried(), Step.FOLLOW, S.SYNCED),
        (S.SYNCED, a_move("IncrementalSyncing"), Tried(), Step.NOTHING, None),
        (S.SYNCED, a_move("Completing"), Tried(), Step.FOLLOW, S.COMPLETING),
        (S.UNKNOWN, a_move("Syncing"), Tried(), Step.FOLLOW, S.SYNCING),
        # the ledger is ahead of what the service shows
        (S.SYNCED, a_move("Syncing"), Tried(), Step.NOTHING, None),
        (S.COMPLETING, a_move("Synced"), Tried(), Step.NOTHING, None),
        # statuses of some seconds
        (S.SYNCED, a_move("Stopping"), Tried(), Step.NOTHING, None),
        (S.SYNCED, a_move("Removing", Score.POOR), Tried(), Step.NOTHING, None),
        # what nobody here did, and what nobody here knows
        (S.SYNCED, a_move("IncrementalStopped"), Tried(), Step.HOLD, S.UNKNOWN),
        (S.SYNCING, a_move("Corrupted"), Tried(), Step.HOLD, S.UNKNOWN),
        # ended
        (S.COMPLETING, a_move("Completed"), Tried(), Step.CONFIRM, None),
        (S.SYNCED, a_move("CompletedWithWarnings", Score.POOR), Tried(), Step.CONFIRM, None),
        # failed
        (S.SYNCING, a_move("Failed", error=TRANSIENT), Tried(), Step.RETRY, None),
        (S.SYNCING, a_move("Failed", error=TRANSIENT), after(TRANSIENT, MOST - 1), Step.RETRY, None),
        (S.SYNCING, a_move("Failed", error=TRANSIENT), after(PERSONS, MOST), Step.RETRY, None),
        # a transient cause that repeats, and one that is transient in name only (fact B52), need a person
        (S.SYNCING, a_move("Failed", error=TRANSIENT), after(TRANSIENT, MOST), Step.HOLD, None),
        (S.SYNCED, a_move("IncrementalFailed", error=PERSONS), Tried(), Step.HOLD, None),
        (
            S.SYNCED,
            a_move("IncrementalFailed", error=PERSONS),
            after(PERSONS, 0, mended=True),
            Step.RETRY,
            None,
        ),
        (
            S.SYNCED,
            a_move("IncrementalFailed", error=PERSONS),
            after(PERSONS, 1, mended=True),
            Step.HOLD,
            None,
        ),
        # a completion does not wait for one
        (S.COMPLETING, a_move("CompletionFailed", error=TRANSIENT), Tried(), Step.RETRY, None),
        (
            S.COMPLETING,
            a_move("CompletionFailed", error=TRANSIENT),
            after(TRANSIENT, MOST),
            Step.FAIL,
            S.FAILED,
        ),
        (S.COMPLETING, a_move("CompletionFailed", error=PERSONS), Tried(), Step.FAIL, S.FAILED),
        (S.SYNCING, a_move("Failed", error=PERMANENT), Tried(), Step.FAIL, S.FAILED),
        (S.SYNCED, a_move("IncrementalFailed", error=PERMANENT), Tried(), Step.FAIL, S.FAILED),
        (S.COMPLETING, a_move("CompletionFailed"), Tried(), Step.FAIL, S.FAILED),
        # doubtful
        (S.SYNCED, a_move("Synced", Score.GOOD, 1), Tried(), Step.NOTHING, None),
        (S.SYNCED, a_move("Synced", Score.POOR, 60), Tried(), Step.FAIL, S.FAILED),
        (S.SYNCED, a_move("IncrementalStopped", Score.POOR, 60), Tried(), Step.FAIL, S.FAILED),
        (S.SYNCED, a_move("Synced", Score.INVESTIGATE, 1), Tried(), Step.APPROVE, None),
        (S.SYNCED, a_move("Synced", Score.INVESTIGATE, 3), Tried(approved=3), Step.NOTHING, None),
        (S.SYNCED, a_move("Synced", Score.INVESTIGATE, 4), Tried(approved=3), Step.APPROVE, None),
        (S.COMPLETING, a_move("Completing", Score.INVESTIGATE, 3), Tried(approved=3), Step.NOTHING, None),
    ],
)
def test_decisions(
    state: MailboxState, move: Move, tried: Tried, step: Step, to: MailboxState | None
) -> None:
    """It should take the step that the status, the score and what was tried already ask for."""
    decision = decide(state, move, tried, CAUSES)

    assert (step, to) == (decision.step, decision.to)


def test_a_failure_is_kept_in_the_services_words_with_who_does_what() -> None:
    """It should give the service's own text, or the status where it says nothing, then cause, owner and remedy."""
    texts = [decide(S.SYNCING, a_move("Failed", error=text), Tried(), CAUSES).why for text in (PERMANENT, "")]

    remedy = "remove the soft-deleted or inactive mailbox with the same address or GUID"
    assert f"{PERMANENT}; multiple-entries, for the migration team: {remedy}" == texts[0]
    assert texts[1].startswith("Failed; not-known, for the migration team: ")


@pytest.mark.parametrize(
    ("move", "approved", "held"),
    [
        (a_move("Synced", Score.GOOD, 9), 0, False),
        (a_move("Synced", Score.INVESTIGATE, 9), 8, True),
        (a_move("Synced", Score.INVESTIGATE, 9), 9, False),
        (a_move("Synced", Score.POOR, 9), 9, True),
    ],
)
def test_what_is_doubtful_is_held(move: Move, approved: int, *, held: bool) -> None:
    """It should hold what would lose items that nobody has approved, and Poor whatever was approved (fact B31)."""
    assert held is is_held(move, approved)


@pytest.mark.parametrize("status", sorted(STATES))
def test_what_is_reached_is_not_reached_again(status: str) -> None:
    """It should do nothing for a move that is where the ledger has it."""
    assert Step.NOTHING is decide(STATES[status], a_move(status), Tried(), CAUSES).step
