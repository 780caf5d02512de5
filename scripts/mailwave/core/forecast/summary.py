"""What a forecast tells: when the plan ends, which nights are at risk, and what holds each week back."""

from __future__ import annotations

import math
from datetime import date
from itertools import groupby

import msgspec
import numpy as np

from mailwave.core.forecast.chances import Draws, Reals
from mailwave.core.forecast.load import Load, lengthened
from mailwave.core.forecast.nights import NOT_ENDED, Lived, lived

AT_RISK = 0.1
"""A night is at risk when its appointments cannot all be kept in more than this share of the runs."""

HALF, NINE_TENTHS = 0.5, 0.9


class Ends(msgspec.Struct, frozen=True):
    """When a plan ends: as *planned*, and the days by which shares of the runs have ended.

    *p50* is half of them, *p90* nine tenths. None stands for a day beyond all that was looked at, which is *until*.
    """

    planned: date
    p50: date | None
    p90: date | None
    until: date


class Night(msgspec.Struct, frozen=True):
    """One night and the *planned* mailboxes of it.

    *due* is how many should have moved by its end; so many have, at least, in half of the runs (*p50*) and in nine
    tenths (*p90*). *at_risk* is the probability that not all who have an appointment can move, *limit* what stops
    them most.
    """

    night: date
    planned: int
    due: int
    p50: int
    p90: int
    at_risk: float
    limit: str | None


class Week(msgspec.Struct, frozen=True):
    """One week from its Monday: *planned* mailboxes and the limit that binds.

    That is the one for which people wait in the most nights and runs (*waiting*, a share), or the most used when
    nobody waits; *use* is the mean part of it that is used in the median run.
    """

    monday: date
    planned: int
    binding: str
    waiting: float
    use: float


class Forecast(msgspec.Struct, frozen=True):
    """The whole of it; the same *seed* and *runs* give the same again."""

    runs: int
    seed: int
    mailboxes: int
    ends: Ends
    nights: tuple[Night, ...]
    weeks: tuple[Week, ...]

    @property
    def at_risk(self) -> tuple[Night, ...]:
        """The planned nights whose appointments cannot all be kept in more than `AT_RISK` of the runs."""
        return tuple(night for night in self.nights if night.planned and night.at_risk > AT_RISK)


def forecast(load: Load, draws: Draws) -> Forecast:
    """Live *load* through in all runs of *draws*, and say what came of it."""
    run = lived(load, draws)
    planned = _planned(load, len(run.day))
    return Forecast(
        runs=draws.runs,
        seed=draws.seed,
        mailboxes=int(planned.sum()),
        ends=ends_of(load, run),
        nights=_nights(load, run, planned),
        weeks=_weeks(load, run, planned),
    )


def ends_of(load: Load, run: Lived) -> Ends:
    """The planned end of *load* and those of its runs."""
    return Ends(
        planned=_date(load.day[load.last]),
        p50=_end(run, HALF),
        p90=_end(run, NINE_TENTHS),
        until=_date(run.day[-1]),
    )


def _end(run: Lived, share: float) -> date | None:
    """The day by which *share* of the runs have ended."""
    ends = np.sort(np.where(run.end == NOT_ENDED, len(run.day), run.end))
    night = int(ends[math.ceil(share * len(ends)) - 1])
    return None if night == len(run.day) else _date(run.day[night])


def _planned(load: Load, nights: int) -> Reals:
    of_plan = load.planned[:nights, 0]
    return np.concatenate([of_plan, np.zeros(nights - len(of_plan))])


def _nights(load: Load, run: Lived, planned: Reals) -> tuple[Night, ...]:
    moved = np.sort(run.moved, axis=1)
    runs = moved.shape[1]
    half, tenth = (moved[:, runs - math.ceil(share * runs)] for share in (HALF, NINE_TENTHS))
    worst = run.late.argmax(axis=1)
    due = np.cumsum(planned)
    long = lengthened(load)
    return tuple(
        Night(
            night=_date(day),
            planned=int(planned[n]),
            due=int(due[n]),
            p50=round(float(half[n])),
            p90=round(float(tenth[n])),
            at_risk=round(float(run.at_risk[n]), 4),
            limit=long.limit(n, int(worst[n])) if run.at_risk[n] > 0 else None,
        )
        for n, day in enumerate(run.day)
    )


def _weeks(load: Load, run: Lived, planned: Reals) -> tuple[Week, ...]:
    """The weeks in which the plan has nights; the nights after its end belong to none."""
    found = []
    places = range(min(load.last + 1, len(run.day)))
    for monday, group in groupby(places, key=lambda n: int(run.day[n]) - (int(run.day[n]) - 1) % 7):
        nights = list(group)
        waiting, use = run.waiting[nights].mean(axis=0), run.use[nights].mean(axis=0)
        most = int(np.lexsort((use, waiting))[-1])
        found.append(
            Week(
                monday=_date(monday),
                planned=int(planned[nights].sum()),
                binding=load.limit(nights[0], most),
                waiting=round(float(waiting[most]), 4),
                use=round(float(use[most]), 4),
            )
        )
    return tuple(found)


def _date(day: int | np.integer) -> date:
    return date.fromordinal(int(day))
