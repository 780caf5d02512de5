"""Plan a whole estate that is no ledger's: columns in, a placement out, with an earlier plan kept as far as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
import numpy as np

from mailwave.core.delegates.cut import SEED
from mailwave.core.delegates.held import Held
from mailwave.core.notices import NoticeRules
from mailwave.core.placement.granted import Granted
from mailwave.core.placement.problem import NEVER, NEW
from mailwave.core.placement.season import Season
from mailwave.core.plan_columns import Origin, Placement, held_digest, population_digest
from mailwave.core.planning import Case, Earlier, Say, Solved, nobody, planned
from mailwave.core.population import Population
from mailwave.ports import Clock

MAILBOXES, RIGHTS = "mailboxes", "rights"
"""The names of the inputs that decide who belongs together."""


@dataclass(frozen=True)
class PlanEstate:
    """Plan an estate of *environment*; *season* gives the nights from a moment on, *inputs* digests of the rules."""

    environment: str
    clock: Clock
    season: Callable[[datetime], Season]
    granted: Granted
    rules: NoticeRules
    inputs: Mapping[str, str]
    tool: str
    say: Say = nobody

    def prepare(
        self, population: Population, held: Held, before: tuple[Placement, Origin] | None = None
    ) -> tuple[Solved, Origin]:
        """The plan of *population*, in which the nights of the plan *before* stay as far as they can.

        Of a plan before, people are taken to know each night that is nearer than the notice they are owed. Where
        *population* is that plan's own, *held* are the rights that were planned with then, too.
        """
        inputs = {**_who(population, held, before), **self.inputs}
        origin = Origin(self.environment, SEED, self.granted.profile, inputs, self.tool)
        case = self.case(population, held, before and before[0])
        earlier = None if before is None else _earlier(case, before, origin)
        return planned(case, earlier, self.say), origin

    def case(self, population: Population, held: Held, before: Placement | None = None) -> Case:
        """What is planned now; nights of a plan *before* that are still to come are there for those who know them."""
        now = self.clock.now()
        first = self.rules.earliest_window(now)
        season = self.season(first)
        if before is not None:
            known = [window for window in before.windows if now < window.start < first]
            season = msgspec.structs.replace(season, nights=(*known, *season.nights))
        closed = np.array([window.start < first for window in season.nights], dtype=np.bool_)
        return Case(population, held, season, self.granted, closed)


def _who(population: Population, held: Held, before: tuple[Placement, Origin] | None) -> dict[str, str]:
    """The digests of who is planned, with which rights."""
    if before is not None and population is before[0].population:
        return {name: before[1].inputs[name] for name in (MAILBOXES, RIGHTS)}
    return {MAILBOXES: population_digest(population), RIGHTS: held_digest(held)}


def _earlier(case: Case, before: tuple[Placement, Origin], origin: Origin) -> Earlier:
    old, its_origin = before
    place = {window.night: n for n, window in enumerate(case.season.nights)}
    night_now = np.array([*(place.get(window.night, NEVER) for window in old.windows), NEVER], dtype=np.int64)
    row = old.population.places(case.population.guid)
    night = np.where(row >= 0, night_now[old.night[row]], NEW)
    told = (night >= 0) & case.closed[np.maximum(night, 0)]
    same = all(its_origin.inputs.get(name) == origin.inputs[name] for name in (MAILBOXES, RIGHTS))
    return Earlier(night, told, np.zeros_like(told), old.label if same else None)
