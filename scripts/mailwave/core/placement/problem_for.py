"""The problem of placing a population's groups into the nights of a season, within what is granted."""

from __future__ import annotations

import numpy as np

from mailwave.core.placement.capacity import Capacity, capacity_for, needs_for
from mailwave.core.placement.granted import Granted
from mailwave.core.placement.problem import Numbers, Problem
from mailwave.core.placement.season import Season, calendar_for
from mailwave.core.population import Population, mixed


def problem_for(
    population: Population,
    label: Numbers,
    season: Season,
    granted: Granted,
    *,
    capacity: Capacity | None = None,
) -> Problem:
    """The problem of the groups in *label*, one a mailbox, from 0 on without a gap.

    *capacity* is what `capacity_for` gives, when it is known already. The order of groups is that of a number mixed
    from each one's smallest ExchangeGuid.

    Raises:
        SiteUnknown: mailboxes stand at a site of which nothing is known.
    """
    capacity = capacity or capacity_for(granted, season, population)
    return Problem(
        np.bincount(label),
        needs_for(population, label, capacity.columns),
        capacity.limits,
        calendar_for(season, population, label),
        mixed(population.guid[smallest(label)]),
    )


def smallest(label: Numbers) -> Numbers:
    """The first row of each group: that of its smallest ExchangeGuid."""
    rows = np.empty(int(label.max(initial=-1)) + 1, dtype=np.int64)
    rows[label[::-1]] = np.arange(len(label))[::-1]
    return rows
