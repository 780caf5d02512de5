"""What nights have left, and what keeps a group from one."""

import numpy as np
from hypothesis import given, settings

from mailwave.core.placement.problem import NEVER, Problem
from mailwave.core.placement.replan import planned_first
from mailwave.core.placement.room import Barrier, barrier, left_over, spare, used, why_never
from tests.mailwave.core.placement.problems import NIGHTS, a_problem, problems

ALWAYS = [True, True, True]


@given(problems())
@settings(max_examples=100)
def test_what_is_spare_can_be_used(problem: Problem) -> None:
    """It should call no more spare than a night can take without breaking it or a later one."""
    taken = used(problem, planned_first(problem).night)
    free = spare(problem.limits, taken)

    for night in range(NIGHTS):
        for limit in range(2):
            more = taken.copy()
            more[night, limit] += max(int(free[night, limit]), 0)
            assert (left_over(problem.limits, more) >= 0).all()


def test_what_keeps_a_group_from_earlier_nights_is_counted() -> None:
    """It should count the nights that are barred, those full of each limit, and those with room."""
    allowed = [ALWAYS + ALWAYS, ALWAYS + ALWAYS, [True, True, False, True, True, True]]
    problem = a_problem([2, 1, 1], [1, 9, 2], allowed, [[2, 10]] * 6)

    assert Barrier(1, {"mailboxes a night": 1, "bytes a night": 1}, 1) == barrier(
        problem, np.array([0, 1, 4]), 2
    )


def test_why_a_group_has_no_night_is_said() -> None:
    """It should tell a calendar without nights, a need that no night meets, and nights that are full."""
    problem = a_problem([1, 5, 1], [1, 1, 1], [[False] * 3, ALWAYS, ALWAYS], [[2, 9]] * 3)

    assert "no night is left in its calendar" == why_never(problem, 0)
    assert "needs 5 of mailboxes a night; a night takes 2" == why_never(problem, 1)
    assert "no night in the calendar has room left" == why_never(problem, 2)
    assert 1 == barrier(problem, np.array([NEVER, NEVER, NEVER]), 0).barred // 3
