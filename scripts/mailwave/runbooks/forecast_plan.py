"""Look how a plan will go: what of it is still to come, and what is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from mailwave.core.delegates.groups import grouped
from mailwave.core.forecast.of_plan import Ahead, ahead_of
from mailwave.core.pictures.view import Done
from mailwave.core.placement.capacity import limits_for
from mailwave.core.placement.granted import Granted
from mailwave.core.planner import Plan
from mailwave.core.planning import together
from mailwave.core.standing import earlier_of
from mailwave.core.states import MailboxState
from mailwave.ports import Ledger
from mailwave.runbooks.plan_waves import PlanWaves
from mailwave.runbooks.wave.run import NoPlan


class Sight(NamedTuple):
    """What a forecast is made of: what is *ahead*, what is *granted*, and what is *done* by each night, in order."""

    ahead: Ahead
    granted: Granted
    done: tuple[Done, ...] = ()


@dataclass(frozen=True)
class ForecastPlan:
    """Read the saved plan of *planner*'s ledger as it stands now, and change nothing."""

    planner: PlanWaves

    def prepare(self) -> Sight:
        """What is ahead of the saved plan from now on, and what is done.

        Raises:
            NoPlan: none is saved.
        """
        ledger, now = self.planner.ledger, self.planner.clock.now()
        saved = ledger.plan()
        if saved is None:
            raise NoPlan
        found = self.planner.standing(saved, ledger.everybody(), now)
        case = self.planner.case(found, now)
        earlier = earlier_of(case.population, case.season, found)
        limits = limits_for(case.granted, case.season, case.population)
        since = sum(window.end <= now for window in case.season.nights)
        ahead = ahead_of(
            case.population,
            grouped(case.population, case.held, together(limits)),
            earlier.night,
            case.season,
            earlier.told | earlier.begun,
            case.closed,
            since=since,
        )
        return Sight(ahead, case.granted, done_of(saved, ledger))


def done_of(plan: Plan, ledger: Ledger) -> tuple[Done, ...]:
    """How many mailboxes had moved by the end of each night of *plan* in which any did."""
    night_of = {wave.id: wave.night for wave in plan.waves}
    stands = ledger.mailbox_columns("state", "wave")
    moved = stands["wave"].filter(stands["state"] == MailboxState.MOVED.value).drop_nulls().value_counts()
    counted: Counter[date] = Counter()
    for wave, count in moved.iter_rows():
        counted[night_of[wave]] += count
    nights = sorted(counted.items())
    sums = accumulate(count for _, count in nights)
    return tuple(Done(night, count) for (night, _), count in zip(nights, sums, strict=True))
