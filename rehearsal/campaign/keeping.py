"""The incremental slots: a sync a day for those at the plateau, and completions in the night's window.

While a window is open the slots belong to completions; incremental syncs that fall due in it wait for its end, and none
begins that would reach into a window or the next morning. All take equally long, so that serving them in the order in
which they fall due gives each the slot that the one *slots* places before it had: an endpoint's syncs of half a day are
one pass over a table with a row for each turn of the slots.
"""

from __future__ import annotations

from heapq import heapify, heapreplace

import numpy as np

from rehearsal.campaign.day import Day
from rehearsal.campaign.draws import Flags, Ints
from rehearsal.campaign.events import Kind
from rehearsal.campaign.state import Code

_ROW_BITS, _ENDPOINT_FROM = np.int64(22), np.int64(52)
_ROWS, _TIMES = np.int64((1 << 22) - 1), np.int64((1 << 30) - 1)
_LATE = np.int64(1) << 40


def keep_in_step(day: Day) -> None:
    """Incremental syncs before the window, the completions, and incremental syncs after it."""
    opens, closes = day.rules.window(day.number)
    slots = day.rules.incremental_slots
    if not slots:
        return
    idle = np.full(slots, day.begins, dtype=np.int64)
    _increments(day, [idle] * day.rules.endpoints, opens)
    free = [np.maximum(lanes, closes) for lanes in _completions(day)]
    _increments(day, free, day.ends)


def _increments(day: Day, free: list[Ints], until: int) -> None:
    """Incremental syncs that end before *until*; *free* is when each slot of each endpoint is."""
    state, length = day.state, day.rules.increment_seconds
    synced = state.rows(Code.SYNCED)
    due = state.due_at[synced]
    soon = due + length <= until
    asking = synced[soon]
    # one sort by (endpoint, due, number) serves all endpoints; a time fits in 30 bits, a number in 22
    keys = np.sort((day.world.endpoint[asking] << _ENDPOINT_FROM) | (due[soon] << _ROW_BITS) | asking)
    bounds = np.searchsorted(keys, np.arange(len(free) + 1) << _ENDPOINT_FROM)
    begun, starts = [], []
    for each, lanes in enumerate(free):
        mine = keys[bounds[each] : bounds[each + 1]]
        starts.append(turns((mine >> _ROW_BITS) & _TIMES, np.sort(lanes), length, until))
        begun.append(mine[: len(starts[-1])] & _ROWS)
    chosen = np.concatenate(begun)
    day.happen(Kind.INCREMENT, chosen, np.concatenate(starts), state.increments[chosen])


def turns(due: Ints, free: Ints, length: int, until: int) -> Ints:
    """When each of *due* (ascending) begins, first come, first served, as far as they end by *until*.

    *free*, ascending, is when each slot is free; each use of one takes *length*.
    """
    first, free = _until_even(due, free, length)
    due = due[len(first) :]
    slots = len(free)
    most = max(0, (until - int(free[0])) // length)
    due = due[: most * slots]
    count = -(-len(due) // slots)
    padded = np.full(count * slots, _LATE, dtype=np.int64)
    padded[: len(due)] = due
    table = padded.reshape(count, slots)
    np.maximum(table[:1], free, out=table[:1])
    shift = np.arange(count, dtype=np.int64)[:, None] * length
    later = (np.maximum.accumulate(table - shift, axis=0) + shift).ravel()[: len(due)]
    starts = np.concatenate([first, later])
    return starts[: int(np.searchsorted(starts, until - length, side="right"))]


def _until_even(due: Ints, free: Ints, length: int) -> tuple[Ints, Ints]:
    """Serve one by one until no slot is free later than one use of another would take; the starts, and the slots then.

    Only completions that overran a window make slots so uneven.
    """
    last, lanes = int(free[-1]), free.tolist()
    starts: list[int] = []
    heapify(lanes)
    while len(starts) < len(due) and last - lanes[0] > length:
        starts.append(max(int(due[len(starts)]), lanes[0]))
        heapreplace(lanes, starts[-1] + length)
    return np.array(starts, dtype=np.int64), np.sort(np.array(lanes, dtype=np.int64))


def _completions(day: Day) -> list[Ints]:
    """Complete those whose night it is, and return when each slot of each endpoint is free."""
    state = day.state
    opens, last = day.rules.window(day.number)[0], day.rules.last_start(day.number)
    rows = state.rows(Code.SYNCED)
    rows = rows[(state.night[rows] == day.number) & (state.approved_at[rows] <= opens)]
    asked = opens + day.world.fates.poll(rows, day.number)
    order = np.argsort(asked, kind="stable")
    rows, asked = rows[order], asked[order]
    seconds, fails = day.world.fates.finalise(rows, np.full_like(rows, day.number))
    free, begun, at = [], [], []
    for endpoint in range(day.rules.endpoints):
        mine = np.flatnonzero(day.world.endpoint[rows] == endpoint)
        lanes = [opens] * day.rules.incremental_slots
        starts = _serve(asked[mine].tolist(), seconds[mine].tolist(), lanes, last)
        free.append(np.array(lanes, dtype=np.int64))
        begun.append(mine[: len(starts)])
        at.append(np.array(starts, dtype=np.int64))
    _complete(day, np.concatenate(begun), np.concatenate(at), rows, seconds, fails)
    return free


def _complete(day: Day, begun: Ints, at: Ints, rows: Ints, seconds: Ints, fails: Flags) -> None:
    """Let the completions happen that are at the places *begun* of the columns after it."""
    bad, done, chosen = fails[begun], at + seconds[begun], rows[begun]
    day.happen(Kind.COMPLETING, chosen, at, day.number)
    day.happen(Kind.RETURNED, chosen[bad], done[bad])
    day.happen(Kind.MOVED, chosen[~bad], done[~bad], day.number)


def _serve(asked: list[int], seconds: list[int], lanes: list[int], last: int) -> list[int]:
    """When each completion begins, in the order of *asked*, if by *last*; it brings *lanes* up to date."""
    heapify(lanes)
    starts: list[int] = []
    for wanted, length in zip(asked, seconds, strict=True):
        at = max(wanted, lanes[0])
        if at > last:
            break
        heapreplace(lanes, at + length)
        starts.append(at)
    return starts
