"""What the migration service says of one mailbox, and what follows from it.

Statuses and their groups are those of facts B27 and B28, scores those of B31.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mailwave.core.amendments import LEFT
from mailwave.core.states import MailboxState

MOST_ATTEMPTS = 3
"""A transient failure is tried again this often before the mailbox is failed; facts B41 and B52 leave it to us."""


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
    """The *step* to take, the ledger's state *to* which it leads, and *why*."""

    step: Step
    to: MailboxState | None = None
    why: str = ""


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
FAILURES = ("Failed", "IncrementalFailed", "CompletionFailed")
ENDED = ("Completed", "CompletedWithWarnings")
AT_REST = ("Stopped", "IncrementalStopped")
PASSING = ("Stopping", "Removing")
"""Statuses of some seconds, which say nothing yet."""


@dataclass(frozen=True)
class Tried:
    """What was done for a mailbox already: *attempts* after failures, and skipped items *approved*."""

    attempts: int = 0
    approved: int = 0


def decide(
    state: MailboxState, move: Move, tried: Tried, most_skipped: int, *, left: bool = False
) -> Decision:
    """What to do about *move*, whose mailbox the ledger has in *state*.

    *most_skipped* is how many skipped items the operator approves of in one mailbox; each is a loss (fact B34). A
    mailbox whose owner has *left* is withdrawn whatever the service says of it, unless it completes.
    """
    if move.status in ENDED:
        return Decision(Step.CONFIRM)
    if move.status in PASSING:
        return Decision(Step.NOTHING)
    if left and STATES.get(move.status) is not MailboxState.COMPLETING:
        return Decision(Step.WITHDRAW, None, LEFT)
    if move.status in FAILURES:
        return _after_failure(move, tried)
    return _doubted(move, tried, most_skipped) or _followed(state, move)


def _doubted(move: Move, tried: Tried, most_skipped: int) -> Decision | None:
    """What the move's consistency score asks for, when it asks for something."""
    if move.score is Score.POOR:
        return Decision(Step.FAIL, MailboxState.FAILED, "data consistency score is Poor (fact B31)")
    if move.score is Score.INVESTIGATE and move.skipped > tried.approved:
        return _after_skipping(move, most_skipped)
    return None


def is_held(move: Move, tried: Tried, most_skipped: int) -> bool:
    """Whether *move* may not be completed yet: items are missing and their loss is not approved, or too many are."""
    return _doubted(move, tried, most_skipped) is not None


def _followed(state: MailboxState, move: Move) -> Decision:
    reached = STATES.get(move.status)
    if reached is None:
        return Decision(Step.HOLD, MailboxState.UNKNOWN, f"the service says {move.status!r}")
    if reached is state or (state, reached) in NOT_BACKWARDS:
        return Decision(Step.NOTHING)
    return Decision(Step.FOLLOW, reached, move.status)


def _after_failure(move: Move, tried: Tried) -> Decision:
    if is_transient(move.error) and tried.attempts < MOST_ATTEMPTS:
        return Decision(Step.RETRY, None, move.error)
    return Decision(Step.FAIL, MailboxState.FAILED, move.error or move.status)


def _after_skipping(move: Move, most_skipped: int) -> Decision:
    if move.skipped <= most_skipped:
        return Decision(Step.APPROVE, None, f"{move.skipped} skipped items approved")
    return Decision(Step.HOLD, None, f"{move.skipped} skipped items await approval")


def is_transient(error: str) -> bool:
    """Whether the service's text names a transient exception; class names decide (facts B51b and B52)."""
    return "Transient" in error
