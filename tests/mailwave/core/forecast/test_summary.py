"""What a forecast says: ends, nights at risk and the limit of each week, from runs worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from mailwave.core.forecast.chances import PUBLISHED, certain, drawn
from mailwave.core.forecast.load import NothingPlanned, load_of
from mailwave.core.forecast.nights import lived
from mailwave.core.forecast.summary import forecast
from tests.mailwave.core.forecast import loads


def test_a_certain_forecast_is_the_plan() -> None:
    """It should give one end, no night at risk, and the most used limit of each week."""
    load = loads.even_load([100] * 10, room=100)
    found = forecast(load, drawn(certain(), runs=10, seed=1))
    last = loads.MONDAY + timedelta(days=9)
    assert (last, last, last) == (found.ends.planned, found.ends.p50, found.ends.p90)
    assert () == found.at_risk
    assert 1000 == found.mailboxes
    assert [(700, "mailboxes", 1.0), (300, "mailboxes", 1.0)] == [
        (week.planned, week.binding, week.use) for week in found.weeks
    ]
    assert [night.due for night in found.nights] == [night.p50 for night in found.nights]


def test_percentiles_are_those_of_the_runs() -> None:
    """It should say P50 and P90 of the ends such that at least so many runs have ended by then."""
    planned = loads.drawn_plan(9)
    draws = drawn(PUBLISHED, runs=101, seed=4)
    found = forecast(planned.load(), draws)
    run = lived(planned.load(), draws)
    ends = [date.fromordinal(int(run.day[night])) for night in run.end]
    for day, least in ((found.ends.p50, 51), (found.ends.p90, 91)):
        assert day is not None
        assert sum(end < day for end in ends) < least <= sum(end <= day for end in ends)
    assert found.ends.planned <= (found.ends.p50 or date.max) <= (found.ends.p90 or date.max)
    assert all(night.p90 <= night.p50 for night in found.nights)
    assert found == forecast(planned.load(), drawn(PUBLISHED, runs=101, seed=4))


def test_nights_at_risk_name_their_limit() -> None:
    """It should name the nights in which appointments fail in more than a tenth of the runs, and what stops them."""
    load = loads.even_load([100, 100, 0, 0, 0, 0, 0, 0], room=100, copying=True)
    found = forecast(load, drawn(certain(0.33), runs=10, seed=1))
    assert [(loads.MONDAY, 1.0, "mailboxes"), (loads.MONDAY + timedelta(days=1), 1.0, "mailboxes")] == [
        (night.night, night.at_risk, night.limit) for night in found.at_risk
    ]
    assert (loads.MONDAY + timedelta(days=3)) == found.ends.p50


def test_an_end_out_of_sight_has_no_date() -> None:
    """It should give no date, and say how far it looked, when the runs do not end."""
    found = forecast(loads.even_load([100], room=0), drawn(certain(), runs=10, seed=1))
    assert (None, None) == (found.ends.p50, found.ends.p90)
    assert found.ends.until > loads.MONDAY + timedelta(days=365)


def test_a_plan_of_nobody_is_refused() -> None:
    """It should refuse to forecast a plan without a mailbox."""
    planned = loads.drawn_plan(1)
    with pytest.raises(NothingPlanned, match="no mailbox in any night"):
        load_of(planned.problem, np.full_like(planned.night_of, -1), planned.days, planned.sorts)
