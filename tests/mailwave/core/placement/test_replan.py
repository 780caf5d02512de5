"""A replan keeps who was told, moves as few as it can, breaks nothing, and changes nothing when nothing changed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.problem import (
    NEVER,
    NEW,
    Calendar,
    Flags,
    Limits,
    Numbers,
    Problem,
    calendar_of,
)
from mailwave.core.placement.reasons import (
    KEPT,
    MADE_ROOM,
    NIGHT_GONE,
    NO_ROOM,
    PLACED,
    TELL_AGAIN,
    TOLD,
    TOLD_GONE,
    TOLD_NO_ROOM,
)
from mailwave.core.placement.replan import planned_first, replan, replanned
from tests.mailwave.core.placement.problems import a_problem, broken, needs_of, problems

ALWAYS = [True, True, True]


def flags(problem: Problem, *groups: int) -> Flags:
    found = np.zeros(problem.groups, dtype=np.bool_)
    found[list(groups)] = True
    return found


def barred(problem: Problem, group: int, night: int) -> Problem:
    allowed = problem.calendar.allowed.copy()
    allowed[problem.calendar.pattern[group], night] = False
    return problem._replace(calendar=Calendar(problem.calendar.pattern, allowed))


class TestLaws:
    @given(problems(), st.integers(0, 2**12))
    @settings(max_examples=150)
    def test_nothing_changed_changes_nothing(self, problem: Problem, told: int) -> None:
        """It should leave everybody where he is when nothing changed, whoever was told."""
        first = planned_first(problem).night
        known = np.array([told >> group & 1 for group in range(problem.groups)], dtype=np.bool_)

        found = replan(problem, first, known & (first != NEVER))

        assert first.tolist() == found.night.tolist()

    @given(problems(), problems(), st.integers(0, 2**12))
    @settings(max_examples=200)
    def test_no_rule_is_ever_broken(self, before: Problem, after: Problem, told: int) -> None:
        """It should keep limits and calendars whatever stood before, and keep or name whoever was told."""
        groups = min(before.groups, after.groups)
        previous: Numbers = np.full(after.groups, NEW)
        previous[:groups] = planned_first(before).night[:groups]
        known = np.array([told >> group & 1 for group in range(after.groups)], dtype=np.bool_)
        known &= previous >= 0

        found = replan(after, previous, known)

        assert [] == broken(after, found.night)
        moved = known & (found.night != previous)
        assert set(found.why[moved].tolist()) <= set(TELL_AGAIN)
        assert not np.isin(found.why[~moved], TELL_AGAIN).any()

    @given(problems(), st.integers(0, 11))
    @settings(max_examples=150)
    def test_one_that_slips_moves_hardly_anybody(self, problem: Problem, group: int) -> None:
        """It should move nobody else when one group loses its night, unless that group finds no other."""
        first = planned_first(problem).night
        group %= problem.groups
        if first[group] == NEVER:
            return
        after = barred(problem, group, int(first[group]))
        alone = np.where(np.arange(problem.groups) == group, NEVER, first)

        found = replan(after, first, np.zeros(problem.groups, dtype=np.bool_))

        others = (found.night != alone) & (np.arange(problem.groups) != group) & (alone != NEVER)
        if others.any():
            assert found.why[others].tolist() == [MADE_ROOM] * int(others.sum())
            assert int(problem.mailboxes[found.night == NEVER].sum()) < int(
                problem.mailboxes[alone == NEVER].sum()
            )


def test_limits_that_bind_together_do_not_make_the_plan_longer() -> None:
    """It should aim at a later night where no limit by itself says that its horizon cannot be met."""
    site = np.array([1, 1, 0, 0, 1])
    nights = ["11110001111", "11000111111", "10000111111", "11000111110", "11010111111"]
    room = np.tile([2, 1, 2], (11, 1))
    problem = Problem(
        np.ones(5, dtype=np.int64),
        needs_of(np.stack([np.ones(5, dtype=np.int64), site == 0, site == 1], axis=1).astype(np.int64)),
        Limits(("mailboxes", "mailboxes at one site", "mailboxes at the other"), room, room),
        calendar_of(np.array([[night == "1" for night in each] for each in nights])),
        np.arange(5).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )
    horizon = last_night(problem)
    assert horizon == 2

    assert 3 == planned_first(problem).night.max()


def test_each_night_has_its_reason() -> None:
    """It should say of each group why it has its night."""
    problem = a_problem([1] * 5, [1] * 5, [ALWAYS] * 5, [[2, 9]] * 3)
    previous = np.array([0, 0, 1, 1, NEVER])
    after = barred(barred(problem, 1, 0), 3, 1)

    found = replan(after, previous, flags(problem, 0, 1))

    assert [TOLD, TOLD_GONE, KEPT, NIGHT_GONE, PLACED] == found.why.tolist()
    assert [0, 1] == [found.night[0], found.night[2]]


def test_told_people_are_the_last_to_lose_their_night() -> None:
    """It should take the night from those who were not told when a limit falls, and name who was told and loses it."""
    problem = a_problem([1] * 4, [1] * 4, [ALWAYS] * 4, [[2, 9], [2, 9], [2, 9]])
    previous = np.array([0, 0, 0, 0])

    found = replan(problem, previous, flags(problem, 2, 3))
    worse = replan(problem, previous, flags(problem, 1, 2, 3))

    assert [0, 0] == found.night[2:].tolist()
    assert [NO_ROOM, NO_ROOM, TOLD, TOLD] == found.why.tolist()
    assert 1 == worse.why.tolist().count(TOLD_NO_ROOM)
    assert 2 == worse.why.tolist().count(TOLD)


def test_who_has_begun_keeps_his_night() -> None:
    """It should leave a group that is on its way where it is, though its night is barred to it and full."""
    problem = a_problem([1] * 2, [1] * 2, [[False, True, True], ALWAYS], [[0, 9], [2, 9], [2, 9]])

    assert [0, 1] == replanned(problem, np.array([0, 1]), flags(problem), flags(problem, 0)).tolist()


def test_room_is_made_for_who_has_no_other_night() -> None:
    """It should move one that was not told so that a group with a single night finds room in it."""
    problem = a_problem([1] * 3, [1] * 3, [ALWAYS, ALWAYS, [True, False, False]], [[1, 9]] * 3)

    found = replan(problem, np.array([0, 1, NEW]), flags(problem))

    assert [2, 1, 0] == found.night.tolist()
    assert [MADE_ROOM, KEPT, PLACED] == found.why.tolist()


def test_told_people_make_no_room() -> None:
    """It should rather leave a group without a night than take one from people who know theirs."""
    problem = a_problem([1] * 2, [1] * 2, [ALWAYS, [True, False, False]], [[1, 9]] * 3)

    assert [0, NEVER] == replanned(problem, np.array([0, NEW]), flags(problem, 0)).tolist()


def test_nights_that_many_left_are_filled() -> None:
    """It should move people up from the last nights when many lose theirs at once, and few of all."""
    groups, nights = 1_000, 22
    allowed = np.ones((groups, nights), dtype=np.bool_)
    problem = a_problem([1] * groups, [1] * groups, allowed.tolist(), [[50, 999]] * nights)
    first = planned_first(problem).night
    slipped = (first == 2) & (np.arange(groups) % 2 == 0)
    late = allowed.copy()
    late[slipped, :15] = False
    after = problem._replace(calendar=Calendar(np.arange(groups), late))

    found = replan(after, first, first < 2, many=True).night

    assert 19 == found.max()
    assert first.sum() == found.sum()
    assert int(slipped.sum()) <= int(((found != first) & ~slipped).sum()) <= 0.09 * groups
    assert (found[first < 2] == first[first < 2]).all()


def test_who_would_move_last_takes_a_night_of_those_who_can_wait() -> None:
    """It should end with the night of the flow when many slip: few others make room, and none that was told."""
    groups, nights = 600, 24
    allowed = np.ones((groups, nights), dtype=np.bool_)
    problem = a_problem([1] * groups, [1] * groups, allowed.tolist(), [[30, 999]] * nights)
    first = planned_first(problem).night
    slipped = (first == 1) & (np.arange(groups) % 2 == 0)
    late = allowed.copy()
    late[slipped, :10] = False
    late[slipped, 17:22] = False  # all nights that it may use before the last ones are full
    after = problem._replace(calendar=Calendar(np.arange(groups), late))

    found = replan(after, first, first < 1, many=True)

    assert 19 == found.night.max()
    assert [] == broken(after, found.night)
    assert (found.night[first < 1] == first[first < 1]).all()
    assert int(((found.night != first) & ~slipped).sum()) <= 3 * int(slipped.sum())
