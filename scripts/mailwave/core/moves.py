"""What the migration service says of one mailbox, and what follows from it.

Statuses and their groups are those of facts B27 and B28, scores those of B31.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mailwave.core.causes import Cause, Causes, Nature
from mailwave.core.states import MailboxState
from mailwave.core.tried import Tried


class Score(Enum):
    """The data consistency score of a move (fact B31)."""

    PERFECT = "Perfect"
    GOOD = "Good"
    INVESTIGATE = "Investigate"
    POOR = "Poor"
    UNKNOWN = ""


@dataclass(frozen=True)
class Move:
    """One migration user as the service reports it.

    *address* is its identity there; *skipped* the items that would be lost; *error* the service's own text; *synced*
    the items that have arrived (fact B29).
    """

    exchange_guid: str
    address: str
    batch: str
    status: str
    score: Score = Score.UNKNOWN
    skipped: int = 0
    error: str = ""
    complete_after: datetime | None = None
    synced: int | None = None


class Step(Enum):
    """What to do about a move."""

    NOTHING = "nothing"
    FOLLOW = "follow"
    RETRY = "retry"
    APPROVE = "approve"
    CONFIRM = "confirm"
    FAIL = "fail"
    HOLD = "hold"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Decision:
    """The *step* to take, the ledger's state *to* which it leads, *why*, and the *cause* where the move has failed."""

    step: Step
    to: MailboxState | None = None
    why: str = ""
    cause: Cause | None = None


STATES: dict[str, MailboxState] = {
    "Starting": MailboxState.SYNCING,
    "Validating": MailboxState.SYNCING,
    "Provisioning": MailboxState.SYNCING,
    "ProvisionUpdating": MailboxState.SYNCING,
    "Queued": MailboxState.SYNCING,
    "Syncing": MailboxState.SYNCING,
    "Synced": MailboxState.SYNCED,
    "IncrementalSyncing": MailboxState.SYNCED,
    "IncrementalSynced": MailboxState.SYNCED,
    "Completing": MailboxState.COMPLETING,
    "CompletionSynced": MailboxState.COMPLETING,
}
"""Statuses under way, and the state of the ledger that each means."""

NOT_BACKWARDS = (
    # a retried incremental sync is shown as Syncing again, though the data is there
    (MailboxState.SYNCED, MailboxState.SYNCING),
    # a released completion is shown as Synced until the service gets round to it (fact B19)
    (MailboxState.COMPLETING, MailboxState.SYNCED),
)
"""What the ledger has and the service shows, where the ledger is right to be ahead."""

READY_TO_COMPLETE = ("Synced", "IncrementalSyncing", "IncrementalSynced")
COMPLETION_FAILED = "CompletionFailed"
FAILURES = ("Failed", "IncrementalFailed", COMPLETION_FAILED)
ENDED = ("Completed", "CompletedWithWarnings")
AT_REST = ("Stopped", "IncrementalStopped")
PASSING = ("Stopping", "Removing")
"""Statuses of some seconds, which say nothing yet."""


def decide(state: MailboxState, move: Move, tried: Tried, causes: Causes, *, off: str = "") -> Decision:
    """What to do about *move*, whose mailbox the ledger has in *state*.

    Step.APPROVE is taken only where somebody has approved exactly the items that are listed: each is a loss (fact
    B34). A mailbox that is *off*, for that reason, is withdrawn whatever the service says of it, unless it completes.
    """
    if move.status in ENDED:
        return Decision(Step.CONFIRM)
    if move.status in PASSING:
        return Decision(Step.NOTHING)
    if off and STATES.get(move.status) is not MailboxState.COMPLETING:
        return Decision(Step.WITHDRAW, None, off)
    if move.status in FAILURES:
        return _after_failure(move, tried, causes.of(move.error))
    return _doubted(move, tried.approved) or _followed(state, move)


def _doubted(move: Move, approved: int) -> Decision | None:
    """What the move's consistency score asks for, when it asks for something."""
    if move.score is Score.POOR:
        return Decision(Step.FAIL, MailboxState.FAILED, "data consistency score is Poor (fact B31)")
    if move.score is Score.INVESTIGATE and move.skipped > approved:
        return Decision(
            Step.APPROVE, None, f"{move.skipped} skipped items, of which {approved} were approved"
        )
    return None


def recalls(move: Move) -> bool:
    """Whether what follows from *move* depends on what was done for its mailbox before."""
    return move.status in FAILURES or move.score is Score.INVESTIGATE


def is_held(move: Move, approved: int) -> bool:
    """Whether *move* may not be completed yet: more items are missing than were *approved*, or it scores Poor."""
    return _doubted(move, approved) is not None


def _followed(state: MailboxState, move: Move) -> Decision:
    reached = STATES.get(move.status)
    if reached is None:
        return Decision(Step.HOLD, MailboxState.UNKNOWN, f"the service says {move.status!r}")
    if reached is state or (state, reached) in NOT_BACKWARDS:
        return Decision(Step.NOTHING)
    return Decision(Step.FOLLOW, reached, move.status)


def _after_failure(move: Move, tried: Tried, cause: Cause) -> Decision:
    """Try again within the budget of *cause*, fail what is permanent, and keep the rest for a person (fact B52).

    A completion that cannot be tried again has failed, whatever its cause: the source is the mailbox still, and its
    window does not wait.
    """
    said = move.error or move.status
    attempts = tried.attempts.get(cause.name, 0)
    if attempts < cause.budget(cause.name in tried.mended):
        return Decision(Step.RETRY, None, said, cause)
    repeated = f" (tried again {attempts} times)" if attempts else ""
    why = f"{said}{repeated}; {cause.asks}"
    if cause.nature is Nature.PERMANENT or move.status == COMPLETION_FAILED:
        return Decision(Step.FAIL, MailboxState.FAILED, why, cause)
    return Decision(Step.HOLD, None, why, cause)
