"""Put every mailbox that is ready into a night, and leave everybody who knows his night in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailwave.core.everybody import STATES, Everybody
from mailwave.core.notices import Milestone, NoticeRules, NoticeState
from mailwave.core.placement.granted import Granted
from mailwave.core.placement.lanes import with_lanes
from mailwave.core.placement.season import Season
from mailwave.core.planner import Plan, Told, severed_by, told_again_by, unplanned_of, waves_of
from mailwave.core.planning import Case, Say, Solved, nobody, planned
from mailwave.core.reason import Reason
from mailwave.core.standing import (
    Standing,
    as_it_was,
    earlier_of,
    late_nights,
    listed_nights,
    season_with,
    standing,
)
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger


@dataclass(frozen=True)
class PlanWaves:
    """Plan the waiting mailboxes of *environment* within what is *granted*.

    *season* gives the nights from a moment on, and their rules; *say* is told of each step of the planner. *lanes* has
    those mailboxes that are in a lane of their own, by ExchangeGuid.
    """

    environment: str
    clock: Clock
    ledger: Ledger
    season: Callable[[datetime], Season]
    granted: Granted
    rules: NoticeRules
    reason: Reason
    say: Say = nobody
    lanes: Mapping[str, int] = field(default_factory=dict)

    def prepare(self) -> Plan:
        """The plan of what waits now, with what stands of the saved one; the saved one when nothing has changed."""
        now = self.clock.now()
        saved, everybody = self.ledger.plan(), self.ledger.everybody()
        found = self.standing(saved, everybody, now)
        solved = self.solved(found, now)
        plan = self._planned(found, solved, everybody, saved.told_again if saved else ())
        return saved if saved is not None and saved.digest == plan.digest else plan

    def look(self) -> Solved:
        """The nights of all mailboxes that wait or are on their way, as they would be planned now."""
        now = self.clock.now()
        return self.solved(self.standing(self.ledger.plan(), self.ledger.everybody(), now), now)

    def at_first(self) -> Case:
        """What would be planned now if nothing had been planned before."""
        now = self.clock.now()
        return self.case(self.standing(None, self.ledger.everybody(), now), now)

    def standing(self, saved: Plan | None, everybody: Everybody, now: datetime) -> Standing:
        """What stands of the plan that was *saved*, with the mailboxes where *everybody* is now."""
        approved = {
            wave.id
            for wave in (saved.waves if saved else ())
            if wave.window_end > now and self.ledger.live_approval(wave.digest, now)
        }
        return standing(saved, everybody, self._told(saved), approved, now)

    def solved(self, found: Standing, now: datetime) -> Solved:
        """The nights of all mailboxes that wait or are on their way."""
        case = self.case(found, now)
        return planned(case, earlier_of(case.population, case.season, found), self.say)

    def case(self, found: Standing, now: datetime) -> Case:
        """What is planned, when as much stands as *found*."""
        first = self.rules.earliest_window(now)
        season = season_with(self.season(first), found)
        population = with_lanes(found.population, self.lanes)
        listed = listed_nights(season, found)
        return Case(population, found.held, season, self.granted, late_nights(season, first) | listed, listed)

    def run(self, planned: Plan) -> None:
        """Save *planned*; the same again changes nothing."""
        self.ledger.save_plan(planned, self.reason)

    def _told(self, saved: Plan | None) -> set[str]:
        """Whoever was told of the night that the plan that was *saved* has them in."""
        return {
            guid
            for wave in (saved.waves if saved else ())
            for guid, state in self.ledger.notices_of(Milestone.TWO_WEEKS, wave.mailboxes, wave.night).items()
            if state is not NoticeState.FAILED
        }

    def _planned(
        self, found: Standing, solved: Solved, everybody: Everybody, told_before: tuple[Told, ...]
    ) -> Plan:
        taken = {batch.name for wave in found.kept for batch in wave.batches}
        new = waves_of(self.environment, _waiting(solved, everybody), self.granted.batch_size, taken)
        waves = as_it_was(new, found, everybody)
        again = told_again_by(solved.placement, found.told, found.nights, found.passed)
        named = {told.mailbox for told in again}
        earlier = tuple(told for told in told_before if told.mailbox not in named)
        return Plan(
            tuple(waves),
            unplanned_of(solved),
            severed_by(waves, everybody.population, everybody.held),
            tuple(sorted((*earlier, *again), key=lambda told: told.mailbox)),
        )


def _waiting(solved: Solved, everybody: Everybody) -> Solved:
    """*solved* with nights for those alone who wait: the others are on lists that stand."""
    plan = solved.placement
    rows = everybody.population.places(plan.population.guid)
    moving = everybody.state[rows] != STATES.index(MailboxState.WAITING)
    return solved._replace(placement=plan.without_night(moving))
