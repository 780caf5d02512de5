"""What a plan takes of each limit in each night: all that a run of the forecast needs to know of two million people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from mailwave.core.placement.problem import NEVER, Flags, Limits, Numbers, Problem
from mailwave.core.placement.room import used
from mailwave.core.refusals import Refusal

AT = " at "
"""Stands in the name of a limit before whose it is: `bytes a night at leeds`."""

REPEATED = 28
"""Days at the end of the calendar that are taken to go on for ever: four weeks, each weekday alike."""

LONGEST = 4
"""A forecast looks so many times as far as the calendar, and a year more; what has not ended then does not end."""


class NothingPlanned(Refusal):
    """A forecast of a plan in which nobody moves."""

    def __init__(self) -> None:
        super().__init__("the plan has no mailbox in any night, so that there is nothing to forecast")


class Sorts(NamedTuple):
    """A flag for each limit.

    *copying* limits grow and shrink with the rate of moves. What is taken of *once* limits, such as licences, is
    taken by who moves, and not by each attempt.
    """

    copying: Flags
    once: Flags


class Names(NamedTuple):
    """Which granted limit stands behind each column on each night: *least* has places in *sources*."""

    sources: tuple[str, ...]
    least: Numbers

    @classmethod
    def plain(cls, limits: Limits) -> Names:
        """Each column as its own limit."""
        return cls(limits.names, np.tile(np.arange(len(limits.names)), (limits.nights, 1)))


class Load(NamedTuple):
    """A plan as amounts: a row a night, a column a limit; the first limit is that of mailboxes.

    *day* is the proleptic ordinal of the local day on which each night begins. *planned* is what the groups of a
    night take, in each limit's own unit. *mailboxes* is the number in the groups that need each limit at all.
    """

    day: Numbers
    planned: Numbers
    mailboxes: Numbers
    limits: Limits
    names: Names
    sorts: Sorts

    def limit(self, night: int, column: int) -> str:
        """The name of the limit behind *column* on *night*, with whose it is."""
        source = self.names.sources[int(self.names.least[night, column])]
        _, at, where = self.limits.names[column].partition(AT)
        return source if AT in source else f"{source}{at}{where}"

    @property
    def last(self) -> int:
        """The last night in which anybody moves."""
        return int(np.flatnonzero(self.planned[:, 0])[-1])


def load_of(
    problem: Problem, night_of: Numbers, days: Sequence[date], sorts: Sorts, names: Names | None = None
) -> Load:
    """What the groups of *problem* take in the nights *night_of*; groups that are placed `NEVER` take nothing.

    *days* are the local days on which the nights begin; without *names* each column is its own limit.

    Raises:
        NothingPlanned: no group has a night.
    """
    if not (night_of != NEVER).any():
        raise NothingPlanned
    moving = np.where(night_of != NEVER, problem.mailboxes, 0)
    mailboxes = np.array([moving[need.group].sum() for need in problem.needs], dtype=np.int64)
    planned = used(problem, night_of)
    day = np.array([day.toordinal() for day in days], dtype=np.int64)
    return Load(day, planned, mailboxes, problem.limits, names or Names.plain(problem.limits), sorts)


def lengthened(load: Load) -> Load:
    """*load* with nights after the calendar's end, as its last four weeks were, so that who is late finds one."""
    day, limits = load.day, load.limits
    pattern = np.flatnonzero(day > day[-1] - REPEATED)
    times = -(-((LONGEST - 1) * int(day[-1] - day[0] + 1) + 365) // REPEATED)
    shift = REPEATED * np.repeat(np.arange(1, times + 1), len(pattern))
    again = np.tile(pattern, times)
    refill = np.where(load.sorts.once, 0, limits.refill[again])
    return Load(
        np.concatenate([day, day[again] + shift]),
        np.concatenate([load.planned, np.zeros((len(again), load.planned.shape[1]), dtype=np.int64)]),
        load.mailboxes,
        Limits(
            limits.names,
            np.concatenate([limits.refill, refill]),
            np.concatenate([limits.depth, limits.depth[again]]),
        ),
        Names(load.names.sources, np.concatenate([load.names.least, load.names.least[again]])),
        load.sorts,
    )
