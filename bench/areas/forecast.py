"""Forecasts by columns against the same queues in plain Python, and the record move beside what is published."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from bench.rows import PAIRS, Row, pair
from mailwave.core.forecast.chances import PUBLISHED, Draws, drawn
from mailwave.core.forecast.load import Load, Names, Sorts, lengthened
from mailwave.core.forecast.nights import lived
from mailwave.core.forecast.record_move import NAMED_GRANTS
from mailwave.core.forecast.record_table import results
from mailwave.core.placement.problem import Limits
from mailwave.core.record import ENDED, FIRST

NIGHTS, LIMITS, RUNS = 180, 10, 100
A_NIGHT = 20_000
WEEK = 7


def rows(*, runs: int = RUNS, pairs: int = PAIRS) -> Iterator[Row]:
    """The pair, and a row a case of the record move: its weeks."""
    load, draws = _load(), drawn(PUBLISHED, runs, seed=11)
    yield pair(
        area="planner",
        name="forecast",
        workload=f"{runs} runs of {NIGHTS} nights and {LIMITS} limits",
        ours=partial(_by_columns, load, draws),
        baseline=partial(_plain, load, draws),
        baseline_name="run by run in Python",
        pairs=pairs,
    )
    published = ((ENDED - FIRST).days + 1) / WEEK
    for result in results():
        case = result.case
        yield Row(
            area="planner",
            name=f"record move: {case.name}",
            workload=f"2.1 million mailboxes, {case.slots or 'any'} slots; {result.binding} bind",
            ours=result.weeks,
            baseline=published if case == NAMED_GRANTS else None,
            baseline_name="the move itself, as published" if case == NAMED_GRANTS else None,
            ratio=None,
            unit="weeks",
        )


def _load() -> Load:
    """A plan that fills four nights in five; every second limit is of copying."""
    draw = np.random.default_rng(11)
    planned = draw.integers(A_NIGHT // 2, A_NIGHT, (NIGHTS, LIMITS))
    room = np.full((NIGHTS, LIMITS), A_NIGHT)
    limits = Limits(tuple(f"limit {n}" for n in range(LIMITS)), room, room * 2)
    copying = np.arange(LIMITS) % 2 == 1
    days = np.arange(FIRST.toordinal(), FIRST.toordinal() + NIGHTS)
    return Load(
        days, planned, planned.sum(axis=0), limits, Names.plain(limits), Sorts(copying, ~copying & False)
    )


def _by_columns(load: Load, draws: Draws) -> list[int]:
    """The nights in which the runs end."""
    ends: list[int] = lived(load, draws).end.tolist()
    return ends


def _plain(load: Load, draws: Draws) -> list[int]:
    """The nights in which the runs end, one run and limit after the other."""
    long = lengthened(load)
    days = long.day.tolist()
    speeds = [draws.copying(day).tolist() for day in days]
    return [
        max(
            load.last,
            *(
                _queue(long, draws, run, limit, [speed[run] for speed in speeds])
                for limit in range(len(load.limits.names))
            ),
        )
        for run in range(draws.runs)
    ]


def _queue(load: Load, draws: Draws, run: int, limit: int, today: list[float]) -> int:
    """The night in which one limit has let through all but those who are given up."""
    copying = bool(load.sorts.copying[limit])
    usual = float(draws.speed[run]) if copying else 1.0
    failing, wait = float(draws.failing[run]), int(draws.again[run])
    planned = load.planned[:, limit].tolist()
    refill, depth = load.limits.refill[:, limit].tolist(), load.limits.depth[:, limit].tolist()
    total = float(sum(planned))
    given_up = max(0.5 / float(load.mailboxes[limit]), failing**draws.chances.attempts)
    coming = [0.0] * (len(planned) + wait + 1)
    due = again = left = through = 0.0
    for night, amount in enumerate(planned):
        fresh = refill[night] * (today[night] if copying else 1.0)
        room = min(max(depth[night] * usual, fresh), left + fresh)
        due, again = due + amount, again + coming[night]
        kept = min(due, room)
        second = min(again, room - kept)
        due, again, left = due - kept, again - second, room - kept - second
        through += kept + second
        coming[night + wait] += (kept + second) * failing
        if night >= load.last and through * (1 - failing) >= total * (1 - given_up):
            return night
    return -1
