"""Small problems of placing groups, drawn at random but feasible more often than not."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from mailwave.core.placement.problem import Calendar, Limits, Need, Numbers, Problem
from mailwave.core.placement.room import left_over, used

NIGHTS = 6


def needs_of(amounts: Numbers) -> tuple[Need, ...]:
    """What each group (row) takes of each limit (column)."""
    groups = [np.flatnonzero(amount) for amount in amounts.T]
    return tuple(Need(some, amount[some]) for some, amount in zip(groups, amounts.T, strict=True))


def a_problem(
    mailboxes: list[int], sizes: list[int], allowed: list[list[bool]], refill: list[list[int]], depth: int = 1
) -> Problem:
    """Groups with so many *mailboxes* and bytes, a calendar row each, and a row of limits a night.

    Bytes may be saved up for *depth* nights.
    """
    groups = np.arange(len(mailboxes))
    needs = needs_of(np.stack([np.array(mailboxes), np.array(sizes)], axis=1))
    room = np.array(refill, dtype=np.int64)
    most = room.copy()
    most[:, 1] *= depth
    return Problem(
        np.array(mailboxes),
        needs,
        Limits(("mailboxes a night", "bytes a night"), room, most),
        Calendar(groups, np.array(allowed, dtype=np.bool_).reshape(-1, len(refill))),
        (groups.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A problem of up to twelve groups and six nights."""
    groups = draw(st.integers(1, 12))
    few = st.integers(1, 3)
    mailboxes = draw(st.lists(few, min_size=groups, max_size=groups))
    sizes = draw(st.lists(few, min_size=groups, max_size=groups))
    row = st.lists(st.sampled_from([True, True, True, False]), min_size=NIGHTS, max_size=NIGHTS)
    allowed = draw(st.lists(row, min_size=groups, max_size=groups))
    room = st.lists(st.integers(0, 8), min_size=2, max_size=2)
    refill = draw(st.lists(room, min_size=NIGHTS, max_size=NIGHTS))
    return a_problem(mailboxes, sizes, allowed, refill, draw(st.integers(1, 3)))


def broken(problem: Problem, night: Numbers) -> list[str]:
    """What of limits and calendars does not hold of *night*."""
    moving = np.flatnonzero(night >= 0)
    found = []
    if not problem.calendar.allowed[problem.calendar.pattern[moving], night[moving]].all():
        found.append("a group moves on a night that its calendar bars")
    if (left_over(problem.limits, used(problem, night)) < 0).any():
        found.append("a night takes more than there is")
    return found
