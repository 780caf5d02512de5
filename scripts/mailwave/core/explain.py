"""Why one mailbox has its night: with whom it moves, its calendar, which limits were full, what is severed."""

from __future__ import annotations

from datetime import date

import msgspec
import numpy as np

from mailwave.core.delegates.held import NAMES
from mailwave.core.delegates.rights import KINDS
from mailwave.core.placement.capacity import capacity_for
from mailwave.core.placement.contradiction import barred_nights, rules_of
from mailwave.core.placement.problem import NEVER
from mailwave.core.placement.reasons import WHYS
from mailwave.core.placement.room import barrier, why_never
from mailwave.core.placement.season import Season
from mailwave.core.plan_columns import Placement
from mailwave.core.planning import Solved
from mailwave.core.population import LANES, Population, guid_columns, guid_texts
from mailwave.core.refusals import Refusal

SHOWN = 20
"""Mailboxes of a group that are named; all are counted."""


class NotInPlan(Refusal):
    """A mailbox that the plan does not hold."""

    def __init__(self, mailbox: str) -> None:
        self.mailbox = mailbox
        super().__init__(f"the plan has no mailbox {mailbox[:80]!r}")


class SeveredRight(msgspec.Struct, frozen=True):
    """A right whose ends move on different nights; *together* is the later one, if it is known."""

    owner: str
    trustee: str
    kind: str
    price: int
    stops: bool
    remedy: str
    together: date | None


class Explanation(msgspec.Struct, frozen=True):
    """Why *mailbox* moves on *night* (None: on none).

    *group* are those that move with it because they share mailboxes, *group_size* all of them with it. *rules* are
    those of the calendar that concern the group. Of the earlier nights, *barred* are not in its calendar, *full* says
    by limit how many had no room for the group, and *free* had room.
    """

    mailbox: str
    night: date | None
    why: str
    organisation: str
    site: str
    lane: str
    group_size: int
    group: tuple[str, ...]
    rules: tuple[str, ...]
    barred: int
    full: dict[str, int]
    free: int
    profile: str
    severed: tuple[SeveredRight, ...]


def row_of(population: Population, guid: str) -> int:
    """The row of the mailbox *guid*.

    Raises:
        NotGuids: that is no guid.
        NotInPlan: the population does not hold it.
    """
    row = int(population.places(guid_columns([guid.lower()]))[0])
    if row < 0:
        raise NotInPlan(guid)
    return row


def explain(solved: Solved, row: int) -> Explanation:
    """Why the mailbox in *row* of the plan that is *solved* has its night."""
    plan, problem, case = solved
    season, granted = case.season, case.granted
    people, group = plan.population, int(plan.label[row])
    members = np.flatnonzero(plan.label == group)
    found = barrier(problem, plan.night[_firsts(plan)], group)
    capacity = capacity_for(granted, season, people)
    bodies = people.organisations
    night = int(plan.night[row])
    return Explanation(
        mailbox=guid_texts(people.guid[[row]])[0],
        night=None if night == NEVER else plan.windows[night].night,
        why=WHYS[plan.why[row]] if night != NEVER else why_never(problem, group),
        organisation=f"{bodies[people.organisation[row]].code} {bodies[people.organisation[row]].name}".strip(),
        site=people.sites[people.site[row]],
        lane=LANES[people.lane[row]],
        group_size=len(members),
        group=tuple(guid_texts(people.guid[members[members != row][:SHOWN]])),
        rules=_rules(season, rules_of(season, people, members), night),
        barred=found.barred,
        full=_by_source(found.full, capacity.limits.names, capacity.sources, capacity.least, night),
        free=found.free,
        profile=granted.profile,
        severed=_severed(plan, row),
    )


def _rules(season: Season, concerned: list[int], night: int) -> tuple[str, ...]:
    """Those of the *concerned* rules that bar a night before *night*, or any when there is none."""
    barred = barred_nights(season)[:, : len(season.nights) if night == NEVER else night]
    return tuple(season.rules[place].says for place in concerned if barred[place].any())


def _firsts(plan: Placement) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A row of each group."""
    first = np.empty(int(plan.label.max()) + 1, dtype=np.int64)
    first[plan.label] = np.arange(len(plan.label))
    return first


def _by_source(
    full: dict[str, int],
    names: tuple[str, ...],
    sources: tuple[str, ...],
    least: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    night: int,
) -> dict[str, int]:
    """*full* by the limits that people know, which give the buckets their figures in the nights before *night*."""
    until = len(least) if night == NEVER else max(night, 1)
    titles = {}
    for column, name in enumerate(names):
        given = sorted({sources[place] for place in least[:until, column].tolist()})
        titles[name] = f"{name} ({', '.join(given)})"
    return {titles[name]: nights for name, nights in full.items()}


def _severed(plan: Placement, row: int) -> tuple[SeveredRight, ...]:
    rows = np.flatnonzero((plan.severed.mailbox == row) | (plan.severed.trustee == row))
    chosen, together = plan.severed.only(rows), plan.together[rows].tolist()
    found = []
    for right, night in zip(chosen.permissions(plan.population), together, strict=True):
        kind = KINDS[right.kind]
        day = None if night == NEVER else plan.windows[night].night
        found.append(
            SeveredRight(right.guid, right.trustee, right.kind, kind.price, kind.hard, kind.remedy, day)
        )
    return tuple(found)


def severed_summary(plan: Placement) -> dict[str, int]:
    """How many rights of each kind are severed for a time."""
    count = np.bincount(plan.severed.kind, minlength=len(NAMES)).tolist()
    return dict(zip(NAMES, count, strict=True))
