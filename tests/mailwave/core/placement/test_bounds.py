"""The bound is the true one wherever every plan can be tried, and never above what a plan reaches."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.placement import bounds
from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.problem import Limits, Need, Problem, calendar_of


def of_ones(allowed: list[list[int]], room: list[int], unit: int = 1) -> Problem:
    """Groups of one mailbox each, with the nights that they may use, and how many each night takes."""
    rows = np.array(allowed, dtype=np.bool_)
    ids = np.arange(len(rows))
    ones = np.ones(len(rows), dtype=np.int64)
    figures = np.array(room, dtype=np.int64)[:, None] * unit
    return Problem(
        ones,
        (Need(ids, ones * unit),),
        Limits(("mailboxes",), figures, figures),
        calendar_of(rows),
        ids.astype(np.uint64),
    )


def tried(allowed: list[list[int]], room: list[int]) -> int | None:
    """The earliest last night of all ways to give each group a night."""
    ways = product(*[[n for n, may in enumerate(row) if may] for row in allowed])
    kept = (way for way in ways if all(way.count(night) <= most for night, most in enumerate(room)))
    return min(map(max, kept), default=None)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_it_is_what_trying_everything_finds(data: st.DataObject) -> None:
    """It should be the earliest last night of all plans, or None when there is none, on every small problem."""
    nights = data.draw(st.integers(1, 5))
    room = data.draw(st.lists(st.integers(0, 3), min_size=nights, max_size=nights))
    row = st.lists(st.integers(0, 1), min_size=nights, max_size=nights)
    allowed = data.draw(st.lists(row, min_size=1, max_size=5))

    assert tried(allowed, room) == last_night(of_ones(allowed, room))


def test_the_limit_that_ends_last_decides() -> None:
    """It should be the last of the nights that the limits ask for one by one."""
    problem = of_ones([[1, 1, 1, 1]] * 3, [3, 3, 3, 3])
    second = Limits(
        ("mailboxes", "bytes"), *[np.hstack([problem.limits.refill, np.ones((4, 1), np.int64)])] * 2
    )

    assert 0 == last_night(problem)
    assert 2 == last_night(problem._replace(limits=second, needs=problem.needs * 2))


@pytest.mark.parametrize("unit", [1, 10**13])
def test_large_amounts_are_counted_too(unit: int) -> None:
    """It should find the same night when amounts need more than 32 bits."""
    assert 2 == last_night(of_ones([[1, 1, 1, 1]] * 5, [2, 2, 2, 2], unit))


def test_coarser_parts_never_make_the_bound_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should round demand down and room up where it counts in coarser parts, so that it stays a bound."""
    problem = of_ones([[1, 1, 1, 1]] * 7, [2, 2, 2, 2], 5)
    exact = last_night(problem)
    monkeypatch.setattr(bounds, "LARGEST", 12)

    coarse = last_night(problem)
    assert coarse is not None
    assert exact is not None
    assert coarse <= exact
