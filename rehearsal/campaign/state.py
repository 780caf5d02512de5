"""Where each mailbox stands, as columns. Only events change it, so that the log alone rebuilds it after a crash."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from rehearsal.campaign.draws import Codes, Ints, Nights, Words
from rehearsal.campaign.errors import IllegalEvent, NotConserved
from rehearsal.campaign.events import Events, Kind, unpack
from rehearsal.campaign.fates import NEVER
from rehearsal.campaign.profile import HOUR
from rehearsal.campaign.world import World


class Code(IntEnum):
    """What a mailbox is doing."""

    WAITING = 0  # for its night's batch, with or without a night
    QUEUED = 1  # for an initial-sync slot
    RESTING = 2  # after a refusal or a transient failure
    COPYING = 3
    SYNCED = 4  # at the plateau
    COMPLETING = 5
    MOVED = 6
    FAILED = 7
    DEFERRED = 8  # its night passed; it waits for another


RULES: dict[Kind, tuple[frozenset[Code], Code]] = {
    Kind.PLANNED: (frozenset({Code.WAITING, Code.DEFERRED}), Code.WAITING),
    Kind.JOINED: (frozenset({Code.WAITING}), Code.QUEUED),
    Kind.RESTARTED: (frozenset({Code.RESTING}), Code.QUEUED),
    Kind.REFUSED: (frozenset({Code.QUEUED}), Code.RESTING),
    Kind.BEGUN: (frozenset({Code.QUEUED}), Code.COPYING),
    Kind.SYNCED: (frozenset({Code.COPYING}), Code.SYNCED),
    Kind.BROKEN: (frozenset({Code.COPYING}), Code.RESTING),
    Kind.FAILED: (frozenset({Code.QUEUED, Code.COPYING}), Code.FAILED),
    Kind.INCREMENT: (frozenset({Code.SYNCED}), Code.SYNCED),
    Kind.COMPLETING: (frozenset({Code.SYNCED}), Code.COMPLETING),
    Kind.RETURNED: (frozenset({Code.COMPLETING}), Code.SYNCED),
    Kind.MOVED: (frozenset({Code.COMPLETING}), Code.MOVED),
    Kind.DEFERRED: (
        frozenset(Code) - {Code.MOVED, Code.FAILED, Code.COMPLETING, Code.DEFERRED},
        Code.DEFERRED,
    ),
}
"""The states in which an event may happen to a mailbox, and the state that it leads to."""
_ALLOWED = {kind: np.isin(np.array(list(Code)), list(allowed)) for kind, (allowed, _) in RULES.items()}
NO_NIGHT = NO_BATCH = -1


@dataclass
class State:
    """The columns, one row a mailbox, the live batches (number to night), and what events say of the states' counts.

    Times are seconds since the campaign began. *until* is when a copy ends or a rest may; *gate* is when each endpoint
    may let the next mailbox in without exceeding its GB/h; *why* is what held a deferred mailbox back the last time;
    *booked* is how many have each night, by endpoint.
    """

    world: World
    code: Codes
    night: Nights
    batch: Ints
    attempts: Ints
    increments: Ints
    queued_at: Ints
    until: Ints
    ends: Ints
    due_at: Ints
    approved_at: Ints
    was_refused: Ints
    why: Ints
    gate: Ints
    counts: Ints
    booked: Ints
    batches: dict[int, int] = field(default_factory=dict)
    batches_made: int = 0

    @classmethod
    def new(cls, world: World) -> State:
        """All mailboxes waiting, without a night."""
        count = len(world.mailboxes)

        def column(value: int = 0) -> Ints:
            return np.full(count, value, dtype=np.int64)

        code = np.full(count, Code.WAITING, dtype=np.uint8)
        night = np.full(count, NO_NIGHT, dtype=np.int16)
        counts = np.zeros(len(Code), dtype=np.int64)
        counts[Code.WAITING] = count
        gate = np.zeros(world.profile.endpoints, dtype=np.int64)
        booked = np.zeros((world.profile.endpoints, world.profile.days), dtype=np.int64)
        return cls(
            world=world,
            code=code,
            night=night,
            batch=column(NO_BATCH),
            attempts=column(),
            increments=column(),
            queued_at=column(),
            until=column(),
            ends=column(),
            due_at=column(),
            approved_at=column(),
            was_refused=column(),
            why=column(),
            gate=gate,
            counts=counts,
            booked=booked,
        )

    def replay(self, day: int, words: Words) -> None:
        """Let a logged *day* happen again."""
        for kind, events in unpack(day, words).items():
            self.apply(kind, events)

    def rows(self, code: Code) -> Ints:
        """The mailboxes in a state."""
        return np.flatnonzero(self.code == code)

    def apply(self, kind: Kind, events: Events) -> None:
        """Let events of one kind happen. Raises IllegalEvent."""
        if kind in RULES:
            self._enter(kind, events.entity)
        _EFFECTS.get(kind, lambda _state, _events: None)(self, events)

    def _enter(self, kind: Kind, rows: Ints) -> None:
        before = self.code[rows]
        allowed = _ALLOWED[kind][before]
        if not allowed.all():
            worst = int(np.argmin(allowed))
            name = Code(int(before[worst])).name.lower()
            raise IllegalEvent(event=kind.name.lower(), mailbox=int(rows[worst]), state=name)
        after = RULES[kind][1]
        self.code[rows] = after
        self.counts -= np.bincount(before, minlength=len(Code))
        self.counts[after] += len(rows)

    def book(self, rows: Ints, change: int) -> None:
        """Count the nights of *rows* once more, or once less."""
        nights = self.night[rows].astype(np.int64)
        places = (self.world.endpoint[rows] * self.world.profile.days + nights)[nights != NO_NIGHT]
        self.booked += change * np.bincount(places, minlength=self.booked.size).reshape(self.booked.shape)

    def check(self, day: int) -> None:
        """Raise NotConserved unless each state holds as many as the events say, and all together the estate."""
        counted = np.array([np.count_nonzero(self.code == code) for code in Code])
        for code in Code:
            if counted[code] != self.counts[code]:
                raise NotConserved(
                    day=day, state=code.name.lower(), counted=int(counted[code]), kept=int(self.counts[code])
                )
        if self.counts.sum() != len(self.world.mailboxes):
            raise NotConserved(
                day=day, state="in all", counted=int(self.counts.sum()), kept=len(self.world.mailboxes)
            )


def _planned(state: State, events: Events) -> None:
    state.book(events.entity, -1)
    state.night[events.entity] = events.n - 1
    state.book(events.entity, 1)


def _batch_made(state: State, events: Events) -> None:
    for batch in events.entity.tolist():
        state.batches[batch] = NO_NIGHT
    state.batches_made += len(events.entity)


def _joined(state: State, events: Events) -> None:
    state.batch[events.entity] = events.n
    state.queued_at[events.entity] = events.at
    nights = state.night[events.entity]
    batches, first = np.unique(events.n, return_index=True)
    state.batches.update(zip(batches.tolist(), nights[first].tolist(), strict=True))


def _restarted(state: State, events: Events) -> None:
    state.queued_at[events.entity] = events.at


def _refused(state: State, events: Events) -> None:
    state.was_refused[events.entity] = 1
    state.until[events.entity] = events.at + state.world.fates.remedy(events.entity)


def _begun(state: State, events: Events) -> None:
    rows, world = events.entity, state.world
    seconds, ends = world.fates.attempt(rows, events.n)
    state.attempts[rows] = events.n + 1
    state.until[rows] = events.at + seconds
    state.ends[rows] = ends
    np.maximum.at(state.gate, world.endpoint[rows], events.at + world.gate(rows))


def _synced(state: State, events: Events) -> None:
    state.due_at[events.entity] = events.at + round(state.world.profile.increment_hours * HOUR)
    state.approved_at[events.entity] = events.at + state.world.fates.approval(events.entity)


def _broken(state: State, events: Events) -> None:
    state.until[events.entity] = events.at


def _increment(state: State, events: Events) -> None:
    rules = state.world.profile
    state.increments[events.entity] = events.n + 1
    state.due_at[events.entity] = events.at + rules.increment_seconds + round(rules.increment_hours * HOUR)


def _deferred(state: State, events: Events) -> None:
    state.book(events.entity, -1)
    state.night[events.entity] = NO_NIGHT
    state.batch[events.entity] = NO_BATCH
    state.until[events.entity] = NEVER
    state.why[events.entity] = events.cause


def _batch_removed(state: State, events: Events) -> None:
    for batch in events.entity.tolist():
        del state.batches[batch]


_EFFECTS = {
    Kind.PLANNED: _planned,
    Kind.BATCH_MADE: _batch_made,
    Kind.JOINED: _joined,
    Kind.RESTARTED: _restarted,
    Kind.REFUSED: _refused,
    Kind.BEGUN: _begun,
    Kind.SYNCED: _synced,
    Kind.BROKEN: _broken,
    Kind.INCREMENT: _increment,
    Kind.DEFERRED: _deferred,
    Kind.BATCH_REMOVED: _batch_removed,
}
