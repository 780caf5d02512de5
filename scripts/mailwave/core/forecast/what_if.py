"""What raising one limit would gain: the same groups planned again under it, and lived through with the same luck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import msgspec
import numpy as np

from mailwave.core.forecast.chances import Draws
from mailwave.core.forecast.load import Load, Names, Sorts, load_of
from mailwave.core.forecast.nights import lived
from mailwave.core.forecast.summary import Ends, ends_of
from mailwave.core.placement.problem import NEVER, Flags, Need, Numbers, Problem
from mailwave.core.placement.replan import replanned

AS_GRANTED = "as granted"


class Granting(NamedTuple):
    """A problem under some limits, with what there is to say of each: their sorts and names."""

    problem: Problem
    sorts: Sorts
    names: Names


class Plan(NamedTuple):
    """A plan to compare with: what is granted, the night of each group, and the local days of the nights.

    *told* marks the groups whose people know their night: they keep it in each case.
    """

    granting: Granting
    night_of: Numbers
    days: Sequence[date]
    told: Flags

    def load(self) -> Load:
        """What the plan takes."""
        problem, sorts, names = self.granting
        return load_of(problem, self.night_of, self.days, sorts, names)


class Gain(msgspec.Struct, frozen=True):
    """One case: *ends*, and the days by which half and nine tenths of the runs end sooner than as granted.

    *anew* says that it needs another plan: with everybody's night kept it would end later. *unplaced* mailboxes have
    no night. Where nobody has one there are no *ends*. A gain is None when either end is beyond all that was looked at.
    """

    case: str
    ends: Ends | None
    gain_p50: int | None
    gain_p90: int | None
    anew: bool
    unplaced: int


def compared(plan: Plan, cases: Iterable[tuple[str, Granting]], draws: Draws) -> tuple[Gain, ...]:
    """What each of *cases*, a name and what is granted then, would gain on *plan*.

    The first row has the limits as they are. Where a new plan would end sooner without any more being granted, that
    row has it, so that nothing is put down to a limit that planning again would gain by itself.
    """
    base = _best(plan, plan.granting, draws)
    rows = [_gain(AS_GRANTED, base, base)]
    rows.extend(_gain(name, _best(plan, granting, draws), base) for name, granting in cases)
    return tuple(rows)


def _gain(case: str, found: _Found, base: _Found) -> Gain:
    p50, p90 = (
        _days(before, after) for before, after in zip(_dates(base.ends), _dates(found.ends), strict=True)
    )
    return Gain(case, found.ends, p50, p90, found.anew, found.unplaced)


def _dates(ends: Ends | None) -> tuple[date | None, date | None]:
    return (ends.p50, ends.p90) if ends else (None, None)


class _Found(NamedTuple):
    """The best plan of a case: its *ends*, whether it is a new one, and the mailboxes without a night."""

    ends: Ends | None
    anew: bool
    unplaced: int


def _best(plan: Plan, granting: Granting, draws: Draws) -> _Found:
    """The better of the old nights, where they still fit, and new ones."""
    changed = plan._replace(granting=granting)
    again = _planned_again(changed)
    tried = [(again, True)]
    if _no_less(granting.problem, plan.granting.problem):
        tried.insert(0, (changed, False))
    found = [_Found(_ends(each, draws), anew, _unplaced(each)) for each, anew in tried]
    return min(found, key=_lateness)


def _lateness(found: _Found) -> tuple[int, date, date]:
    """The order of plans: first by how many have no night, then by nine tenths of the runs, then by half."""
    p50, p90 = _dates(found.ends)
    return found.unplaced, p90 or date.max, p50 or date.max


def _ends(plan: Plan, draws: Draws) -> Ends | None:
    if (plan.night_of == NEVER).all():
        return None
    load = plan.load()
    return ends_of(load, lived(load, draws))


def _planned_again(plan: Plan) -> Plan:
    previous = np.where(plan.told, plan.night_of, NEVER)
    return plan._replace(night_of=replanned(plan.granting.problem, previous, plan.told))


def _no_less(problem: Problem, than: Problem) -> bool:
    """Whether *problem* asks for the same and has no less room for it, so that a plan of the other still fits."""
    if problem is than:
        return True
    room, before = problem.limits, than.limits
    same = room.names == before.names and _equal(problem.needs, than.needs)
    return same and bool((room.refill >= before.refill).all() and (room.depth >= before.depth).all())


def _equal(needs: Iterable[Need], others: Iterable[Need]) -> bool:
    return all(
        np.array_equal(one.group, other.group) and np.array_equal(one.amount, other.amount)
        for one, other in zip(needs, others, strict=True)
    )


def _unplaced(plan: Plan) -> int:
    return int(plan.granting.problem.mailboxes[plan.night_of == NEVER].sum())


def _days(before: date | None, after: date | None) -> int | None:
    return None if before is None or after is None else (before - after).days
