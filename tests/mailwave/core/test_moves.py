"""What follows from what the migration service says of one mailbox."""

from __future__ import annotations

import pytest

from mailwave.core.moves import MOST_ATTEMPTS, STATES, Decision, Move, Score, Step, Tried, decide
from mailwave.core.states import MailboxState

S = MailboxState
MOST = 5
TRANSIENT = "CommunicationErrorTransientException: timed out"
PERMANENT = "MigrationPermanentException: matches multiple entries"


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
        (S.SYNCING, a_move("Failed", error=TRANSIENT), Tried(MOST_ATTEMPTS - 1), Step.RETRY, None),
        (S.SYNCING, a_move("Failed", error=TRANSIENT), Tried(MOST_ATTEMPTS), Step.FAIL, S.FAILED),
        (S.SYNCING, a_move("Failed", error=PERMANENT), Tried(), Step.FAIL, S.FAILED),
        (S.SYNCED, a_move("IncrementalFailed", error=PERMANENT), Tried(), Step.FAIL, S.FAILED),
        (S.COMPLETING, a_move("CompletionFailed"), Tried(), Step.FAIL, S.FAILED),
        # doubtful
        (S.SYNCED, a_move("Synced", Score.GOOD, 1), Tried(), Step.NOTHING, None),
        (S.SYNCED, a_move("Synced", Score.POOR, 60), Tried(), Step.FAIL, S.FAILED),
        (S.SYNCED, a_move("IncrementalStopped", Score.POOR, 60), Tried(), Step.FAIL, S.FAILED),
        (S.SYNCED, a_move("Synced", Score.INVESTIGATE, MOST), Tried(), Step.APPROVE, None),
        (S.SYNCED, a_move("Synced", Score.INVESTIGATE, MOST + 1), Tried(), Step.HOLD, None),
        (S.SYNCED, a_move("Synced", Score.INVESTIGATE, 3), Tried(approved=3), Step.NOTHING, None),
        (S.SYNCED, a_move("Synced", Score.INVESTIGATE, 4), Tried(approved=3), Step.APPROVE, None),
        (S.COMPLETING, a_move("Completing", Score.INVESTIGATE, 3), Tried(approved=3), Step.NOTHING, None),
    ],
)
def test_decisions(
    state: MailboxState, move: Move, tried: Tried, step: Step, to: MailboxState | None
) -> None:
    """It should take the step that the status, the score and what was tried already ask for."""
    decision = decide(state, move, tried, MOST)

    assert (step, to) == (decision.step, decision.to)


def test_a_failure_is_kept_in_the_services_words() -> None:
    """It should give the service's own text as the reason, and the status where it says nothing."""
    decisions = [decide(S.SYNCING, a_move("Failed", error=text), Tried(), MOST) for text in (PERMANENT, "")]

    assert [Decision(Step.FAIL, S.FAILED, PERMANENT), Decision(Step.FAIL, S.FAILED, "Failed")] == decisions


@pytest.mark.parametrize("status", sorted(STATES))
def test_what_is_reached_is_not_reached_again(status: str) -> None:
    """It should do nothing for a move that is where the ledger has it."""
    assert Step.NOTHING is decide(STATES[status], a_move(status), Tried(), MOST).step
