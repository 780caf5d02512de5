"""The end of a day: mailboxes whose night passed without them are deferred, each with what held it back."""

from __future__ import annotations

import numpy as np

from rehearsal.campaign.day import Day
from rehearsal.campaign.draws import Ints
from rehearsal.campaign.events import Cause, Kind
from rehearsal.campaign.plan import Capacity
from rehearsal.campaign.state import NO_NIGHT, Code, State

FINAL = (Code.MOVED, Code.FAILED)


def close_night(day: Day) -> None:
    """Defer what is left of tonight's batches, lose what they copied, and remove them."""
    state = day.state
    tonight = np.flatnonzero(state.night == day.number)
    left = tonight[~np.isin(state.code[tonight], FINAL)]
    day.happen(Kind.DEFERRED, left, day.ends - 1, 0, _causes(day, left))
    over = np.array(sorted(b for b, night in state.batches.items() if night == day.number), dtype=np.int64)
    day.happen(Kind.BATCH_REMOVED, over, day.ends - 1)


def close_campaign(day: Day, capacity: Capacity) -> None:
    """Defer, on the last day, all that is neither moved nor failed."""
    state = day.state
    left = np.flatnonzero(~np.isin(state.code, (*FINAL, Code.DEFERRED)))
    causes = _causes(day, left)
    unplanned = (state.code[left] == Code.WAITING) & (state.night[left] == NO_NIGHT)
    causes[unplanned] = capacity.binding
    day.happen(Kind.DEFERRED, left, day.ends - 1, 0, causes)


def _causes(day: Day, rows: Ints) -> Ints:
    """What held each of *rows* back."""
    state = day.state
    opens = day.rules.window(day.number)[0]
    causes = np.array([_OF_STATE[Code(code)] for code in range(len(Code))])[state.code[rows]]
    queued = state.code[rows] == Code.QUEUED
    causes[queued] = queue_limits(state, day.ends)[day.world.endpoint[rows[queued]]]
    synced = rows[state.code[rows] == Code.SYNCED]
    waits = state.approved_at[synced] > opens
    copied_late = waits & (day.world.fates.approval(synced) == 0)
    why = np.where(waits, Cause.APPROVAL, Cause.INCREMENTAL_SLOTS)
    why = np.where(copied_late, Cause.STILL_COPYING, why)
    causes[state.code[rows] == Code.SYNCED] = np.where(np.isin(synced, day.returned), Cause.FAILURES, why)
    return causes


_OF_STATE = {
    Code.WAITING: Cause.BATCHES,
    Code.QUEUED: Cause.INITIAL_SLOTS,
    Code.RESTING: Cause.FAILURES,
    Code.COPYING: Cause.STILL_COPYING,
    Code.SYNCED: Cause.INCREMENTAL_SLOTS,
    Code.COMPLETING: Cause.NONE,
    Code.MOVED: Cause.NONE,
    Code.FAILED: Cause.NONE,
    Code.DEFERRED: Cause.NONE,
}


def queue_limits(state: State, now: int) -> Ints:
    """For each endpoint, which limit its queue for initial syncs waits for: GB/h when its gate is shut, else slots."""
    shut = (state.gate >= now) | (state.world.bytes_a_second == 0)
    slots = state.world.initial_slots == 0
    return np.where(shut & ~slots, Cause.GB_PER_HOUR, Cause.INITIAL_SLOTS)


def held(state: State, capacity: Capacity, day: int, now: int) -> dict[Cause, int]:
    """How many mailboxes each limit holds back at *now*, the end of *day*; those without a night, the plan's limit."""
    queued = state.rows(Code.QUEUED)
    limits = queue_limits(state, now)[state.world.endpoint[queued]]
    waiting = np.flatnonzero((state.code == Code.WAITING) | (state.code == Code.DEFERRED))
    nights = state.night[waiting]
    due = (nights != NO_NIGHT) & (nights - state.world.lead[waiting] <= day)
    found = dict.fromkeys((cause for cause in Cause if Cause.NONE < cause <= Cause.INCREMENTAL_SLOTS), 0)
    found[Cause.GB_PER_HOUR] = int((limits == Cause.GB_PER_HOUR).sum())
    found[Cause.INITIAL_SLOTS] = int((limits == Cause.INITIAL_SLOTS).sum())
    found[Cause.BATCHES] = int(due.sum())
    found[capacity.binding] += int((nights == NO_NIGHT).sum())
    return found
