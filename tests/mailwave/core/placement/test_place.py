"""Placements: every limit and calendar kept, nothing left out that fits, and little changed by a change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.place import placed
from mailwave.core.placement.problem import NEVER, Calendar, Limits, Need, Numbers, Problem, calendar_of
from tests.mailwave.core.placement.problems import needs_of


class Shape(NamedTuple):
    """What a problem is drawn from."""

    groups: int = 400
    nights: int = 30
    limits: int = 3
    room: int = 60
    days_ahead: int = 1
    barred: float = 0.2


def a_problem(seed: int, shape: Shape) -> Problem:
    draw = np.random.default_rng(seed)
    mailboxes = np.minimum(draw.geometric(0.4, shape.groups), shape.room // 2)
    amounts = np.stack(
        [mailboxes, *(draw.integers(0, 9, shape.groups) for _ in range(shape.limits - 1))], axis=1
    )
    refill = draw.integers(shape.room // 2, shape.room + 1, (shape.nights, shape.limits))
    allowed = draw.random((shape.groups, shape.nights)) >= shape.barred
    return Problem(
        mailboxes,
        needs_of(amounts),
        Limits(tuple(f"limit {n}" for n in range(shape.limits)), refill, refill * shape.days_ahead),
        calendar_of(allowed),
        draw.integers(0, 2**63, shape.groups).astype(np.uint64),
    )


def problems() -> st.SearchStrategy[Problem]:
    shapes = st.builds(
        Shape,
        groups=st.integers(1, 120),
        nights=st.integers(1, 20),
        limits=st.integers(1, 4),
        room=st.integers(8, 60),
        days_ahead=st.integers(1, 3),
        barred=st.floats(0, 0.9),
    )
    return st.builds(a_problem, st.integers(0, 2**32), shapes)


def usage(problem: Problem, night_of: Numbers) -> Numbers:
    used = np.zeros((problem.limits.nights, len(problem.limits.names)), dtype=np.int64)
    for limit, need in enumerate(problem.needs):
        for group, amount in zip(*need, strict=True):
            if night_of[group] != NEVER:
                used[night_of[group], limit] += amount
    return used


def is_within(limits: Limits, used: Numbers) -> bool:
    """Whether no bucket runs dry, reckoned night by night."""
    left = np.zeros(len(limits.names), dtype=np.int64)
    for night in range(limits.nights):
        left = np.minimum(limits.depth[night], left + limits.refill[night]) - used[night]
        if (left < 0).any():
            return False
    return True


def solved(problem: Problem, fixed: Numbers | None = None) -> Numbers:
    horizon = last_night(problem)
    return placed(problem, problem.limits.nights - 1 if horizon is None else horizon, fixed)


@given(problems())
@settings(max_examples=80, deadline=None)
def test_limits_and_calendars_are_kept(problem: Problem) -> None:
    """It should exceed no limit on any night, and move no group on a night that is barred to it."""
    night_of = solved(problem)

    assert is_within(problem.limits, usage(problem, night_of))
    groups = np.flatnonzero(night_of != NEVER)
    assert problem.calendar.allowed[problem.calendar.pattern[groups], night_of[groups]].all()


@given(problems())
@settings(max_examples=50, deadline=None)
def test_nothing_is_left_out_that_fits(problem: Problem) -> None:
    """It should leave a group out only if each night that it may use is too full for it."""
    night_of = solved(problem)
    for group in np.flatnonzero(night_of == NEVER):
        for night in np.flatnonzero(problem.calendar.allowed[problem.calendar.pattern[group]]):
            with_it = night_of.copy()
            with_it[group] = night
            assert not is_within(problem.limits, usage(problem, with_it))


@given(problems(), st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_what_is_fixed_stays(problem: Problem, seed: int) -> None:
    """It should keep fixed nights, and fill up round them without exceeding a limit."""
    before = solved(problem)
    stays = np.random.default_rng(seed).random(problem.groups) < 0.5
    after = solved(problem, np.where(stays, before, NEVER))

    assert before[stays & (before != NEVER)].tolist() == after[stays & (before != NEVER)].tolist()
    assert is_within(problem.limits, usage(problem, after))


def test_the_last_night_is_that_of_the_flow() -> None:
    """It should end within 5 % of the flow, which may split groups, on each of five problems with coarse groups."""
    for seed in range(5):
        problem = a_problem(seed, Shape(groups=2_000, nights=200, room=90, barred=0.4))
        horizon = last_night(problem)

        assert horizon is not None
        assert horizon <= solved(problem).max() <= 1.05 * horizon


def test_an_urgent_group_is_not_left_behind() -> None:
    """It should give the only night of a group to it, before others that come first in order but may wait."""
    allowed = np.ones((12, 20), dtype=np.bool_)
    allowed[-1, 1:] = False
    ids = np.arange(12)
    one_each = np.ones(12, dtype=np.int64)
    room = np.ones((20, 1), dtype=np.int64)
    problem = Problem(
        one_each,
        (Need(ids, one_each),),
        Limits(("mailboxes",), room, room),
        calendar_of(allowed),
        ids.astype(np.uint64),
    )

    assert 0 == solved(problem)[-1]


def test_who_drops_out_moves_others_little() -> None:
    """It should bring the others forward by what became free, and not shuffle them, when one in fifty drops out."""
    problem = a_problem(1, Shape(groups=4_000, nights=300, limits=1, barred=0.1))
    rest = np.arange(problem.groups) % 50 != 0
    renumbered = np.cumsum(rest) - 1
    kept = [rest[need.group] for need in problem.needs]
    smaller = Problem(
        problem.mailboxes[rest],
        tuple(
            Need(renumbered[need.group[stays]], need.amount[stays])
            for need, stays in zip(problem.needs, kept, strict=True)
        ),
        problem.limits,
        Calendar(problem.calendar.pattern[rest], problem.calendar.allowed),
        problem.order[rest],
    )

    before, after = solved(problem)[rest], solved(smaller)
    assert np.abs(before - after).mean() <= 0.02 * before.max()


def test_the_same_problem_has_the_same_answer() -> None:
    """It should place the same groups in the same nights each time."""
    problem = a_problem(3, Shape())

    assert solved(problem).tolist() == solved(problem).tolist()


def test_heavy_groups_wait_where_bytes_are_short() -> None:
    """It should leave the heaviest groups of a night to later ones, so that each night takes all its mailboxes."""
    count, nights, a_night = 2_000, 40, 50
    ids, one_each = np.arange(count), np.ones(count, dtype=np.int64)
    size = np.where(
        ids < 60, 20, 1
    )  # the heavy ones come first in order; a night takes two beside light ones
    room = np.tile([a_night, 100], (nights, 1))
    problem = Problem(
        one_each,
        (Need(ids, one_each), Need(ids, size)),
        Limits(("mailboxes", "bytes"), room, room),
        calendar_of(np.ones((count, nights), dtype=np.bool_)),
        ids.astype(np.uint64),
    )

    night_of = solved(problem)

    assert {a_night} == set(np.bincount(night_of).tolist())
    assert nights == night_of.max() + 1
