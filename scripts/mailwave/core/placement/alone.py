"""When each mailbox could move if it were alone, and when groups of them may: on the nights that all have in common."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mailwave.core.labels import kinds_of
from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.capacity import Capacity
from mailwave.core.placement.ceilings import Over, Unit
from mailwave.core.placement.problem import Calendar, Flags, Need, Numbers, Problem, calendar_of
from mailwave.core.placement.season import Season, members_of
from mailwave.core.population import Population
from mailwave.core.runs import run_starts


class Mixed(NamedTuple):
    """Groups of more than one calendar: which *groups* they are, in rising order, and the nights of each."""

    groups: Numbers
    allowed: Flags

    def only(self, which: Flags) -> Mixed:
        """Those of them that *which* says."""
        return Mixed(self.groups[which], self.allowed[which])


class Alone(NamedTuple):
    """The *pattern* of each mailbox, and in *allowed* the nights of each pattern."""

    pattern: Numbers
    allowed: Flags

    @classmethod
    def of(cls, population: Population, season: Season) -> Alone:
        """That of *population* in *season*."""
        nights = len(season.nights)
        if not population.size or not nights:
            return cls(np.zeros(population.size, dtype=np.int64), np.zeros((1, nights), dtype=np.bool_))
        kind, opens = members_of(season, population)
        of_kind, allowed = calendar_of(opens)
        return cls(of_kind[kind], allowed)

    def without(self, closed: Flags) -> Alone:
        """The same, but for *closed* nights."""
        return self._replace(allowed=self.allowed & ~closed)

    def may(self, night: Numbers) -> Flags:
        """Whether each mailbox may move in its *night*; not, where that is less than 0."""
        found: Flags = (night >= 0) & self.allowed[self.pattern, np.maximum(night, 0)]
        return found

    def mixed(self, label: Numbers) -> Mixed:
        """The groups of *label*, numbered from 0 without a gap, whose members have different calendars."""
        return self._common(label, kinds_of(label, self.pattern)[1])

    def _common(self, label: Numbers, is_mixed: Flags) -> Mixed:
        """The nights that all members of the groups that *is_mixed* says have in common."""
        nights = self.allowed.shape[1]
        rows = np.flatnonzero(is_mixed[label])
        pairs = np.sort(label[rows] * len(self.allowed) + self.pattern[rows])
        group, pattern = np.divmod(pairs[run_starts(pairs)], len(self.allowed))
        if not len(group):
            return Mixed(group, np.empty((0, nights), dtype=np.bool_))
        starts = run_starts(group)
        together = np.bitwise_and.reduceat(np.packbits(self.allowed, axis=1)[pattern], starts, axis=0)
        return Mixed(group[starts], np.unpackbits(together, axis=1, count=nights).astype(np.bool_))

    def calendar(self, label: Numbers) -> Calendar:
        """When each group of *label* may move: on a night that is open to each of its members.

        *label* is the group of each mailbox, from 0 on without a gap.
        """
        pattern, is_mixed = kinds_of(label, self.pattern)
        if not self.allowed.size:
            return Calendar(pattern, self.allowed)
        found = self._common(label, is_mixed)
        pattern[found.groups] = len(self.allowed) + np.arange(len(found.groups))
        rows = np.concatenate([self.allowed, found.allowed])
        used = np.bincount(pattern, minlength=len(rows)) > 0
        kept = calendar_of(rows[used])
        place = np.zeros(len(rows), dtype=np.int64)
        place[used] = kept.pattern
        return Calendar(place[pattern], kept.allowed)

    def horizon(self, population: Population, capacity: Capacity) -> int:
        """The night by which all could move one by one as far as sites and all together are limited.

        The last night when they never can.
        """
        patterns, sites = len(self.allowed), len(population.sites)
        key = self.pattern * sites + population.site
        size = patterns * sites
        counted = {
            Unit.MAILBOXES: np.bincount(key, minlength=size),
            Unit.BYTES: np.bincount(key, population.bytes, minlength=size).astype(np.int64),
        }
        chosen: list[int] = []
        needs: list[Need] = []
        for place, column in enumerate(capacity.columns):
            if column.over is Over.DATABASES:
                continue
            of_sites = counted[column.unit].reshape(patterns, sites)
            members = list(column.members) if column.over is Over.SITES else slice(None)
            amount = of_sites[:, members].sum(axis=1)
            some = np.flatnonzero(amount)
            needs.append(Need(some, amount[some]))
            chosen.append(place)
        problem = Problem(
            counted[Unit.MAILBOXES].reshape(patterns, sites).sum(axis=1),
            tuple(needs),
            capacity.limits.only(chosen),
            Calendar(np.arange(patterns), self.allowed),
            np.zeros(patterns, dtype=np.uint64),
        )
        found = last_night(problem)
        return capacity.limits.nights - 1 if found is None else found
