"""Small plans to forecast: a few nights, limits and days, drawn or written out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from mailwave.core.forecast.load import Load, Names, Sorts, load_of
from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.place import placed
from mailwave.core.placement.problem import Calendar, Limits, Numbers, Problem
from tests.mailwave.core.placement.problems import needs_of

MONDAY = date(2027, 3, 1)


class Planned(NamedTuple):
    """A problem, the nights of its groups, and the days of the nights."""

    problem: Problem
    night_of: Numbers
    days: list[date]
    sorts: Sorts

    def load(self) -> Load:
        return load_of(*self)


def drawn_plan(seed: int, *, groups: int = 60, nights: int = 40, limits: int = 3) -> Planned:
    """A plan that the planner made of drawn groups: limits are nightly, of copying and taken once by turns."""
    draw = np.random.default_rng(seed)
    mailboxes = draw.integers(1, 30, groups)
    amounts = np.stack([mailboxes, *(draw.integers(0, 40, groups) for _ in range(limits - 1))], axis=1)
    refill = draw.integers(60, 200, (nights, limits))
    problem = Problem(
        mailboxes,
        needs_of(amounts),
        Limits(tuple(f"limit {n}" for n in range(limits)), refill, refill * draw.integers(1, 4, limits)),
        Calendar(np.zeros(groups, dtype=np.int64), np.ones((1, nights), dtype=np.bool_)),
        draw.integers(0, 2**63, groups).astype(np.uint64),
    )
    horizon = last_night(problem)
    night_of = placed(problem, nights - 1 if horizon is None else horizon)
    kinds = np.arange(limits) % 3
    return Planned(problem, night_of, days(nights), Sorts(kinds == 1, kinds == 2))


def days(nights: int) -> list[date]:
    return [MONDAY + timedelta(days=n) for n in range(nights)]


def even_load(planned: Sequence[int], room: int, *, nights: int = 60, copying: bool = False) -> Load:
    """A load of one limit, mailboxes, with the same room each night."""
    amounts = np.zeros((nights, 1), dtype=np.int64)
    amounts[: len(planned), 0] = planned
    rooms = np.full((nights, 1), room)
    limits = Limits(("mailboxes",), rooms, rooms)
    return Load(
        np.array([day.toordinal() for day in days(nights)]),
        amounts,
        amounts.sum(axis=0),
        limits,
        Names.plain(limits),
        Sorts(np.array([copying]), np.array([False])),
    )
