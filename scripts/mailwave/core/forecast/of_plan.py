"""What is still to come of a plan, as a forecast needs it; and the same estate with other limits, or one more site."""

from __future__ import annotations

import math
from typing import NamedTuple

import msgspec
import numpy as np

from mailwave.core.forecast.load import Names, Sorts
from mailwave.core.forecast.what_if import Granting, Plan
from mailwave.core.labels import first_rows
from mailwave.core.placement.capacity import capacity_for
from mailwave.core.placement.ceilings import Sort
from mailwave.core.placement.granted import Granted, Place
from mailwave.core.placement.problem import Flags, Numbers
from mailwave.core.placement.problem_for import problem_for
from mailwave.core.placement.season import Season
from mailwave.core.planning import with_notice
from mailwave.core.population import Population

NEW_SITE = "one more site"


class Ahead(NamedTuple):
    """The groups of a plan whose nights are still to come, in a *season* of these nights only.

    *night_of* and *told* have a row a group, *label* has one a mailbox, *closed* one a night: a new plan has nobody
    in such nights but who was told.
    """

    population: Population
    label: Numbers
    season: Season
    night_of: Numbers
    told: Flags
    closed: Flags

    def granting(self, granted: Granted) -> Granting:
        """The problem of these groups under *granted*.

        Raises:
            SiteUnknown: mailboxes stand at a site of which nothing is known.
        """
        capacity = capacity_for(granted, self.season, self.population)
        problem = problem_for(self.population, self.label, self.season, granted, capacity=capacity)
        sorts = [column.sort for column in capacity.columns]
        return Granting(
            with_notice(problem, self.told, self.closed, self.night_of),
            Sorts(
                np.array([sort is Sort.AHEAD for sort in sorts]),
                np.array([sort is Sort.STOCK for sort in sorts]),
            ),
            Names(capacity.sources, capacity.least),
        )

    def plan(self, granted: Granted) -> Plan:
        """The plan of these groups under *granted*."""
        days = [window.night for window in self.season.nights]
        return Plan(self.granting(granted), self.night_of, days, self.told)

    def with_site(self, granted: Granted) -> tuple[Ahead, Granted]:
        """The same with one more site, which takes an equal part of each other's groups, databases and servers."""
        sites, databases = self.population.sites, self.population.databases
        part = len(sites) + 1
        goes = self.label % part == part - 1
        more = max(math.ceil(len(databases) / len(sites)), 1)
        population = self.population._replace(
            site=np.where(goes, len(sites), self.population.site),
            database=np.where(goes, len(databases) + self.label // part % more, self.population.database),
            sites=(*sites, NEW_SITE),
            databases=(*databases, *(f"{NEW_SITE} {n}" for n in range(more))),
        )
        servers = round(np.mean([granted.place(site).servers for site in sites]))
        places = {**granted.places, NEW_SITE: Place(NEW_SITE, max(servers, 1))}
        return self._replace(population=population), msgspec.structs.replace(granted, places=places)


def ahead_of(
    population: Population,
    label: Numbers,
    night: Numbers,
    season: Season,
    told: Flags,
    closed: Flags,
    *,
    since: int = 0,
) -> Ahead:
    """What is to come from the night *since* on of the plan in which each mailbox moves in *night*, or `NEVER`.

    *label* is the group of each mailbox; those of one group who have different nights are taken for different groups.
    *told* has a row a mailbox too. *season* has the plan's nights; only who was told is planned into *closed* ones.
    """
    rows = np.flatnonzero(night >= since)
    nights = len(season.nights)
    parted = _numbered(label[rows] * nights + night[rows])
    firsts = first_rows(parted)
    return Ahead(
        population.only(rows),
        parted,
        msgspec.structs.replace(season, nights=season.nights[since:]),
        night[rows][firsts] - since,
        np.bincount(parted, weights=told[rows], minlength=len(firsts)) > 0,
        closed[since:],
    )


def _numbered(key: Numbers) -> Numbers:
    """A number for each row of *key*, the same for the same key, from 0 on in the order in which keys come first."""
    order = np.argsort(key, kind="stable")
    begins = np.diff(key[order], prepend=key[order[:1]] - 1) != 0
    first_of_each = order[begins]
    rank = np.empty(len(first_of_each), dtype=np.int64)
    rank[np.argsort(first_of_each)] = np.arange(len(first_of_each))
    number = np.empty(len(key), dtype=np.int64)
    number[order] = rank[np.cumsum(begins) - 1]
    return number
