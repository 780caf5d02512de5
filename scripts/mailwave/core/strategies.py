"""Two ways of planning that pull apart, and mixtures of them, costed side by side.

A random share of each organisation each night, as the record move did it, looks at nobody's rights: no organisation
stands still, and people who share mailboxes are parted for weeks. Groups keep these together and fill nights less well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np

from mailwave.core.delegates.groups import Night, grouped
from mailwave.core.delegates.rights import hubs
from mailwave.core.placement.problem import NEVER, Limits, Numbers
from mailwave.core.planning import Case, Solved, rights_together, together

LARGE = 100
"""Mailboxes of an organisation from which on it is asked what share of it moves in one night."""

SMALL_GROUPS = 200


class Cost(msgspec.Struct, frozen=True):
    """What one *strategy* costs.

    *last_day* and *mean_day* count days from the first night. *severed* counts all rights whose ends move on different
    nights, *hard* those among people that stop working meanwhile, service accounts apart, and *hard_days* the days that
    these are severed, together. *largest_share* is the share of an organisation that moves in its fullest night: the
    median of organisations of `LARGE` mailboxes and more, 0 without any.
    """

    strategy: str
    last_day: int
    mean_day: float
    severed: int
    hard: int
    hard_days: int
    largest_share: float
    unplaced: int


Together = Callable[[Case, Limits], Numbers]
"""Finds the groups that move together."""


class Strategy(NamedTuple):
    """A strategy by *name*."""

    name: str
    groups: Together


def nobody_together(case: Case, _: Limits) -> Numbers:
    """Each mailbox by itself: in the order of placing, each night takes its share of each organisation."""
    return np.arange(case.population.size)


def hard_together(case: Case, limits: Limits) -> Numbers:
    """Those alone who are joined by rights that stop working while they are severed."""
    return grouped(case.population, case.held.only(case.held.hard), together(limits))


def few_together(case: Case, limits: Limits) -> Numbers:
    """Groups of `SMALL_GROUPS` mailboxes at most."""
    night = together(limits)
    share = min(1.0, SMALL_GROUPS / night.mailboxes)
    small = Night(min(night.mailboxes, SMALL_GROUPS), max(int(night.bytes * share), 1))
    return grouped(case.population, case.held, small)


STRATEGIES = (
    Strategy("a random share of each organisation each night", nobody_together),
    Strategy("hard rights together", hard_together),
    Strategy(f"groups of up to {SMALL_GROUPS}", few_together),
    Strategy("groups as planned", rights_together),
)


def cost(strategy: Strategy, solved: Solved) -> Cost:
    """What the plan *solved* by *strategy* costs."""
    plan, case = solved.placement, solved.case
    placed = plan.night != NEVER
    first = case.season.nights[0].night.toordinal()
    day = plan.days[placed] - first
    people = ~hubs(case.held.rights, case.population.size)
    hard = plan.severed.only(plan.severed.hard & people[plan.severed.mailbox] & people[plan.severed.trustee])
    both = placed[hard.mailbox] & placed[hard.trustee]
    apart = np.abs(plan.days[hard.mailbox[both]] - plan.days[hard.trustee[both]])
    return Cost(
        strategy.name,
        int(day.max(initial=0)),
        float(day.mean()) if len(day) else 0.0,
        len(plan.severed.kind),
        len(hard.kind),
        int(apart.sum()),
        _largest_share(case.population.organisation[placed], plan.night[placed]),
        int((~placed).sum()),
    )


def _largest_share(organisation: Numbers, night: Numbers) -> float:
    size = np.bincount(organisation)
    large = np.flatnonzero(size >= LARGE)
    if not len(large):
        return 0.0
    nights = int(night.max()) + 1
    cells, count = np.unique(organisation * nights + night, return_counts=True)
    fullest = np.zeros(len(size), dtype=np.int64)
    np.maximum.at(fullest, cells // nights, count)
    return float(np.median(fullest[large] / size[large]))
