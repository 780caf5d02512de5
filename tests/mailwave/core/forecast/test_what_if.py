"""What raising a limit gains: the plan made again under it, with the same luck."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.forecast.chances import PUBLISHED, drawn
from mailwave.core.forecast.load import Names, Sorts
from mailwave.core.forecast.what_if import AS_GRANTED, Granting, Plan, compared
from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.place import placed
from mailwave.core.placement.problem import Limits
from tests.mailwave.core.forecast import loads


def plan_of(planned: loads.Planned, *, told: bool = False) -> Plan:
    granting = Granting(planned.problem, planned.sorts, Names.plain(planned.problem.limits))
    return Plan(granting, planned.night_of, planned.days, np.full(planned.problem.groups, told))


def raised(planned: loads.Planned, times: float, column: int) -> Granting:
    limits = planned.problem.limits
    refill, depth = limits.refill.copy(), limits.depth.copy()
    for rooms in (refill, depth):
        rooms[:, column] = (rooms[:, column] * times).astype(np.int64)
    problem = planned.problem._replace(limits=Limits(limits.names, refill, depth))
    return Granting(problem, planned.sorts, Names.plain(limits))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), times=st.floats(1, 4), column=st.integers(0, 2))
def test_raising_a_limit_gains_no_less_than_nothing(seed: int, times: float, column: int) -> None:
    """It should never find that more of a limit makes the end later."""
    planned = loads.drawn_plan(seed)
    cases = [("more", raised(planned, times, column))]
    granted, more = compared(plan_of(planned), cases, drawn(PUBLISHED, runs=20, seed=1))
    assert AS_GRANTED == granted.case
    assert more.gain_p90 is not None
    assert more.gain_p90 >= 0
    assert more.unplaced <= granted.unplaced


def tight_plan() -> loads.Planned:
    """A plan in which mailboxes bind each night, and nothing else ever does."""
    planned = loads.drawn_plan(5, groups=300, limits=2)
    tight = planned.problem.limits.refill.copy()
    tight[:, 1] *= 100
    limits = Limits(planned.problem.limits.names, tight, tight)
    problem = planned.problem._replace(limits=limits)
    horizon = last_night(problem)
    night_of = placed(problem, limits.nights - 1 if horizon is None else horizon)
    return planned._replace(
        problem=problem, night_of=night_of, sorts=Sorts(*np.zeros((2, 2), dtype=np.bool_))
    )


def test_the_binding_limit_is_worth_raising() -> None:
    """It should gain days by another plan when the limit that binds is doubled, and none when another is."""
    planned = tight_plan()
    cases = [("mailboxes twice", raised(planned, 2, 0)), ("copies twice", raised(planned, 2, 1))]
    granted, mailboxes, copies = compared(plan_of(planned), cases, drawn(PUBLISHED, runs=50, seed=1))
    assert (mailboxes.gain_p50 or 0) > 5
    assert mailboxes.anew
    assert 0 == copies.gain_p50
    assert (granted.anew, granted.ends) == (copies.anew, copies.ends)


def test_nights_are_kept_where_that_is_as_good() -> None:
    """It should take no new plan that ends no sooner than the old one."""
    planned = tight_plan()
    plan, draws = plan_of(planned, told=True), drawn(PUBLISHED, runs=50, seed=1)
    granted, more = compared(plan, [("mailboxes twice", raised(planned, 2, 0))], draws)
    assert (False, False) == (granted.anew, more.anew)
    assert 0 == granted.gain_p90


def test_who_was_told_keeps_the_night() -> None:
    """It should not end sooner by a new plan where everybody knows the night already."""
    planned = tight_plan()
    cases = [("more", raised(planned, 3, 0))]
    _, more = compared(plan_of(planned, told=True), cases, drawn(PUBLISHED, runs=20, seed=1))
    assert more.ends is not None
    assert more.ends.planned == planned.days[int(planned.night_of.max())]
