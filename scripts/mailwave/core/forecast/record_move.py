"""The record move, planned again: 2.1 million mailboxes from August 2020, at rates that were fixed before.

The planner places the mailboxes night by night (`mailwave.core.placement`), in groups of a hundred, into the same
buckets as any plan of ours: mailboxes a night, and copying, which comes day by day and can be kept for as long as the
notice lasts and as far as incremental syncs keep it fresh. Nothing here knows when the move ended in fact; that
stands beside the result.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np

from mailwave.core.forecast.chances import GB, RATE, Chances, certain, drawn
from mailwave.core.forecast.load import Load, Sorts, load_of
from mailwave.core.forecast.nights import Lived, lived
from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.place import placed
from mailwave.core.placement.problem import Calendar, Flags, Limits, Need, Numbers, Problem
from mailwave.core.record import BYTES, FIRST, MAILBOXES, SEEN_ON, WEEKDAY, WEEKEND_DAY

RAMP = (0.05, 0.2, 0.5)
"""Assumption: the part of the nightly figures that the first weeks may use."""

TAIL_FROM, TAIL = date(2020, 10, 26), 0.02
"""Application accounts went last, from late October; their share is an assumption."""

AHEAD_DAYS = 14
"""Days before its night that a mailbox may be copied: the notice that people are given."""

INCREMENT_SECONDS, COMPLETION_SECONDS = 360, 816
"""Assumptions, the same as those of `environments/limits.production.yaml`: how long a synced mailbox holds an
incremental slot each day (fact B23: a sync every 24 hours), and in the night in which it completes."""

WINDOW_HOURS = 10
"""Assumption: an evening's window, from 20:00 to 06:00."""

GROUP = 100
"""Mailboxes that are placed together, so that a case takes a second."""

SPREAD = 0.2
"""Assumption: deviation of the logarithm of the sizes of groups of a hundred."""

YEARS = 2


class Case(NamedTuple):
    """One way to run it: *slots* for initial syncs, *increments* for later ones (None: no limit), *rate* in GB/h."""

    name: str
    slots: int | None
    increments: int | None
    rate: float = RATE
    ramped: bool = True


SITES = 7
"""Assumption: migration endpoints, each with incremental slots of its own."""

PUBLISHED_LIMITS = Case("published limits", 300, SITES * 20)
"""Fact B4: 300 initial syncs in all; facts B2 and B3: 20 incremental syncs at each endpoint."""

NAMED_GRANTS = Case("named grants", 807, SITES * 135)
"""807 moves at 0.66 GB/h are 2.3 PB in 180 days; 135 incremental slots an endpoint complete 41,500 in a night."""

PEAK_RATES = Case("peak rates alone", None, None, ramped=False)
"""22,000 an evening and 83,000 a weekend from the first day to the last."""

CASES = (
    PUBLISHED_LIMITS,
    NAMED_GRANTS,
    NAMED_GRANTS._replace(name="named grants, slowest published rate", rate=0.43),
    NAMED_GRANTS._replace(name="named grants, fastest published rate", rate=1.11),
    PEAK_RATES,
)

COPYING = "initial-sync slots"
MOVING = "mailboxes a night"
COMPLETING = "incremental slots"


class Result(NamedTuple):
    """How a case went: its last night, the weeks from the first day to it, and the limit that binds.

    That is the one most used: *use* is the mean part of that limit that was used, up to the last night; *seen* the
    share moved by `SEEN_ON`.
    """

    case: Case
    last: date
    weeks: float
    binding: str
    use: float
    seen: float


def replayed(case: Case) -> Result:
    """Plan the move as *case* says and live it through night by night, with nothing left to chance."""
    load = planned(case)
    run = lived(load, drawn(certain(case.rate), runs=10, seed=0, planned_rate=case.rate))
    end = int(run.end[0])
    use = run.use[: end + 1].mean(axis=0)
    most = int(np.argmax(use))
    until = min((SEEN_ON - FIRST).days, end)
    return Result(
        case,
        FIRST + timedelta(days=end),
        (end + 1) / 7,
        load.limits.names[most],
        float(use[most]),
        float(run.moved[until, 0]) / MAILBOXES,
    )


def risked(case: Case, chances: Chances, runs: int, seed: int) -> Lived:
    """Live *case* through by chance, in nights planned at its own rate."""
    return lived(planned(case), drawn(chances, runs, seed, planned_rate=case.rate))


@cache
def planned(case: Case) -> Load:
    """The nights that the planner gives to the mailboxes of the record move."""
    problem = _problem(case)
    horizon = last_night(problem)
    nights = problem.limits.nights
    night_of = placed(problem, nights - 1 if horizon is None else horizon)
    days = [FIRST + timedelta(days=night) for night in range(nights)]
    copying = np.array([name == COPYING for name in problem.limits.names])
    return load_of(problem, night_of, days, Sorts(copying, np.zeros_like(copying)))


def _problem(case: Case) -> Problem:
    groups = MAILBOXES // GROUP
    mailboxes = np.full(groups, GROUP, dtype=np.int64)
    limits = _limits(case)
    ids = np.arange(groups, dtype=np.int64)
    amounts = [mailboxes, _sizes(groups), mailboxes][: len(limits.names)]
    needs = tuple(Need(ids, amount) for amount in amounts)
    order = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return Problem(mailboxes, needs, limits, _calendar(case, groups, limits.nights), order)


def _sizes(groups: int) -> Numbers:
    """Bytes of each group: quantiles of a log-normal distribution, such that all have `BYTES` together."""
    from scipy.special import ndtri  # takes a third of a second, and hardly any command needs it

    shape = np.exp(SPREAD * ndtri((np.arange(groups) + 0.5) / groups))
    edges = np.rint(np.cumsum(shape) / shape.sum() * BYTES).astype(np.int64)
    edges[-1] = BYTES
    sizes: Numbers = np.diff(edges, prepend=0)
    return sizes


def _limits(case: Case) -> Limits:
    night = np.arange(YEARS * 365)
    ramp = np.ones(len(night))
    if case.ramped:
        ramp[: 7 * len(RAMP)] = np.repeat(RAMP, 7)
    a_night = np.floor(np.where(night % 7 < 5, WEEKDAY, WEEKEND_DAY) * ramp).astype(np.int64)
    if case.slots is None:
        return Limits((MOVING,), a_night[:, None], a_night[:, None])
    a_day = math.floor(case.slots * case.rate * 24 * GB)
    kept = _kept_fresh(case) * BYTES // MAILBOXES
    depth = max(a_day, min(AHEAD_DAYS * a_day, kept))
    completed = np.full_like(a_night, (case.increments or 0) * WINDOW_HOURS * 3600 // COMPLETION_SECONDS)
    return Limits(
        (MOVING, COPYING, COMPLETING),
        np.stack([a_night, np.full_like(a_night, a_day), completed], axis=1),
        np.stack([a_night, np.full_like(a_night, depth), completed], axis=1),
    )


def _kept_fresh(case: Case) -> int:
    """How many mailboxes the incremental slots can sync once a day."""
    return (case.increments or 0) * 24 * 3600 // INCREMENT_SECONDS


def _calendar(case: Case, groups: int, nights: int) -> Calendar:
    """All may move in any night, but for the tail; it is every fiftieth group, so that it has its share of sizes."""
    allowed: Flags = np.ones((2, nights), dtype=np.bool_)
    allowed[1, : (TAIL_FROM - FIRST).days] = False
    every = round(1 / TAIL)
    pattern = (np.arange(groups) % every == every - 1).astype(np.int64)
    return Calendar(pattern if case.ramped else np.zeros_like(pattern), allowed)
