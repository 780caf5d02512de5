"""The problem of placing a population's groups into the nights of a season, within what is granted."""

from __future__ import annotations

import numpy as np

from mailwave.core.labels import first_rows
from mailwave.core.placement.alone import Alone
from mailwave.core.placement.capacity import Capacity, capacity_for, needs_for
from mailwave.core.placement.granted import Granted
from mailwave.core.placement.problem import Numbers, Problem
from mailwave.core.placement.season import Season
from mailwave.core.population import Population, mixed, rows_of


def problem_for(
    population: Population,
    label: Numbers,
    season: Season,
    granted: Granted,
    *,
    capacity: Capacity | None = None,
    alone: Alone | None = None,
) -> Problem:
    """The problem of the groups in *label*, one a mailbox, from 0 on without a gap.

    *capacity* and *alone* are what `capacity_for` and `Alone.of` give, when they are known already. The order of groups
    is that of a number mixed from each one's smallest ExchangeGuid.

    Raises:
        SiteUnknown: mailboxes stand at a site of which nothing is known.
    """
    capacity = capacity or capacity_for(granted, season, population)
    return Problem(
        np.bincount(label),
        needs_for(population, label, capacity.columns),
        capacity.limits,
        (alone or Alone.of(population, season)).calendar(label),
        mixed(rows_of(population.guid, first_rows(label))),
    )
