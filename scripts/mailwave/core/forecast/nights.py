"""Lives a plan's nights through, in all runs at once: what moves, what waits, what fails and comes again.

Each limit is a queue of its own, as in the bound of a plan (`mailwave.core.placement.bounds`): work comes to it in
the night it is planned for, or when who failed comes again, and it is let through as far as the bucket of that night
goes. Who has an appointment goes before who comes again. A run ends with the night in which the last limit has let
all through.

No more of one limit can make a run end later: more room lets work through sooner, what failed comes again sooner, and
no queue waits for another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.forecast.chances import Draws, Reals
from mailwave.core.forecast.load import AT, Load, lengthened

NOT_ENDED = -1

HALF = 0.5
"""Amounts are shares of people here; less than half a person is nobody."""


class Lived(NamedTuple):
    """What came of a load in each run: *nights* rows for the nights, a column a run or a limit.

    *day* is the local day of each night as a proleptic ordinal, *end* the night in which each run ended, or
    `NOT_ENDED`. *moved* counts, by night and run, the mailboxes that have moved by then. *at_risk* is, by night, the
    share of runs in which not all could move that had an appointment until then, *late* the same for each limit by
    itself. *waiting* is, by night and limit, the share of runs in which anybody waited, appointment or not; *use* is
    the median part of the night's room that was taken.
    """

    day: NDArray[np.int64]
    end: NDArray[np.int64]
    moved: Reals
    at_risk: Reals
    late: Reals
    waiting: Reals
    use: Reals


def lived(load: Load, draws: Draws) -> Lived:
    """Live *load* through in each run of *draws*."""
    used = load.mailboxes > 0
    long = lengthened(load)
    queues = _Queues(long, draws, used)
    rows: list[_Row] = []
    for night in range(len(long.day)):
        rows.append(queues.live(night))
        if night >= load.last and queues.have_ended.all():
            break
    return Lived(
        long.day[: len(rows)],
        queues.end,
        np.array([row.moved for row in rows]),
        np.array([row.at_risk for row in rows]),
        *(
            _spread(np.array([getattr(row, name) for row in rows]), used)
            for name in ("late", "waiting", "use")
        ),
    )


def _spread(of_used: Reals, used: NDArray[np.bool_]) -> Reals:
    """Columns for all limits again; those that nobody needs have zeros."""
    whole = np.zeros((len(of_used), len(used)))
    whole[:, used] = of_used
    return whole


class _Row(NamedTuple):
    """What a night brought: *moved* has a value a run, *late*, *waiting* and *use* one a limit."""

    moved: Reals
    at_risk: float
    late: Reals
    waiting: Reals
    use: Reals


class _Queues:
    """The limits' queues in all runs: amounts of shape (runs, limits)."""

    def __init__(self, load: Load, draws: Draws, used: NDArray[np.bool_]) -> None:
        self.load = load
        self.draws = draws
        self.planned = load.planned[:, used].astype(np.float64)
        self.refill = load.limits.refill[:, used].astype(np.float64)
        self.depth = load.limits.depth[:, used].astype(np.float64)
        self.copying = load.sorts.copying[used]
        names = [name for name, needed in zip(load.limits.names, used, strict=True) if needed]
        self.families = _families(names)
        self.total = self.planned.sum(axis=0)
        self.people = load.mailboxes[used] / self.total
        self.nobody = HALF / self.people
        shape = (draws.runs, len(self.total))
        self.left, self.due, self.again, self.through = (np.zeros(shape) for _ in range(4))
        self.failing = np.where(load.sorts.once[used], 0.0, draws.failing[:, None])
        given_up = np.maximum(HALF / load.mailboxes[used], draws.failing[:, None] ** draws.chances.attempts)
        self.enough = self.total * (1 - given_up)
        self.end = np.full(draws.runs, NOT_ENDED, dtype=np.int64)
        self.returns = _Returns(load.day, draws, shape)
        self.came = np.zeros(draws.runs)

    @property
    def have_ended(self) -> NDArray[np.bool_]:
        """The runs that have ended."""
        return np.asarray(self.end != NOT_ENDED)

    def live(self, night: int) -> _Row:
        """Let through what the night has room for."""
        room = self._room(night)
        coming = self.returns.of(night)
        self.due += self.planned[night]
        self.again += coming
        self.came += self.planned[night, 0] + coming[:, 0]
        kept = np.minimum(self.due, room)
        tried_again = np.minimum(self.again, room - kept)
        served = kept + tried_again
        self.due -= kept
        self.again -= tried_again
        self.left = room - served
        self.through += served
        self.returns.add(night, served * self.failing)
        self._mark_ends(night)
        return self._row(room, served)

    def _room(self, night: int) -> Reals:
        """What each bucket holds: a day's copying comes at that day's speed, and is kept as far as a usual day's is."""
        today = np.where(self.copying, self.draws.copying(int(self.load.day[night]))[:, None], 1.0)
        usual = np.where(self.copying, self.draws.speed[:, None], 1.0)
        fresh = self.refill[night] * today
        room: Reals = np.minimum(np.maximum(self.depth[night] * usual, fresh), self.left + fresh)
        return room

    def _mark_ends(self, night: int) -> None:
        if night < self.load.last:
            return
        over = (self.through * (1 - self.failing) >= self.enough).all(axis=1) & ~self.have_ended
        self.end[over] = night

    def _row(self, room: Reals, served: Reals) -> _Row:
        waiting = self.due + self.again
        held_back = np.zeros(len(waiting))
        for family in self.families:
            held_back = np.maximum(held_back, (waiting[:, family] * self.people[family]).sum(axis=1))
        late = self.due >= self.nobody
        return _Row(
            (self.came - held_back) * (1 - self.draws.failing),
            float(late.any(axis=1).mean()),
            late.mean(axis=0),
            (waiting >= self.nobody).mean(axis=0),
            np.median(np.divide(served, room, out=np.zeros_like(room), where=room > 0), axis=0),
        )


def _families(names: list[str]) -> list[list[int]]:
    """The limits of one kind, one for each site, database or set of sites: "bytes a night at leeds+york".

    Their people are different ones, so that those who wait for each are added up.
    """
    kinds: dict[tuple[str, int], list[int]] = {}
    for place, name in enumerate(names):
        kind, _, where = name.partition(AT)
        kinds.setdefault((kind, where.count("+")), []).append(place)
    return list(kinds.values())


class _Returns:
    """Those who failed, by the night in which they come again: a ring of nights as long as the longest wait."""

    def __init__(self, day: NDArray[np.int64], draws: Draws, shape: tuple[int, int]) -> None:
        self.day = day
        self.runs = np.arange(draws.runs)
        self.again = np.maximum(draws.again, 1)
        self.length = (
            int(np.max(self._night(np.arange(len(day)), int(self.again.max())) - np.arange(len(day)))) + 1
        )
        self.ring = np.zeros((self.length, *shape))

    def _night(self, night: NDArray[np.int64], days: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """The first night that is *days* or more after *night*; the last there is, when none is."""
        found = np.searchsorted(self.day, self.day[night] + days)
        return np.maximum(found, night + 1).astype(np.int64)

    def of(self, night: int) -> Reals:
        """Who comes again in *night*; asked once."""
        place = night % self.length
        coming: Reals = self.ring[place].copy()
        self.ring[place] = 0
        return coming

    def add(self, night: int, failed: Reals) -> None:
        """*failed* in *night*: they come again later."""
        later = self._night(np.full(len(self.runs), night), self.again)
        self.ring[later % self.length, self.runs] += failed
