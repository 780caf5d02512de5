"""The states that batches, users and moves report, and how they are grouped (facts B25, B27, B28, B35)."""

from __future__ import annotations

from enum import StrEnum


class UserStatus(StrEnum):
    """The status of one migration user (fact B27; those that a remote move takes)."""

    VALIDATING = "Validating"
    QUEUED = "Queued"
    SYNCING = "Syncing"
    SYNCED = "Synced"
    INCREMENTAL_SYNCING = "IncrementalSyncing"
    INCREMENTAL_SYNCED = "IncrementalSynced"
    COMPLETING = "Completing"
    COMPLETION_SYNCED = "CompletionSynced"
    COMPLETED = "Completed"
    COMPLETED_WITH_WARNINGS = "CompletedWithWarnings"
    FAILED = "Failed"
    INCREMENTAL_FAILED = "IncrementalFailed"
    COMPLETION_FAILED = "CompletionFailed"
    CORRUPTED = "Corrupted"
    STARTING = "Starting"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    INCREMENTAL_STOPPED = "IncrementalStopped"
    REMOVING = "Removing"


class BatchStatus(StrEnum):
    """The status of a batch (fact B25)."""

    CREATED = "Created"
    STARTING = "Starting"
    WAITING = "Waiting"
    SYNCING = "Syncing"
    INCREMENTAL_SYNCING = "IncrementalSyncing"
    SYNCED = "Synced"
    SYNCED_WITH_ERRORS = "SyncedWithErrors"
    COMPLETING = "Completing"
    COMPLETED = "Completed"
    COMPLETED_WITH_ERRORS = "CompletedWithErrors"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    FAILED = "Failed"
    CORRUPTED = "Corrupted"
    REMOVING = "Removing"


class Score(StrEnum):
    """The data consistency score, best first (fact B31)."""

    PERFECT = "Perfect"
    GOOD = "Good"
    INVESTIGATE = "Investigate"
    POOR = "Poor"


class Direction(StrEnum):
    """Which way a batch moves its mailboxes (facts B26, B48)."""

    ONBOARDING = "Onboarding"
    """To the cloud, which pulls (fact B36)."""
    OFFBOARDING = "Offboarding"
    """Back to the source, to which the cloud pushes (fact B48)."""

    @property
    def premises(self) -> str:
        """The side of a move on which the on-premises servers stand."""
        return "Source" if self is Direction.ONBOARDING else "Target"

    @property
    def cloud(self) -> str:
        """The side of a move on which the service itself stands."""
        return "Target" if self is Direction.ONBOARDING else "Source"


RETRIABLE = frozenset({UserStatus.FAILED, UserStatus.INCREMENTAL_FAILED, UserStatus.COMPLETION_FAILED})
FAILURES = RETRIABLE | {UserStatus.CORRUPTED}
"""What is corrupted can only be removed (fact B34b)."""
FINISHED = frozenset({UserStatus.COMPLETED, UserStatus.COMPLETED_WITH_WARNINGS})
STOPS = frozenset({UserStatus.STOPPED, UserStatus.INCREMENTAL_STOPPED})
RESTING = frozenset({UserStatus.SYNCED, UserStatus.INCREMENTAL_SYNCED})
SYNCHRONISED = RESTING | {UserStatus.INCREMENTAL_SYNCING}
COMPLETION = frozenset({UserStatus.COMPLETING, UserStatus.COMPLETION_SYNCED})
BEFORE_SYNCED = frozenset(
    {UserStatus.VALIDATING, UserStatus.QUEUED, UserStatus.SYNCING, UserStatus.STARTING, UserStatus.STOPPING}
)

_SUMMARY = (
    (FAILURES, "Failed"),
    (frozenset({UserStatus.COMPLETED}), "Completed"),
    (STOPS, "Stopped"),
    (SYNCHRONISED | {UserStatus.COMPLETION_SYNCED}, "Synced"),
)
_MOVE = (
    (RESTING, "Synced"),
    (COMPLETION, "CompletionInProgress"),
    (frozenset({UserStatus.COMPLETED}), "Completed"),
    (frozenset({UserStatus.COMPLETED_WITH_WARNINGS}), "CompletedWithWarning"),
    (FAILURES, "Failed"),
    (STOPS, "Suspended"),
    (frozenset({UserStatus.QUEUED, UserStatus.STARTING, UserStatus.VALIDATING}), "Queued"),
)


def summary(status: UserStatus, warned: str) -> str:
    """Return the group of a user's status (fact B28); whatever is in no other group is Active.

    *warned* is the group of CompletedWithWarnings, which nobody has published.
    """
    if status is UserStatus.COMPLETED_WITH_WARNINGS:
        return warned
    return next((group for members, group in _SUMMARY if status in members), "Active")


def move_status(status: UserStatus) -> str:
    """Return the status of the move request behind a user (fact B35)."""
    return next((name for members, name in _MOVE if status in members), "InProgress")
