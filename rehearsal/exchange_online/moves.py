"""What the migration service keeps: batches, the users in them, and the move behind each user."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rehearsal.estate import Mailbox
from rehearsal.exchange_online import states
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.slots import SlotPool
from rehearsal.exchange_online.states import BatchStatus, Direction, Score, UserStatus

QUEUE_PASS = timedelta(seconds=30)
PLATEAU = 95
"""Percent complete of a move that waits for completion (fact B23)."""


class NoMove(LookupError):
    """The simulator asked for the move of a user that has none: a fault of its own."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(f"{address} has no move")


@dataclass(frozen=True)
class Failure:
    """Why a move failed, as a failure entry says it (fact B51b). *side* is Source or Target."""

    kind: str
    text: str
    at: datetime
    transient: bool = False
    side: str = "Target"

    @property
    def message(self) -> str:
        """The text as users and moves show it."""
        return f"{self.kind}: {self.text}"


@dataclass(frozen=True)
class SkippedItem:
    """One item that the move leaves behind; a person has to approve the loss (facts B30, B34)."""

    kind: str
    folder: str
    subject: str
    bytes: int
    found: datetime


@dataclass
class Move:
    """One move request. Bytes flow at *rate* a second since *running_since*, None while nothing flows.

    *picked_up*: when the service turns to it, after the moves of others. *database*: where a move back ends. *unlisted*
    items were not copied and are on no list.
    """

    guid: str
    mailbox: Mailbox
    rate: float
    queued: datetime
    started: datetime | None = None
    transferred: float = 0.0
    running_since: datetime | None = None
    detail: str = "Queued"
    synced: datetime | None = None
    last_sync: datetime | None = None
    completed: datetime | None = None
    outcome: UserStatus | None = None
    score: Score | None = None
    items: list[SkippedItem] = field(default_factory=list)
    increments: int = 0
    stalled_since: datetime | None = None
    stalled: timedelta = timedelta()
    overcome: set[str] = field(default_factory=set)
    plateau: int = PLATEAU
    direction: Direction = Direction.ONBOARDING
    database: str | None = None
    picked_up: datetime | None = None
    unlisted: int = 0

    def bytes_at(self, now: datetime) -> int:
        """Return the bytes transferred so far."""
        flowing = (now - self.running_since).total_seconds() * self.rate if self.running_since else 0.0
        return int(min(self.transferred + flowing, self.mailbox.size_bytes))

    def percent_at(self, now: datetime) -> int:
        """Return the percentage complete: it rests at 95 until the completion (fact B23)."""
        if self.completed:
            return 100
        return int(self.plateau * self.bytes_at(now) / max(self.mailbox.size_bytes, 1))

    def stalled_at(self, now: datetime) -> timedelta:
        """Return how long the move has stood still."""
        return self.stalled + (now - self.stalled_since if self.stalled_since else timedelta())

    def position_at(self, now: datetime) -> int:
        """Return the place in the queue behind other tenants' moves, 0 once it is picked up (fact C6).

        One place a pass of the service: how quickly that queue moves is not published.
        """
        waits = max((self.picked_up or now) - now, timedelta())
        return -(-waits // QUEUE_PASS)

    def halt(self, now: datetime) -> None:
        """Let no more bytes flow."""
        self.transferred, self.running_since = float(self.bytes_at(now)), None
        self.stalled, self.stalled_since = self.stalled_at(now), None


@dataclass
class User:
    """One migration user. Its identity is the address that the list named; *mailbox* is None if nobody has it.

    *epoch* counts its changes of status: what was planned in an earlier one no longer happens.
    *visible*: it can be read. *begun*: the service has taken its row of the list up. *database*: the cell of its row.
    """

    guid: str
    address: str
    batch: Batch
    mailbox: Mailbox | None
    archive_only: bool = False
    database: str | None = None
    status: UserStatus = UserStatus.VALIDATING
    epoch: int = 0
    visible: bool = False
    begun: bool = False
    move: Move | None = None
    failure: Failure | None = None
    complete_after: datetime | None = None
    start_after: datetime | None = None
    approved: datetime | None = None
    polls: int = 0
    attempts: int = 0
    pools: list[SlotPool] = field(default_factory=list)
    history: list[tuple[datetime, UserStatus]] = field(default_factory=list)

    @property
    def live_move(self) -> Move:
        """The move behind the user.

        :raises NoMove: if validation has not passed.
        """
        if self.move is None:
            raise NoMove(self.address)
        return self.move

    def enter(self, status: UserStatus, now: datetime) -> None:
        """Change the status; whatever was planned for the old one is void."""
        if self.visible:
            self.batch.counter[self.status] -= 1
            self.batch.counter[status] += 1
        self.status = status
        self.epoch += 1
        self.history.append((now, status))

    def show(self) -> None:
        """Become visible to those who ask."""
        if not self.visible:
            self.visible = True
            self.batch.counter[self.status] += 1

    @property
    def due(self) -> datetime | None:
        """When completion may begin: its own time wins over the batch's (fact B19)."""
        own, shared = self.complete_after, self.batch.processed_complete_after
        return own or shared if self.batch.options.user_completion_wins else shared or own

    @property
    def begins(self) -> datetime | None:
        """When its initial sync may begin: its own time wins over the batch's (fact B18)."""
        own, shared = self.start_after, self.batch.start_after
        return own or shared if self.batch.options.user_start_wins else shared or own

    @property
    def cause(self) -> str | None:
        """The trouble that is seeded in its mailbox."""
        return self.mailbox.cause if self.mailbox else None

    def error_at(self, now: datetime) -> str | None:
        """Return the failure's text, or why a completion that is due does not begin (fact B19)."""
        if self.failure:
            return self.failure.message
        waits = self.status in states.SYNCHRONISED and self.due is not None and self.due <= now
        return self.blocked if waits else None

    @property
    def blocked(self) -> str | None:
        """Why the skipped items forbid completion, None if they do not (facts B31, B32)."""
        move, options = self.move, self.batch.options
        if move is None or move.score in (None, Score.PERFECT, Score.GOOD):
            return None
        if move.score is Score.POOR and options.poor_stays:
            return "DataConsistencyScore is Poor. The migration can't be completed."
        late = self.approved is not None and any(item.found > self.approved for item in move.items)
        unseen = self.approved is None and options.investigate_waits
        if unseen or (late and options.approval_looks_back):
            return "DataConsistencyScore is Investigate. Skipped items must be approved before completion."
        return None


@dataclass
class Batch:
    """One migration batch. *phase* is its own part of the status while it is not simply at work.

    *complete_after* is what was stamped; *processed_complete_after* what the service acts on, which differs after a
    repeated Complete-MigrationBatch (fact B19). *touched*: when an administrator last did something with it.
    *databases*: where a batch that moves back may put its mailboxes (fact B48).
    """

    guid: str
    name: str
    endpoint: str
    target_domain: str
    created: datetime
    options: Options
    touched: datetime
    direction: Direction = Direction.ONBOARDING
    databases: tuple[str, ...] = ()
    users: list[User] = field(default_factory=list)
    warnings: list[tuple[int, str, str]] = field(default_factory=list)
    counter: Counter[UserStatus] = field(default_factory=Counter)
    phase: BatchStatus | None = BatchStatus.CREATED
    epoch: int = 0
    started: datetime | None = None
    start_after: datetime | None = None
    complete_after: datetime | None = None
    processed_complete_after: datetime | None = None
    completion_asked: datetime | None = None
    notification_emails: list[str] = field(default_factory=list)
    report_interval: str = "1.00:00:00"

    def tally(self, group: frozenset[UserStatus]) -> int:
        """Return how many users are in one of these states."""
        return sum(self.counter[status] for status in group)

    def status(self, now: datetime) -> BatchStatus:
        """Return the status that the users' states amount to (fact B34b)."""
        if self.phase is not None:
            return self.phase
        waiting = self.start_after is not None and self.start_after > now
        counter, errors = self.counter, bool(self.tally(states.FAILURES))
        ladder = (
            (self.tally(states.BEFORE_SYNCED), BatchStatus.WAITING if waiting else BatchStatus.SYNCING),
            (self.tally(states.COMPLETION), BatchStatus.COMPLETING),
            (self.tally(states.RESTING), BatchStatus.SYNCED_WITH_ERRORS if errors else BatchStatus.SYNCED),
            (counter[UserStatus.INCREMENTAL_SYNCING], BatchStatus.INCREMENTAL_SYNCING),
            (
                self.tally(states.FINISHED),
                BatchStatus.COMPLETED_WITH_ERRORS if errors else BatchStatus.COMPLETED,
            ),
            (self.tally(states.STOPS), BatchStatus.STOPPED),
        )
        corrupted = counter[UserStatus.CORRUPTED] and not self.tally(states.RETRIABLE)
        lost = BatchStatus.CORRUPTED if corrupted else BatchStatus.FAILED
        return next((status for count, status in ladder if count), lost)

    def score(self) -> Score | None:
        """Return the worst score of its users (fact B31)."""
        scores = [user.move.score for user in self.users if user.move and user.move.score]
        pick = max if self.options.worst_score else min
        return pick(scores, key=list(Score).index, default=None)
