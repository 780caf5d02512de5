"""The service that moves mailboxes, as discrete events in virtual time.

A user goes Validating, Queued, Syncing, Synced (95 % until completion), daily IncrementalSyncing, and once its
completion is due Completing, CompletionSynced, Completed (facts B23, B34c). Chance is drawn by mailbox, so a move
takes the same time in every run of a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from rehearsal import draws
from rehearsal.estate import GIB, Mailbox
from rehearsal.exchange_online import offboarding, skipped, states, trouble
from rehearsal.exchange_online.arrivals import Arrivals
from rehearsal.exchange_online.gates import Gate, Gates
from rehearsal.exchange_online.load import LOADS, RESOURCES
from rehearsal.exchange_online.moves import PLATEAU, Failure, Move, User
from rehearsal.exchange_online.premises import Premises
from rehearsal.exchange_online.slots import SlotPool
from rehearsal.exchange_online.states import Direction, UserStatus
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.faults import FaultPlan

PASS = timedelta(seconds=30)
"""Between two passes of the service over its work (fact B41)."""
INCREMENT = timedelta(days=1)
"""Between two incremental syncs (fact B23)."""
POLL = timedelta(minutes=15)
"""How often the service looks at users that are synced (fact B41)."""
RETRYING = timedelta(minutes=30)
"""60 retries, 30 s apart, before a transient error becomes a failure (fact B43)."""
SLOWEST, FASTEST = 0.3, 1.0
"""GB an hour of one move."""

Step = Callable[[User], None]


class Mover:
    """Carries users from validation to completion.

    A completed move changes what stands on the *premises*; *failed* is told of each failure.
    """

    def __init__(
        self, tenant: Tenant, faults: FaultPlan, premises: Premises, failed: Callable[[User], None]
    ) -> None:
        self._tenant = tenant
        self._faults = faults
        self._premises = premises
        self._options = tenant.options
        self._tell_failed = failed
        self._gates = Gates(tenant, premises)
        self._arrivals = Arrivals(tenant, faults, premises)
        self._load = LOADS[tenant.options.other_tenants]

    def validate_next_pass(self, user: User) -> None:
        """Begin with a user that was just made."""
        self._later(user, PASS, self._validate)

    def restart(self, user: User) -> None:
        """Try again with a user that failed or was stopped, from where it was (fact B16)."""
        user.failure = None
        user.attempts += 1
        self._enter(user, UserStatus.STARTING)
        self._later(user, PASS, self._resume)

    def stop(self, user: User) -> None:
        """Let a user rest; what was transferred stays."""
        self.let_go(user)
        synced = user.move is not None and user.move.synced is not None
        rest = UserStatus.INCREMENTAL_STOPPED if synced else UserStatus.STOPPED
        self._enter(user, UserStatus.STOPPING)
        self._later(user, PASS, lambda each: self._enter(each, rest))

    def let_go(self, user: User) -> None:
        """Halt the move of a user and give its slot back; nothing planned for it happens any more."""
        user.epoch += 1
        if user.move:
            user.move.halt(self._tenant.now)
        pools, user.pools = user.pools, []
        for pool in pools:
            pool.release()

    def sync_now(self, user: User) -> None:
        """Begin an incremental sync of a user that is synced (fact B18)."""
        if user.status in states.RESTING:
            self._wait_for_increment(user)

    def consider(self, user: User) -> None:
        """Plan the completion of a user that is synced; whether it may begin is decided only when it does."""
        if user.status not in states.RESTING or user.due is None:
            return
        user.polls += 1
        delay = max(user.due - self._tenant.now, timedelta()) + POLL * self._draw(user, "poll", user.polls)
        self._later(user, delay, self._complete_if_due)

    def requeue(self, user: User) -> None:
        """Take the slot of a running move away and let it wait for another; what was transferred stays."""
        self.let_go(user)
        self._queue(user)

    # --- initial sync

    def _validate(self, user: User) -> None:
        if user.cause == "corrupt" and self._options.users_may_corrupt:
            self._fail(user, trouble.record_corrupted(self._tenant), UserStatus.CORRUPTED)
            return
        failure = trouble.in_validation(self._tenant, self._premises, user)
        if failure:
            self._fail(user, failure)
        else:
            self._queue(user)

    def _resume(self, user: User) -> None:
        if user.move is None:
            self._enter(user, UserStatus.VALIDATING)
            self._later(user, PASS, self._validate)
        elif user.move.synced:
            self._be_synced(user, UserStatus.SYNCED)
        else:
            self._queue(user)

    def _queue(self, user: User) -> None:
        if user.mailbox is not None and user.move is None:
            user.move = self._new_move(user, user.mailbox)
        user.live_move.detail = "Queued"
        self._enter(user, UserStatus.QUEUED)
        begin = user.begins or self._tenant.now
        self._later(user, begin - self._tenant.now, self._wait_for_slot)

    def _new_move(self, user: User, mailbox: Mailbox) -> Move:
        speed = SLOWEST * (FASTEST / SLOWEST) ** self._draw(user, "speed")
        direction = user.batch.direction
        back = direction is Direction.OFFBOARDING
        return Move(
            self._tenant.new_guid("move-request"),
            mailbox,
            speed * GIB / 3600,
            self._tenant.now,
            plateau=PLATEAU if self._options.plateau else 100,
            direction=direction,
            database=offboarding.database_of(self._tenant, user) if back else None,
        )

    def _wait_for_slot(self, user: User) -> None:
        endpoint = self._tenant.endpoint(user.batch.endpoint)
        self._ask(user, endpoint.initial, self._begin_initial)

    def _begin_initial(self, user: User) -> None:
        """Take the slot, and wait until the service has time for this move (fact C6)."""
        move, now = user.live_move, self._tenant.now
        move.picked_up = now + self._load.pickup(self._tenant.seed, move.mailbox.exchange_guid, user.attempts)
        self._enter(user, UserStatus.SYNCING)
        move.detail = "WaitingForJobPickup"
        if move.picked_up > now:
            self._later(user, move.picked_up - now, self._pick_up)
        else:
            self._pick_up(user)

    def _pick_up(self, user: User) -> None:
        move = user.live_move
        move.started = move.started or self._tenant.now
        move.detail = "CreatingFolderHierarchy"
        length = timedelta(minutes=5 + 10 * self._draw(user, "hierarchy", user.attempts))
        self._later(user, length, self._connect)

    def _connect(self, user: User, *, again: bool = False) -> None:
        """Take the server's connections (facts B44, C5); one that turns all away is asked again later (fact B43)."""
        if (failure := trouble.turned_away(self._tenant, self._premises, user)) is None:
            self._pass(user, self._gates.of(user.live_move))
        elif again:
            self._fail(user, failure)
        else:
            self._hold(user, "TransientFailure", RETRYING, lambda each: self._connect(each, again=True))

    def _pass(self, user: User, gates: tuple[Gate, ...]) -> None:
        move, now = user.live_move, self._tenant.now
        move.halt(now)
        if not gates:
            self._copy(user)
            return
        move.detail, move.stalled_since = gates[0].waiting, now
        self._ask(user, gates[0].pool, lambda each: self._pass(each, gates[1:]))

    def _copy(self, user: User) -> None:
        """Let bytes flow until the next thing that happens to this move."""
        move = user.live_move
        move.detail = "CopyingMessages"
        move.running_since = self._tenant.now
        share, then = self._next_event(user)
        left = max(share * move.mailbox.size_bytes - move.transferred, 0.0)
        self._later(user, timedelta(seconds=left / move.rate), then)

    def _next_event(self, user: User) -> tuple[float, Step]:
        """What happens next while items are copied, and at which share of the bytes."""
        move = user.live_move
        if move.mailbox.size_bytes > trouble.LARGEST and self._options.largest_200_gb:
            return 0.0, lambda each: self._fail(each, trouble.too_large(each, self._tenant.now))
        mailbox = move.mailbox
        troubles: tuple[tuple[str, float | None, Step], ...] = (
            ("stall", 0.4 if mailbox.cause == "stall" else None, self._stall),
            ("transient", 0.3 if mailbox.cause == "transient" else None, self._lose_connection),
            ("contention", self._load.contention(self._tenant.seed, mailbox.exchange_guid), self._contend),
        )
        ahead = [
            (share, step) for name, share, step in troubles if share is not None and name not in move.overcome
        ]
        return min(ahead, key=lambda each: each[0], default=(1.0, self._finish_initial))

    def _contend(self, user: User) -> None:
        """Others' moves use what the service has; this one goes on by itself (facts B39, C6)."""
        move, seed = user.live_move, self._tenant.seed
        guid = move.mailbox.exchange_guid
        move.overcome.add("contention")
        short_of = draws.choice(RESOURCES, seed, guid, "short-of")
        self._stand_still(user, short_of, self._load.stall(seed, guid))

    def _stand_still(self, user: User, short_of: str, length: timedelta) -> None:
        move = user.live_move
        self._hold(
            user, trouble.stall_name(move.direction.cloud, short_of, self._tenant), length, self._recover
        )
        move.stalled_since = self._tenant.now

    def _hold(self, user: User, detail: str, length: timedelta, then: Step) -> None:
        user.live_move.halt(self._tenant.now)
        user.live_move.detail = detail
        self._later(user, length, then)

    def _stall(self, user: User) -> None:
        """The service protects itself for some hours; the move goes on by itself (fact B39)."""
        user.live_move.overcome.add("stall")
        self._faults.note("stalled move")
        self._stand_still(user, "Processor", timedelta(hours=6 + 12 * self._draw(user, "stall")))

    def _recover(self, user: User) -> None:
        user.live_move.halt(self._tenant.now)
        self._copy(user)

    def _lose_connection(self, user: User) -> None:
        """A transient error is retried for half an hour and then fails the user (fact B43)."""
        user.live_move.overcome.add("transient")
        self._faults.note("transient failure of a move")
        after = self._give_up if self._options.transient_fails else self._recover
        self._hold(user, "TransientFailure", RETRYING, after)

    def _give_up(self, user: User) -> None:
        self._fail(user, trouble.connection_lost(self._tenant, user))

    def _finish_initial(self, user: User) -> None:
        move, now = user.live_move, self._tenant.now
        self.let_go(user)
        move.transferred = float(move.mailbox.size_bytes)
        move.synced = now
        move.score, move.items = skipped.found(self._tenant.seed, move.mailbox, now)
        if move.score in (states.Score.INVESTIGATE, states.Score.POOR):
            self._faults.note(f"data consistency {move.score.value}")
        self._be_synced(user, UserStatus.SYNCED)

    # --- increments

    def _be_synced(self, user: User, status: UserStatus) -> None:
        move = user.live_move
        move.detail, move.last_sync = "Synced", self._tenant.now
        self._enter(user, status)
        if self._options.daily_increments:
            self._later(user, INCREMENT, self._wait_for_increment)
        self.consider(user)

    def _wait_for_increment(self, user: User) -> None:
        endpoint = self._tenant.endpoint(user.batch.endpoint)
        self._ask(user, endpoint.incremental, self._begin_increment)

    def _begin_increment(self, user: User) -> None:
        move = user.live_move
        move.detail = "IncrementalSync"
        move.increments += 1
        self._enter(user, UserStatus.INCREMENTAL_SYNCING)
        length = timedelta(minutes=3 + 9 * self._draw(user, "increment", move.increments))
        self._later(user, length, self._finish_increment)

    def _finish_increment(self, user: User) -> None:
        move = user.live_move
        if self._meets(user, "increment_failed", allowed=self._options.increments_may_fail):
            self._fail(user, trouble.increment_failed(self._tenant), UserStatus.INCREMENTAL_FAILED)
            return
        if move.items and self._draw(user, "late-item") < self._options.late_item_share:
            move.items.append(
                skipped.item(self._tenant.seed, move.mailbox, len(move.items), self._tenant.now)
            )
        self.let_go(user)
        self._be_synced(user, UserStatus(self._options.synced_again_as))

    # --- completion

    def _may_complete(self, user: User) -> bool:
        """A stamped time only means "not before" (fact B19), and skipped items need an approval (fact B31)."""
        return user.due is not None and user.due <= self._tenant.now and user.blocked is None

    def _complete_if_due(self, user: User) -> None:
        if self._may_complete(user):
            endpoint = self._tenant.endpoint(user.batch.endpoint)
            self._ask(user, endpoint.incremental, self._complete, still=self._may_complete)

    def _complete(self, user: User) -> None:
        user.live_move.detail = "Finalization"
        self._enter(user, UserStatus.COMPLETING)
        minutes = draws.log_normal(
            12, 0.5, self._tenant.seed, user.live_move.mailbox.exchange_guid, "finalise"
        )
        self._later(user, timedelta(minutes=minutes), self._final_sync_done)

    def _final_sync_done(self, user: User) -> None:
        if self._meets(user, "completion_failed", allowed=self._options.completions_may_fail):
            failure = trouble.completion_failed(self._tenant, user)
            self._fail(user, failure, UserStatus.COMPLETION_FAILED)
            return
        user.live_move.detail = "Cleanup"
        self._enter(user, UserStatus.COMPLETION_SYNCED)
        self._later(user, PASS, self._finish)

    def _finish(self, user: User) -> None:
        """Source and target change roles in one step, unless the service itself leaves two mailboxes (error 27)."""
        move, now = user.live_move, self._tenant.now
        self.let_go(user)
        move.completed = move.last_sync = now
        back = move.direction is Direction.OFFBOARDING
        move.outcome = self._arrivals.at_home(move) if back else self._arrivals.in_the_cloud(user, move)
        move.detail = move.outcome.value
        self._enter(user, move.outcome)

    # --- common

    def _meets(self, user: User, cause: str, *, allowed: bool) -> bool:
        """Tell whether the trouble *cause* is seeded in this mailbox and meets it now, for the first time."""
        overcome = user.live_move.overcome
        if not allowed or user.cause != cause or cause in overcome:
            return False
        overcome.add(cause)
        self._faults.note(cause.replace("_", " "))
        return True

    def _fail(self, user: User, failure: Failure, status: UserStatus = UserStatus.FAILED) -> None:
        if user.move:
            user.move.detail = "FailedNetwork" if failure.transient else "FailedOther"
        self.let_go(user)
        user.failure = failure
        self._enter(user, status)
        self._tell_failed(user)

    def _enter(self, user: User, status: UserStatus) -> None:
        user.enter(status, self._tenant.now)

    def _later(self, user: User, delay: timedelta, step: Step) -> None:
        """Take *step* after *delay*, unless the user's status has changed by then."""
        epoch = user.epoch

        def act() -> None:
            if user.epoch == epoch:
                step(user)

        self._tenant.clock.call_at(self._tenant.now + max(delay, timedelta()), act)

    def _ask(
        self, user: User, pool: SlotPool, step: Step, still: Callable[[User], bool] = lambda _: True
    ) -> None:
        """Take *step* when *pool* has a slot, unless by then the status has changed or it is not wanted *still*."""
        epoch = user.epoch

        def begin() -> bool:
            if user.epoch != epoch or not still(user):
                return False
            user.pools.append(pool)
            step(user)
            return True

        pool.ask(begin)

    def _draw(self, user: User, kind: str, n: int = 0) -> float:
        entity = user.mailbox.exchange_guid if user.mailbox else user.address
        return draws.uniform(self._tenant.seed, entity, kind, n)
