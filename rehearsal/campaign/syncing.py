"""The morning's batches and restarts, and the initial syncs of the day, first come, first served."""

from __future__ import annotations

from heapq import heapify, heapreplace

import numpy as np

from rehearsal.campaign.day import Day
from rehearsal.campaign.draws import Ints
from rehearsal.campaign.events import Cause, Kind
from rehearsal.campaign.fates import NEVER, PERMANENT, TRANSIENT
from rehearsal.campaign.state import NO_NIGHT, Code

_CHUNK = 4096
_NOBODY = np.empty(0, dtype=np.int64)


def make_batches(day: Day) -> None:
    """Make the batches that are due, as many as the tenant allows, those of the earliest night first."""
    state, rules = day.state, day.rules
    rows = due_for_batch(day)
    free = rules.batches - len(state.batches)
    if not len(rows) or free <= 0:
        return
    endpoint = day.world.endpoint[rows]
    group = state.night[rows] * rules.endpoints + endpoint
    order = np.argsort(group, kind="stable")
    rows, group = rows[order], group[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    place = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
    new = (place % rules.batch_size == 0).cumsum() - 1
    rows, new = rows[new < free], new[new < free]
    numbers = new + state.batches_made
    batches, first = np.unique(numbers, return_index=True)
    day.happen(Kind.BATCH_MADE, batches, day.begins, day.world.endpoint[rows[first]])
    day.happen(Kind.JOINED, rows, day.begins, numbers)
    _validate(day, np.sort(rows))


def due_for_batch(day: Day) -> Ints:
    """Mailboxes whose lead has begun and that are in no batch."""
    state = day.state
    due = (state.code == Code.WAITING) & (state.night != NO_NIGHT)
    rows = np.flatnonzero(due)
    return rows[state.night[rows] - day.world.lead[rows] <= day.number]


def _validate(day: Day, rows: Ints) -> None:
    fates = day.world.fates
    large = fates.too_large(rows)
    day.happen(Kind.FAILED, rows[large], day.begins, 0, Cause.TOO_LARGE)
    rows = rows[~large]
    refused = rows[fates.refused(rows) & (day.state.was_refused[rows] == 0)]
    lasting = fates.remedy(refused) == NEVER
    day.happen(Kind.FAILED, refused[lasting], day.begins, 0, Cause.REFUSED)
    day.happen(Kind.REFUSED, refused[~lasting], day.begins, 0, Cause.REFUSED)


def restart(day: Day) -> None:
    """Try again, in the morning, with those whose cause is put right or that failed for a passing one."""
    resting = day.state.rows(Code.RESTING)
    day.happen(Kind.RESTARTED, resting[day.state.until[resting] <= day.begins], day.begins)


def begin_copies(day: Day) -> None:
    """Give each endpoint's slots to its queue, in the order of arrival and then of number."""
    state = day.state
    queued = state.rows(Code.QUEUED)
    queued = queued[np.argsort(state.queued_at[queued], kind="stable")]
    copying = state.rows(Code.COPYING)
    rows, begun = [_NOBODY], [_NOBODY]
    for endpoint in range(day.rules.endpoints):
        slots = int(day.world.initial_slots[endpoint])
        if not slots or not day.world.bytes_a_second[endpoint]:
            continue
        busy = state.until[copying[day.world.endpoint[copying] == endpoint]].tolist()
        lanes = busy + [day.begins] * (slots - len(busy))
        queue = queued[day.world.endpoint[queued] == endpoint]
        begun.append(_serve(day, queue, lanes, int(state.gate[endpoint])))
        rows.append(queue[: len(begun[-1])])
    chosen = np.concatenate(rows)
    day.happen(Kind.BEGUN, chosen, np.concatenate(begun), state.attempts[chosen])


def _serve(day: Day, queue: Ints, lanes: list[int], gate: int) -> Ints:
    """When those at the head of *queue* begin, as far as they do today.

    *lanes*: when each slot is free. *gate*: when the endpoint lets the next one in.
    """
    heapify(lanes)
    begun: list[int] = []
    end = day.ends
    for start in range(0, len(queue), _CHUNK):
        rows = queue[start : start + _CHUNK]
        seconds = day.world.fates.attempt(rows, day.state.attempts[rows])[0].tolist()
        for held, gated in zip(seconds, day.world.gate(rows).tolist(), strict=True):
            at = max(lanes[0], gate)
            if at >= end:
                return np.array(begun, dtype=np.int64)
            heapreplace(lanes, at + held)
            gate = at + gated
            begun.append(at)
    return np.array(begun, dtype=np.int64)


def end_copies(day: Day) -> None:
    """Let the copies end that end today, well or not."""
    state, fates = day.state, day.world.fates
    copying = state.rows(Code.COPYING)
    rows = copying[state.until[copying] < day.ends]
    ends, until = state.ends[rows], state.until[rows]
    poor = (ends == 0) & fates.poor(rows)
    given_up = (ends == TRANSIENT) & (state.attempts[rows] >= day.rules.attempts)
    causes = np.where(poor, Cause.POOR, np.where(given_up, Cause.TOO_MANY_ATTEMPTS, Cause.PERMANENT))
    failed = poor | given_up | (ends == PERMANENT)
    broken = (ends == TRANSIENT) & ~given_up
    good = ~failed & ~broken
    day.happen(Kind.SYNCED, rows[good], until[good])
    day.happen(Kind.BROKEN, rows[broken], until[broken])
    day.happen(Kind.FAILED, rows[failed], until[failed], 0, causes[failed])
