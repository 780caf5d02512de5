"""A plan of mailboxes as a forecast sees it, and what-if cases that change what is granted or add a site."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from mailwave.core.calendar import Calendar, LocalWindow, windows
from mailwave.core.delegates.held import of_permissions
from mailwave.core.forecast.cases import CaseUnclear, granted_in, read_cases
from mailwave.core.forecast.chances import PUBLISHED, certain, drawn
from mailwave.core.forecast.of_plan import NEW_SITE, Ahead, ahead_of
from mailwave.core.forecast.summary import forecast
from mailwave.core.forecast.what_if import compared
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.season import Season
from mailwave.core.planning import Case, planned
from mailwave.core.population import of_mailboxes
from tests.mailwave.builders import a_mailbox, an_organisation

FIRST = date(2026, 10, 5)
SITES = ("leeds", "bristol")
GB = 10**9


def a_granted(**figures: int) -> Granted:
    usual = {
        "mailboxes_a_night": 100,
        "concurrent_moves_tenant": 1,
        "concurrent_moves": 300,
        "bytes_an_hour_move": 660_000_000,
        "incremental_syncs": 20,
        "seconds_an_increment": 360,
        "seconds_a_completion": 816,
    }
    limits = {name: Grant(figure) for name, figure in {**usual, **figures}.items()}
    return Granted("test", limits, {site: Place(site, 2) for site in SITES}, 2000, 14)


def an_ahead(granted: Granted, mailboxes: int = 600, since: int = 0) -> Ahead:
    """A plan of mailboxes of 1 GB at two sites; those in the first *since* nights have moved."""
    rows = [a_mailbox(n, site=SITES[n % 2]) for n in range(mailboxes)]
    population = of_mailboxes(rows, [an_organisation()])
    hours = Calendar("Europe/London", LocalWindow(time(20), time(6)), LocalWindow(time(20), time(6)))
    begins = datetime.combine(FIRST, time(8), UTC)
    nights = tuple(windows(hours, not_before=begins, days=89))
    season = Season("Europe/London", nights, FIRST - timedelta(days=14), FIRST)
    closed = np.zeros(len(nights), dtype=np.bool_)
    solved = planned(Case(population, of_permissions(population, []), season, granted, closed))
    nobody = np.zeros(population.size, dtype=np.bool_)
    plan = solved.placement
    return ahead_of(population, plan.label, plan.night, season, nobody, closed, since=since)


def test_a_forecast_without_chance_is_the_plan() -> None:
    """It should give the plan's own end, in a plan that went through the planner of mailboxes."""
    granted = a_granted()
    plan = an_ahead(granted).plan(granted)
    found = forecast(plan.load(), drawn(certain(), runs=10, seed=1))
    assert 600 == found.mailboxes
    assert found.ends.planned == found.ends.p90 == plan.days[int(plan.night_of.max())]


def test_the_binding_limit_has_its_name() -> None:
    """It should name the granted limit behind the bucket: slots of the tenant, or mailboxes a night."""
    granted = a_granted()
    weeks = forecast(an_ahead(granted).plan(granted).load(), drawn(PUBLISHED, runs=50, seed=1)).weeks
    assert "concurrent_moves_tenant" in {week.binding for week in weeks}
    granted = a_granted(concurrent_moves_tenant=300, mailboxes_a_night=20)
    weeks = forecast(an_ahead(granted).plan(granted).load(), drawn(PUBLISHED, runs=50, seed=1)).weeks
    assert {"mailboxes_a_night"} == {week.binding for week in weeks[:-1]}


def test_what_has_moved_is_no_longer_ahead() -> None:
    """It should leave out the nights that are over, and who moved in them."""
    granted = a_granted(mailboxes_a_night=100, concurrent_moves_tenant=300)
    whole, rest = an_ahead(granted), an_ahead(granted, since=2)
    assert whole.population.size - rest.population.size == int((whole.night_of < 2).sum())
    assert FIRST + timedelta(days=2) == rest.season.nights[0].night
    last = whole.plan(granted).days[int(whole.night_of.max())]
    assert last == rest.plan(granted).days[int(rest.night_of.max())]


def test_slots_against_more_slots() -> None:
    """It should gain weeks by twenty times the slots where slots bind, and nothing by more mailboxes a night."""
    granted = a_granted()
    ahead = an_ahead(granted)
    cases = read_cases(["slots=20", "mailboxes-a-night=1000"], granted)
    draws = drawn(PUBLISHED, runs=50, seed=1)
    rows = compared(ahead.plan(granted), [granted_in(case, ahead, granted) for case in cases], draws)
    assert ["as granted", "slots=20", "mailboxes-a-night=1000"] == [row.case for row in rows]
    assert (rows[1].gain_p50 or 0) > 2
    assert 0 == rows[2].gain_p50


def test_one_more_site_takes_its_part() -> None:
    """It should give a third site a third of the mailboxes and databases of its own, and gain where sites bind."""
    granted = a_granted(incremental_syncs=1, concurrent_moves_tenant=300, mailboxes_a_night=1000)
    ahead = an_ahead(granted, mailboxes=1800)
    wider, more = ahead.with_site(granted)
    assert [600, 600, 600] == np.bincount(wider.population.site).tolist()
    assert Place(NEW_SITE, 2) == more.places[NEW_SITE]
    (case,) = read_cases(["sites=+1"], granted)
    draws = drawn(PUBLISHED, runs=50, seed=1)
    rows = compared(ahead.plan(granted), [granted_in(case, ahead, granted)], draws)
    assert (rows[1].gain_p50 or 0) > 4


def test_a_case_in_which_nobody_moves_has_no_end() -> None:
    """It should say of a limit of zero that all are without a night, and of its gain that it is not known."""
    granted = a_granted()
    ahead = an_ahead(granted, mailboxes=50)
    (case,) = read_cases(["mailboxes_a_night=0"], granted)
    draws = drawn(PUBLISHED, runs=10, seed=1)
    rows = compared(ahead.plan(granted), [granted_in(case, ahead, granted)], draws)
    assert (None, None, 50) == (rows[1].ends, rows[1].gain_p50, rows[1].unplaced)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("slots", "is not NAME=FIGURE"),
        ("speed=3", "names no limit 'speed'"),
        ("slots=many", "has no figure, a whole number, but 'many'"),
        ("slots=-3", "has no figure"),
        ("slots=", "has no figure"),
        ("sites=1", "asks for 1 sites where there are 2 now"),
        ("sites=4000", "asks for 4000 sites"),
    ],
)
def test_an_unclear_case_is_refused(text: str, problem: str) -> None:
    """It should say in one sentence what is wrong with a case, and what it may name."""
    granted = a_granted()
    with pytest.raises(CaseUnclear, match=problem):
        granted_in(read_cases([text], granted)[0], an_ahead(granted, mailboxes=10), granted)
