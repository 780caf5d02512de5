"""Places groups anew after a change, and moves as few as it can.

Whose people were told a night keeps it, unless that night has gone from its calendar or has no room for it any more:
then it is named, because its people must be told again. The others keep theirs while it is allowed and fits. Then what
is left is placed, and only a group that finds no night otherwise takes one from others that were not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.place import placed
from mailwave.core.placement.problem import NEVER, NEW, Calendar, Flags, Need, Numbers, Problem
from mailwave.core.placement.reasons import Causes, reasons
from mailwave.core.placement.room import begins_with, left_over, owed, used

MOST_MOVED = 0.09
"""Share of the mailboxes that keep their night which is moved up at most."""

LOOKED_AT = 1.5
"""For each mailbox that lost its night, how many from the last nights are looked at to move up."""

LATER = 4
"""Later horizons that are tried when a first plan ends after the one that it was made for."""

ROOMY = 0.02
"""A night with more than this part of its mailboxes left has room for others."""

REACHES = (12, 60)
"""Who would move after all could have moved takes a night of others among so many last ones before that."""


class Replan(NamedTuple):
    """The *night* of each group or `NEVER`, and *why* as a place in `mailwave.core.placement.reasons.WHYS`."""

    night: Numbers
    why: NDArray[np.int8]


def planned_first(problem: Problem) -> Replan:
    """The nights of groups of which none had one before."""
    return replan(problem, np.full(problem.groups, NEW), np.zeros(problem.groups, dtype=np.bool_))


def replanned(problem: Problem, previous: Numbers, told: Flags, pinned: Flags | None = None) -> Numbers:
    """The nights of `replan`."""
    return replan(problem, previous, told, pinned).night


def replan(
    problem: Problem,
    previous: Numbers,
    told: Flags,
    pinned: Flags | None = None,
    *,
    many: bool = False,
) -> Replan:
    """New nights after those of *previous*, of which the people of *told* groups know theirs.

    *previous* is `NEVER` for a group that found no night, and `NEW` for one that the plan before did not hold. *pinned*
    groups have begun to move: they keep their night whatever the calendar and the limits say. Nothing changed changes
    nothing, and for all others no limit and no calendar is broken. When *many* organisations lost their nights, some
    of the others are moved, too, so that nights are not left half empty.
    """
    had = previous >= 0
    pinned = np.zeros(problem.groups, dtype=np.bool_) if pinned is None else pinned & had
    allowed = had & problem.calendar.allowed[problem.calendar.pattern, np.maximum(previous, 0)]
    begun = np.where(pinned, previous, NEVER)
    promised = _fitting(problem, np.where(allowed & told, previous, begun), begun)
    night = _fitting(problem, np.where(allowed, previous, begun), promised)
    causes = Causes(allowed, had & (night == NEVER), np.zeros_like(allowed))
    if (night == NEVER).any():
        night, causes = _completed(problem, previous, night, promised, causes, many=many)
    return Replan(night, reasons(previous, told, night, causes))


def _completed(
    problem: Problem, previous: Numbers, night: Numbers, promised: Numbers, causes: Causes, *, many: bool
) -> tuple[Numbers, Causes]:
    """*night* with those placed who have none, and what moved others."""
    is_first = not (night != NEVER).any()
    horizon = _last_night(problem) if is_first or many else problem.limits.nights
    if is_first:
        complete = _placed_first(problem, horizon)
        return _with_room_made(problem, complete, promised, previous), causes
    if many:
        night = _moved_up(problem, previous, night, promised)
    complete = _in_time(problem, _placed(problem, night), promised, horizon)
    better = _with_room_made(problem, complete, promised, previous)
    displaced = (complete != NEVER) & (better != night) & (night != NEVER)
    return better, causes._replace(displaced=displaced)


def _placed_first(problem: Problem, horizon: int) -> Numbers:
    """The nights of groups of which none has one: by the *horizon*, or as soon after it as some later one leads to.

    The horizon looks at one limit at a time. Where sites and all together bind at once nobody can meet it, and a plan
    that tries ends later than one that aims at a night that can be met.
    """
    best = _aimed_at(problem, horizon)
    after = int(best.max(initial=NEVER)) - horizon
    later = {horizon + -(-after * step // LATER) for step in range(1, LATER + 1)} if after > 0 else set()
    return min(
        [best, *(_aimed_at(problem, night) for night in sorted(later))], key=partial(_lateness, problem)
    )


def _aimed_at(problem: Problem, horizon: int) -> Numbers:
    nobody = np.full(problem.groups, NEVER)
    return _in_time(problem, placed(problem, horizon), nobody, horizon)


def _lateness(problem: Problem, night: Numbers) -> tuple[int, int, int]:
    """How bad a plan is: first how many mailboxes never move, then its last night, then the nights that all wait."""
    never = night == NEVER
    waits = int((problem.mailboxes * np.where(never, 0, night)).sum())
    return int(problem.mailboxes[never].sum()), int(night.max(initial=NEVER)), waits


def _last_night(problem: Problem) -> int:
    """The night by which all could have moved; the last when they never can."""
    found = last_night(problem)
    return problem.limits.nights - 1 if found is None else found


def _placed(problem: Problem, night: Numbers) -> Numbers:
    """*night*, with those placed who have none; no pattern is looked at but theirs."""
    pattern, allowed = problem.calendar
    is_used = np.bincount(pattern[night == NEVER], minlength=len(allowed)) > 0
    number = np.maximum(np.cumsum(is_used) - 1, 0)
    short = Calendar(number[pattern], allowed[is_used])
    return placed(problem._replace(calendar=short), _horizon(problem, night), night)


def _horizon(problem: Problem, night: Numbers) -> int:
    """A night by which those without one should have moved: the last of the others, unless they may only move later."""
    free = np.bincount(problem.calendar.pattern[night == NEVER], minlength=len(problem.calendar.allowed)) > 0
    allowed = problem.calendar.allowed[free]
    first = np.where(allowed.any(axis=1), np.argmax(allowed, axis=1), 0)
    return int(max(night.max(initial=0), first.max(initial=0)))


def _fitting(problem: Problem, wished: Numbers, first: Numbers) -> Numbers:
    """*wished* nights, but `NEVER` for those for which there is no room; those with a night in *first* have it.

    Where a night has less than is wished, those that come first in the order of groups have it.
    """
    night_of = wished.copy()
    limits = problem.limits
    kept, asked = used(problem, first), used(problem, wished)
    promised = owed(kept, limits.refill)
    left = np.zeros(asked.shape[1], dtype=np.int64)
    for night in range(limits.nights):
        room = begins_with(limits, night, left)
        later = promised[night]
        if (asked[night] > np.maximum(room - later, kept[night])).any():
            extra = np.flatnonzero((wished == night) & (first == NEVER))
            refused = _refused(problem, extra, room - later - kept[night])
            night_of[refused] = NEVER
            asked[night] -= _taken(problem, refused)
        left = np.maximum(room - asked[night], 0)
    return night_of


def _refused(problem: Problem, groups: Numbers, room: Numbers) -> Numbers:
    """Those of *groups* for which *room* is too little, when they are taken in their order."""
    groups = groups[np.argsort(problem.order[groups], kind="stable")]
    refused = np.zeros(len(groups), dtype=np.bool_)
    for amount, most in zip(_amounts(problem, groups), room.tolist(), strict=True):
        refused |= (amount > 0) & (np.cumsum(amount) > most)
    return groups[refused]


def _taken(problem: Problem, groups: Numbers) -> Numbers:
    """What *groups* take of each limit."""
    return np.array([amount.sum() for amount in _amounts(problem, groups)], dtype=np.int64)


def _amounts(problem: Problem, groups: Numbers) -> Iterator[Numbers]:
    """What each of *groups* takes of each limit, a limit at a time."""
    for need in problem.needs:
        yield need.of(groups)


def _moved_up(problem: Problem, previous: Numbers, night: Numbers, promised: Numbers) -> Numbers:
    """*night*, with some of the last groups moved into nights that many others have left."""
    lost = int(problem.mailboxes[(previous >= 0) & (night == NEVER)].sum())
    movable = np.flatnonzero((night != NEVER) & (promised == NEVER))
    movable = movable[np.lexsort((problem.order[movable], -night[movable]))]
    most = min(LOOKED_AT * lost, MOST_MOVED * int(problem.mailboxes[night != NEVER].sum()))
    pool = np.sort(movable[np.cumsum(problem.mailboxes[movable]) <= most])
    # Each is placed a second time while its own night is still counted, because those that find no earlier one stay.
    found = _placed(_once_more(problem, pool), np.append(night, np.full(len(pool), NEVER)))[problem.groups :]
    earlier = (found != NEVER) & (found < night[pool])
    better = night.copy()
    better[pool[earlier]] = found[earlier]
    return better


def _once_more(problem: Problem, groups: Numbers) -> Problem:
    """*problem* with *groups*, which are in rising order, once more after all others, and only those may be placed."""
    alone = _only(problem, groups)
    pattern = np.append(
        np.full(problem.groups, len(alone.calendar.allowed) - 1), alone.calendar.pattern[groups]
    )
    return Problem(
        np.append(problem.mailboxes, problem.mailboxes[groups]),
        tuple(_need_once_more(need, groups, problem.groups) for need in problem.needs),
        problem.limits,
        Calendar(pattern, alone.calendar.allowed),
        np.append(problem.order, problem.order[groups]),
    )


def _need_once_more(need: Need, groups: Numbers, number: int) -> Need:
    """*need*, and that of *groups* once more, counted from *number* on."""
    amount = need.of(groups)
    some = np.flatnonzero(amount)
    return Need(np.append(need.group, number + some), np.append(need.amount, amount[some]))


def _only(problem: Problem, groups: Numbers) -> Problem:
    """*problem*, in which no other groups than *groups* may be placed."""
    calendar = problem.calendar
    never = np.zeros((1, calendar.allowed.shape[1]), dtype=np.bool_)
    pattern = np.full(problem.groups, len(calendar.allowed))
    pattern[groups] = calendar.pattern[groups]
    return problem._replace(calendar=Calendar(pattern, np.concatenate([calendar.allowed, never])))


def _with_room_made(problem: Problem, night: Numbers, promised: Numbers, previous: Numbers) -> Numbers:
    """*night*, in which groups that have none took one from others that find another.

    Those for which the plan before found none either are left out, so that nothing changed changes nothing.
    """
    may = problem.calendar.allowed.any(axis=1)[problem.calendar.pattern]
    stuck = np.flatnonzero((night == NEVER) & may & (previous != NEVER))
    if not len(stuck):
        return night
    first = _placed(_only(problem, stuck), promised)
    wished = np.where(first != NEVER, first, night)
    kept = _fitting(problem, wished, first)
    found = _placed(problem, kept)
    unplaced = [int(problem.mailboxes[nights == NEVER].sum()) for nights in (night, found)]
    return found if unplaced[1] < unplaced[0] else night


def _in_time(problem: Problem, night: Numbers, promised: Numbers, horizon: int) -> Numbers:
    """*night*, in which groups with one after *horizon* take earlier ones from others that can move later instead."""
    nights = np.arange(problem.limits.nights)
    for reach in REACHES:
        late = np.flatnonzero((night > horizon) & (promised == NEVER))
        if not len(late):
            break
        near = problem.calendar.allowed & (nights > horizon - reach) & (nights <= horizon)
        window = problem._replace(calendar=problem.calendar._replace(allowed=near))
        yields = _may_move_later(problem, night, horizon) & (promised == NEVER)
        yields[late] = True
        first = _placed(_only(window, late), np.where(yields, NEVER, night))
        wished = np.where(first != NEVER, first, night)
        found = _placed(problem, _fitting(problem, wished, first))
        if _after(problem, found, horizon) < _after(problem, night, horizon):
            night = found
    return night


def _after(problem: Problem, night: Numbers, horizon: int) -> int:
    """How many mailboxes move after *horizon*, or never."""
    return int(problem.mailboxes[(night == NEVER) | (night > horizon)].sum())


def _may_move_later(problem: Problem, night: Numbers, horizon: int) -> Flags:
    """Which groups may move in a night up to *horizon* that has room for some of their sort."""
    limits, (pattern, allowed) = problem.limits, problem.calendar
    left = left_over(limits, used(problem, night))[: horizon + 1]
    roomy = left > ROOMY * limits.depth[: horizon + 1]
    may: Flags = np.ones(problem.groups, dtype=np.bool_)
    for limit, need in enumerate(problem.needs):
        nights = np.flatnonzero(roomy[:, 0] & roomy[:, limit])
        may[need.group[~allowed[:, nights].any(axis=1)[pattern[need.group]]]] = False
    return may
