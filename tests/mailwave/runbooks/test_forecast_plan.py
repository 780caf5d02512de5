"""A forecast in the middle of a plan: what is over is done, and what is ahead begins now."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from estate_schema import load_estate
from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.core.forecast.report import report
from mailwave.core.forecast.what_if import AS_GRANTED
from mailwave.core.pictures.view import Done, view_of
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.planner import Plan
from mailwave.core.states import MailboxState, route
from mailwave.runbooks.forecast_plan import ForecastPlan, Sight
from mailwave.runbooks.plan_waves import PlanWaves
from mailwave.runbooks.wave.run import NoPlan
from tests.mailwave.adapters.ledgers import TestClock, an_empty_ledger, closed_ledgers
from tests.mailwave.builders import REASON, a_mailbox, an_organisation

__all__ = ["closed_ledgers"]

ROOT = Path(__file__).resolve().parents[3]
ESTATE = load_estate(ROOT / "environments" / "estate.rehearsal.yaml")
A_NIGHT = 20
GRANTED = Granted("test", {"mailboxes_a_night": Grant(A_NIGHT)}, {"leeds": Place("leeds", 1)}, 100, 14)


class Clock(TestClock):
    """As the runbooks want it."""

    __test__ = False

    def sleep_until(self, when: datetime) -> None:
        self.time = max(self.time, when)


@pytest.fixture
def planner(tmp_path: Path) -> PlanWaves:
    """A planner over a ledger with 60 mailboxes that wait: three nights."""
    clock = Clock()
    ledger = an_empty_ledger(tmp_path, clock)
    ledger.import_estate([an_organisation()], [a_mailbox(n) for n in range(60)], [], REASON)
    return PlanWaves(
        "rehearsal",
        clock,
        ledger,
        lambda first: rules.season(ESTATE, first, 120),
        GRANTED,
        rules.notices(ESTATE),
        REASON,
    )


def saved(planner: PlanWaves) -> Plan:
    plan = planner.prepare()
    planner.run(plan)
    return plan


def moved(ledger: Ledger, guids: tuple[str, ...]) -> None:
    steps = [route(guid, MailboxState.WAITING, MailboxState.MOVED, "test") for guid in guids]
    for step in zip(*steps, strict=True):
        ledger.move_state(list(step), REASON)


def mailboxes(sight: Sight) -> int:
    found = report(sight.ahead, sight.granted, runs=10, seed=1, cases=(), say=lambda _: None)
    return found.forecast.mailboxes


def test_a_fresh_plan_is_all_ahead(planner: PlanWaves) -> None:
    """It should see the saved plan: its nights, and how many move in each."""
    plan = saved(planner)
    sight = ForecastPlan(planner).prepare()
    assert () == sight.done
    found = report(sight.ahead, GRANTED, runs=20, seed=1, cases=["mailboxes-a-night=60"], say=lambda _: None)
    nights = [night for night in found.forecast.nights if night.planned]
    assert [(wave.night, len(wave.mailboxes)) for wave in plan.waves] == [
        (night.night, night.planned) for night in nights
    ]
    assert "test" == found.profile
    assert [AS_GRANTED, "mailboxes-a-night=60"] == [gain.case for gain in found.gains]
    assert plan.waves[0].night == found.gains[1].ends.planned


def test_what_is_over_is_done(planner: PlanWaves) -> None:
    """It should count who has moved by the night of the wave, and begin with the nights that are still to come."""
    plan = saved(planner)
    moved(planner.ledger, plan.waves[0].mailboxes)
    planner.clock.sleep_until(plan.waves[0].window_end + timedelta(hours=1))
    sight = ForecastPlan(planner).prepare()
    assert (Done(plan.waves[0].night, A_NIGHT),) == sight.done
    assert sight.ahead.season.nights[0].night > plan.waves[0].night
    assert 2 * A_NIGHT == mailboxes(sight)
    found = report(sight.ahead, GRANTED, runs=10, seed=1, cases=(), say=lambda _: None).forecast
    view = view_of("plan", found, sight.done)
    assert (3 * A_NIGHT, A_NIGHT) == (view.mailboxes, view.before)
    assert [2 * A_NIGHT, 3 * A_NIGHT] == [night.due for night in view.planned if night.planned]


def test_without_a_plan_it_says_so(planner: PlanWaves) -> None:
    """It should refuse a ledger without a plan."""
    with pytest.raises(NoPlan, match="no plan is saved"):
        ForecastPlan(planner).prepare()


def test_it_changes_nothing(planner: PlanWaves) -> None:
    """It should leave the ledger's plan and records as they are."""
    saved(planner)
    before = planner.ledger.plan(), planner.ledger.mailboxes(), planner.ledger.intents()
    ForecastPlan(planner).prepare()
    assert before == (planner.ledger.plan(), planner.ledger.mailboxes(), planner.ledger.intents())
