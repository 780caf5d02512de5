"""The batches' side of the migration service: starts, stops, completions and removals of whole lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from rehearsal.exchange_online import states
from rehearsal.exchange_online.errors import WrongState
from rehearsal.exchange_online.mover import PASS, Mover
from rehearsal.exchange_online.moves import Batch, User
from rehearsal.exchange_online.premises import Premises
from rehearsal.exchange_online.states import BatchStatus, UserStatus
from rehearsal.exchange_online.tenant import Endpoint, Tenant, mailbox_guid
from rehearsal.faults import FaultPlan

ROWS_A_PASS = 500
"""Rows of a list that become users in one pass (fact B41)."""
REPEAT = timedelta(hours=8)
"""A Complete-MigrationBatch repeated sooner is not acted on (fact B19)."""
REMOVING = timedelta(seconds=4)
NAME_FREE = timedelta(seconds=8)
"""After a removal the name stays taken for so long (fact A30)."""

_RESTARTABLE = states.RETRIABLE | states.STOPS
_LEAVING = frozenset({UserStatus.STOPPING, UserStatus.REMOVING})
_UNSTOPPABLE = states.COMPLETION | states.FINISHED | states.FAILURES | states.STOPS | _LEAVING


class Processor:
    """Acts on batches and users on behalf of the cmdlets."""

    def __init__(self, tenant: Tenant, faults: FaultPlan, premises: Premises) -> None:
        self._tenant = tenant
        self._options = tenant.options
        self._mover = Mover(tenant, faults, premises, self._failed)

    def act_on(self, batch: Batch) -> None:
        """Note that an administrator does something with *batch* or one of its users.

        :raises WrongState: if it is being removed: nothing reaches it any more.
        """
        if batch.phase is BatchStatus.REMOVING:
            raise self._wrong(batch, "changed")
        batch.touched = self._tenant.now

    # --- batches

    def start_batch(self, batch: Batch) -> None:
        """Start, resume, or try again what failed (fact B16).

        :raises WrongState: if there is nothing to start.
        """
        fresh = batch.phase is BatchStatus.CREATED
        again = any(user.status in _RESTARTABLE or not user.begun for user in batch.users)
        if batch.phase in (BatchStatus.STARTING, BatchStatus.STOPPING, BatchStatus.REMOVING) or not (
            fresh or again
        ):
            raise self._wrong(batch, "started")
        batch.started = batch.started or self._tenant.now
        self._enter(batch, BatchStatus.STARTING)
        self._later(batch, PASS, self._begin)

    def stop_batch(self, batch: Batch) -> None:
        """Stop what can be stopped; finished users are not touched (fact B17).

        :raises WrongState: if nothing can be.
        """
        resting = (BatchStatus.CREATED, BatchStatus.STOPPED, BatchStatus.STOPPING, BatchStatus.REMOVING)
        stoppable = [user for user in batch.users if user.status not in _UNSTOPPABLE]
        if batch.phase in resting or not stoppable:
            raise self._wrong(batch, "stopped")
        self._enter(batch, BatchStatus.STOPPING)
        for user in stoppable:
            if user.visible:
                self._mover.stop(user)
        self._later(batch, PASS, lambda each: self._enter(each, BatchStatus.STOPPED))

    def complete_batch(self, batch: Batch, *, with_sync: bool) -> None:
        """Stamp "complete from now on"; a repeat within eight hours changes only the stamp (fact B19).

        :raises WrongState: if the batch is not synced, or *with_sync*, if a user has failed or stopped.
        """
        status = batch.status(self._tenant.now)
        ready = status in (BatchStatus.SYNCED, BatchStatus.SYNCED_WITH_ERRORS)
        if with_sync:
            ready = batch.phase is None and not batch.tally(states.FAILURES | states.STOPS)
        if not ready and self._options.completes_what_is_synced:
            raise self._wrong(batch, "completed")
        now, asked = self._tenant.now, batch.completion_asked
        batch.complete_after = now
        if asked is not None and now < asked + REPEAT and self._options.eight_hours:
            acted_on = batch.processed_complete_after
            if acted_on is None or acted_on > now:
                batch.processed_complete_after = asked + REPEAT
        else:
            batch.completion_asked = batch.processed_complete_after = now
        self._consider_all(batch)

    def set_complete_after(self, batch: Batch, when: datetime | None) -> None:
        """Stamp when completion may begin; users with a time of their own keep it (fact B18)."""
        batch.complete_after = batch.processed_complete_after = when
        self._consider_all(batch)

    def remove_batch(self, batch: Batch) -> None:
        """Remove a batch with its users, their moves and its place among the hundred (facts A30, B34b).

        :raises WrongState: if it is being removed already, or a user is just completing.
        """
        if batch.phase is BatchStatus.REMOVING or batch.tally(states.COMPLETION):
            raise self._wrong(batch, "removed")
        self._enter(batch, BatchStatus.REMOVING)
        for user in batch.users:
            self._mover.let_go(user)
        self._later(batch, REMOVING, self._forget_batch)

    def add_users(self, batch: Batch, users: list[User]) -> None:
        """Put more users into a batch; if it is at work they begin with the next pass (fact B15)."""
        batch.users.extend(users)
        for user in users:
            self._tenant.users[user.address.lower()] = user
            if self._options.users_at_once:
                user.show()
        if batch.phase is None:
            self._later(batch, PASS, self._make_users)

    def copy_users(self, batch: Batch, users: list[User]) -> None:
        """Take users out of their batches into *batch*; whatever was planned for them goes on (fact B13)."""
        for user in users:
            user.batch.users.remove(user)
            if user.visible:
                user.batch.counter[user.status] -= 1
                batch.counter[user.status] += 1
            user.batch = batch
            batch.users.append(user)
            self._mover.consider(user)

    def take_slots_away(self, endpoint: Endpoint) -> None:
        """Put running moves beyond the limit back into the queue, the last first."""
        running = [user for user in self._tenant.visible_users() if endpoint.initial in user.pools]
        for user in running[endpoint.migrations :]:
            self._mover.requeue(user)

    # --- users

    def start_user(self, user: User) -> None:
        """Try again with one user.

        :raises WrongState: if it is neither failed nor stopped.
        """
        if user.status not in _RESTARTABLE:
            raise _wrong_user(user, "started")
        if user.batch.phase is BatchStatus.STOPPED:
            self._enter(user.batch, None)
        self._mover.restart(user)

    def stop_user(self, user: User) -> None:
        """Stop one user.

        :raises WrongState: if it is completing, finished, failed or stopped.
        """
        if user.status in _UNSTOPPABLE:
            raise _wrong_user(user, "stopped")
        self._mover.stop(user)

    def remove_user(self, user: User) -> None:
        """Remove one user and its unfinished move; the move request of a finished one stays (fact B22).

        :raises WrongState: if it is completing or being removed.
        """
        if user.status in states.COMPLETION or user.status is UserStatus.REMOVING:
            raise _wrong_user(user, "removed")
        if self._options.removed_active_user == "refused" and user.status not in _UNSTOPPABLE:
            raise _wrong_user(user, "removed")
        self._keep_request(user)
        self._mover.let_go(user)
        user.enter(UserStatus.REMOVING, self._tenant.now)
        self._tenant.clock.call_at(self._tenant.now + REMOVING, lambda: self._forget_user(user))

    def approve(self, user: User) -> None:
        """Accept the loss of the items skipped up to now (fact B32)."""
        user.approved = self._tenant.now
        self._mover.consider(user)

    def consider(self, user: User) -> None:
        """Plan a user's completion afresh, after one of its times has changed."""
        self._mover.consider(user)

    def sync_now(self, user: User) -> None:
        """Begin an incremental sync of a user that is synced."""
        self._mover.sync_now(user)

    # --- events

    def _begin(self, batch: Batch) -> None:
        self._enter(batch, None)
        for user in batch.users:
            if user.visible and user.status in _RESTARTABLE:
                user.begun = True
                self._mover.restart(user)
        self._make_users(batch)

    def _make_users(self, batch: Batch) -> None:
        """Take the next rows of the list up, so many a pass."""
        waiting = [user for user in batch.users if not user.begun and user.status is UserStatus.VALIDATING]
        for user in waiting[:ROWS_A_PASS]:
            user.begun = True
            user.show()
            user.enter(UserStatus.VALIDATING, self._tenant.now)
            self._mover.validate_next_pass(user)
        if len(waiting) > ROWS_A_PASS:
            self._later(batch, PASS, self._make_users)

    def _failed(self, user: User) -> None:
        """Stop a batch in which too much has failed, if the tenant is set to do so (fact B42)."""
        limit, batch = self._options.cancel_at_failures, user.batch
        if limit is None or batch.phase is not None or batch.tally(states.FAILURES) < limit:
            return
        if any(each.visible and each.status not in _UNSTOPPABLE for each in batch.users):
            self.stop_batch(batch)

    def _forget_batch(self, batch: Batch) -> None:
        for user in batch.users:
            self._keep_request(user)
            self._tenant.users.pop(user.address.lower(), None)
        del self._tenant.batches[batch.name.lower()]
        name = batch.name.lower()
        if not self._options.removed_name_lingers:
            return
        self._tenant.names_taken.add(name)
        free = self._tenant.now - REMOVING + NAME_FREE
        self._tenant.clock.call_at(free, lambda: self._tenant.names_taken.discard(name))

    def _forget_user(self, user: User) -> None:
        if self._tenant.users.get(user.address.lower()) is user:
            del self._tenant.users[user.address.lower()]
            user.batch.users.remove(user)
            user.batch.counter[user.status] -= 1

    def _keep_request(self, user: User) -> None:
        guid = mailbox_guid(user)
        if guid and user.status in states.FINISHED:
            self._tenant.moved_requests[guid] = user

    def _consider_all(self, batch: Batch) -> None:
        for user in batch.users:
            self._mover.consider(user)

    def _enter(self, batch: Batch, phase: BatchStatus | None) -> None:
        batch.phase = phase
        batch.epoch += 1

    def _later(self, batch: Batch, delay: timedelta, step: Callable[[Batch], None]) -> None:
        epoch = batch.epoch

        def act() -> None:
            if batch.epoch == epoch:
                step(batch)

        self._tenant.clock.call_at(self._tenant.now + delay, act)

    def _wrong(self, batch: Batch, act: str) -> WrongState:
        return WrongState(what="batch", name=batch.name, act=act, state=batch.status(self._tenant.now).value)


def _wrong_user(user: User, act: str) -> WrongState:
    return WrongState(what="user", name=user.address, act=act, state=user.status.value)
