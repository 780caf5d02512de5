"""The one planner: groups by rights, nights by limits and calendars, and an earlier plan kept as far as can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mailwave.core.delegates.groups import Night, grouped
from mailwave.core.delegates.held import Held
from mailwave.core.labels import count, in_order, kinds_of, least_of
from mailwave.core.placement.alone import Alone
from mailwave.core.placement.capacity import Capacity, capacity_for
from mailwave.core.placement.ceilings import Unit
from mailwave.core.placement.contradiction import Closed, refuse_contradictions
from mailwave.core.placement.granted import Granted
from mailwave.core.placement.problem import NEVER, NEW, Calendar, Flags, Limits, Numbers, Problem
from mailwave.core.placement.problem_for import problem_for
from mailwave.core.placement.reasons import JOINED, KEPT, PLACED, TOLD, TOLD_NO_ROOM
from mailwave.core.placement.recut import recut, recut_again, stayed
from mailwave.core.placement.replan import planned_first, replan
from mailwave.core.placement.season import Season
from mailwave.core.plan_columns import Placement, placement
from mailwave.core.population import Population

MOST_TOGETHER = 2_000
"""Mailboxes that a group has at most, however many a night takes: nights are filled badly with few large groups."""

MOST_BYTES_TOGETHER = 2_500_000_000_000

FEW_ORGANISATIONS = 50
"""When so many organisations postpone, nobody else is touched. More at a time would leave nights half empty."""

Say = Callable[[str], None]
"""Is told which step of a long piece of work begins."""


class Earlier(NamedTuple):
    """What stands already, a row a mailbox.

    *night* is the one of the plan before, among those of the season, `NEVER` or `NEW`. The people of *told* mailboxes
    know theirs; *begun* ones are on their way and keep theirs whatever changed. *label* is the group in the plan
    before, and a number of its own for a mailbox that it did not hold; None when groups are to be found anew.
    """

    night: Numbers
    told: Flags
    begun: Flags
    label: Numbers | None


class Case(NamedTuple):
    """What is planned: whose mailboxes, with which rights, when, and within what.

    *closed* nights are for those alone who know theirs: the *listed* ones among them (None: none) because the list of
    their wave stands, the others because people can no longer be told of them in time.
    """

    population: Population
    held: Held
    season: Season
    granted: Granted
    closed: Flags
    listed: Flags | None = None


class Solved(NamedTuple):
    """A plan, and the problem that it solves: what groups need, what there is, and when they may move; and of whom."""

    placement: Placement
    problem: Problem
    case: Case


def planned(
    case: Case,
    earlier: Earlier | None = None,
    say: Say | None = None,
    groups: Callable[[Case, Limits], Numbers] | None = None,
) -> Solved:
    """The plan of *case*, in which what stood *earlier* stays where it can.

    The same input gives the same plan, in whatever order it came. Groups that no night can take have none. *groups*
    finds who moves together, by the rights that they share unless another is given.

    Raises:
        SiteUnknown: mailboxes stand at a site of which nothing is known.
        NoNights, NoNightLeft, LimitIsZero, CapacityShort: rules contradict each other, so that some can never move.
    """
    say = say or nobody
    say("limits")
    capacity = capacity_for(case.granted, case.season, case.population)
    say("groups of people who share mailboxes")
    alone = Alone.of(case.population, case.season)
    label = _groups(case, capacity, alone, earlier, groups or rights_together)
    say("calendars")
    problem = problem_for(case.population, label, case.season, case.granted, capacity=capacity, alone=alone)
    say("nights")
    many = earlier is not None and _postponed(case, alone, earlier) > FEW_ORGANISATIONS
    solved = _placed(case, problem, label, earlier, many=many)
    if earlier is not None and (mates := _mates(solved.placement, earlier)).any():
        label = _apart(label, mates.astype(np.int64))
        problem = problem_for(
            case.population, label, case.season, case.granted, capacity=capacity, alone=alone
        )
        solved = _placed(case, problem, label, earlier, many=many)
    if (solved.placement.night == NEVER).any():
        listed = np.zeros_like(case.closed) if case.listed is None else case.listed
        closed = Closed(case.closed & ~listed, listed)
        refuse_contradictions(case.population, label, case.season, capacity, solved.problem, closed)
    return solved


def _mates(plan: Placement, earlier: Earlier) -> Flags:
    """Who was told nothing, and is in a group of told people, in a night in which others lost room that were told it.

    A promise goes before a right: without them there may be room for those.
    """
    known = earlier.told | earlier.begun
    crowded = np.zeros(len(plan.windows) + 1, dtype=np.bool_)
    crowded[earlier.night[earlier.told & (plan.why == TOLD_NO_ROOM)]] = True
    with_known = np.bincount(plan.label[known], minlength=int(plan.label.max(initial=-1)) + 1) > 0
    found: Flags = ~known & (earlier.night >= 0) & crowded[earlier.night] & with_known[plan.label]
    return found


def solution(case: Case, plan: Placement) -> Solved:
    """A *plan* that was found before, with the problem of *case*, of which it was made.

    Raises:
        SiteUnknown: mailboxes stand at a site of which nothing is known.
    """
    return Solved(plan, problem_for(case.population, plan.label, case.season, case.granted), case)


def _placed(case: Case, problem: Problem, label: Numbers, earlier: Earlier | None, *, many: bool) -> Solved:
    windows = case.season.nights
    if earlier is None:
        problem = with_notice(
            problem, np.zeros(problem.groups, dtype=np.bool_), case.closed, np.full(problem.groups, NEVER)
        )
        found = planned_first(problem)
        return Solved(placement(case.population, case.held, windows, label, *found), problem, case)
    of_group = _by_group(label, earlier)
    problem = with_notice(problem, of_group.told | of_group.begun, case.closed, of_group.night)
    found = replan(problem, of_group.night, of_group.told, of_group.begun, many=many)
    plan = placement(case.population, case.held, windows, label, *found)
    return Solved(_with_members_reasons(plan, earlier), problem, case)


def _postponed(case: Case, alone: Alone, earlier: Earlier) -> int:
    """How many organisations have mailboxes whose own calendar does not hold their night any more."""
    lost = (earlier.night >= 0) & ~alone.may(earlier.night)
    return len(np.unique(case.population.organisation[lost]))


def with_notice(problem: Problem, told: Flags, closed: Flags, night: Numbers) -> Problem:
    """*problem*, in which only groups that were *told* a closed *night* may move in it, and in no other closed one."""
    pattern, allowed = problem.calendar
    nights = allowed.shape[1]
    late = allowed.copy()
    late[:, closed] = False
    keeps = told & (night >= 0) & closed[night] & allowed[pattern, night]
    kinds, which = np.unique(pattern[keeps] * nights + night[keeps], return_inverse=True)
    own = late[kinds // nights]
    own[np.arange(len(kinds)), kinds % nights] = True
    of_group = pattern.copy()
    of_group[keeps] = len(late) + which
    return problem._replace(calendar=Calendar(of_group, np.concatenate([late, own])))


def together(limits: Limits) -> Night:
    """The largest group that is planned: such that most nights take it, even if all of it stands at one site."""
    room = np.maximum(limits.depth, limits.refill)
    least = {Unit.MAILBOXES: MOST_TOGETHER, Unit.BYTES: MOST_BYTES_TOGETHER}
    for column, name in enumerate(limits.names):
        some = room[room[:, column] > 0, column]
        for unit, most in least.items():
            if name.startswith(unit) and len(some):
                least[unit] = min(most, int(np.median(some)))
    return Night(max(least[Unit.MAILBOXES], 1), max(least[Unit.BYTES], 1))


def rights_together(case: Case, limits: Limits) -> Numbers:
    """The groups of mailboxes joined by rights, divided where a night could not take them."""
    return grouped(case.population, case.held, together(limits))


def _groups(
    case: Case,
    capacity: Capacity,
    alone: Alone,
    earlier: Earlier | None,
    groups: Callable[[Case, Limits], Numbers],
) -> Numbers:
    """The groups that move together, parted where calendars or what people were told leave no other way."""
    population, held = case.population, case.held
    could = alone.without(case.closed)
    if earlier is None:
        return recut(population, held, groups(case, capacity.limits), could, capacity)
    label = groups(case, capacity.limits) if earlier.label is None else earlier.label
    known = earlier.told | earlier.begun
    label = stayed(held, _parted(label, earlier, case.closed), alone, earlier.night, known)
    stands = alone.may(earlier.night) | earlier.begun
    return recut_again(held, label, could, stands, int(earlier.night.max(initial=0)))


def _parted(label: Numbers, earlier: Earlier, closed: Flags) -> Numbers:
    """*label*, in which nobody is in a group with people who were told another night than his.

    Nor is one who was told none, and for whom it is too late, with those who were told a *closed* night.
    """
    fixed = earlier.told | earlier.begun
    if not fixed.any():
        return label
    night_of = least_of(label, earlier.night, fixed)
    in_time = (earlier.night != NEVER) & ~closed[earlier.night]
    with_them = fixed | ((earlier.night == night_of[label]) & in_time)
    key = np.where(with_them, earlier.night + 1, 0)
    return _apart(label, key)


def _apart(label: Numbers, key: Numbers) -> Numbers:
    """*label*, in which groups whose members have more than one *key*, 0 and up, are parted by it."""
    parts = kinds_of(label, key)[1]
    rows = np.flatnonzero(parts[label])
    if not len(rows):
        return label
    _, part = np.unique(label[rows] * (int(key.max()) + 1) + key[rows], return_inverse=True)
    parted = label.copy()
    parted[rows] = len(parts) + part
    return in_order(parted)


def _by_group(label: Numbers, earlier: Earlier) -> Earlier:
    """What stands already, a row a group: the night of those who know it, or else the first of its members' nights."""
    groups = count(label)
    told, begun = (np.bincount(label[flags], minlength=groups) > 0 for flags in (earlier.told, earlier.begun))
    night = least_of(label, earlier.night, earlier.night >= 0)
    is_new = np.bincount(label[earlier.night == NEW], minlength=groups) > 0
    night[(night == NEVER) & is_new] = NEW
    return Earlier(night, told & (night >= 0), begun, None)


def _with_members_reasons(plan: Placement, earlier: Earlier) -> Placement:
    """*plan*, in which a member that follows its group, or is new in it, has that as its reason."""
    why = plan.why.copy()
    stayed = (why == KEPT) | (why == TOLD)
    why[stayed & (earlier.night != plan.night)] = JOINED
    why[earlier.night < 0] = PLACED
    why[(why == TOLD) & ~earlier.told] = KEPT
    return plan._replace(why=why)


def nobody(_: str) -> None:
    """Nobody asked."""
