"""Our planner, from Parquet to plan file: `python -m bench.planners.ours ESTATE OUT`.

It does what `mailwave wave plan` does with an estate that is read from Parquet; the season and the grants come from the
terms that the other planners are given, too.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from bench.planners.terms import Terms, read
from mailwave.adapters.estate_parquet import read_estate
from mailwave.adapters.memory import keep_freed
from mailwave.adapters.plan_file import write_plan
from mailwave.core.calendar import Window
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.season import Kind, Rule, Scope, Season
from mailwave.core.plan_columns import Origin
from mailwave.core.planning import Case, planned

PLAN = "plan.mailwave"
ORIGIN = Origin("bench", 0, "bench", {}, "bench")
NOTICE_DAYS = 14
SUNDAY = 6
_BEGINS, _LASTS = timedelta(hours=19), timedelta(hours=3)


def main(estate: Path, out: Path) -> None:
    """Plan *estate* and write the plan into *out*."""
    keep_freed()
    case = case_of(estate, read(estate), first=NOTICE_DAYS)
    write_plan(out / PLAN, planned(case).placement, case.held, ORIGIN)


def case_of(estate: Path, terms: Terms, first: int) -> Case:
    """What is to be planned; people can still be told of nights from the calendar day *first* on."""
    population, held = read_estate(estate)
    season = season_of(terms)
    return Case(population, held, season, granted_of(terms), night_numbers(season) < first)


def season_of(terms: Terms) -> Season:
    """The calendars of *terms*; Sundays have no night."""
    days = [terms.first + timedelta(days=n) for n in range(terms.nights)]
    nights = tuple(_window(day) for day in days if day.weekday() != SUNDAY)
    rules = []
    for code, organisation in terms.organisations.items():
        rules.append(_rule(terms, Kind.NOT_BEFORE, code, (organisation.ready, organisation.ready)))
        rules += [_rule(terms, Kind.FREEZE, code, span) for span in organisation.frozen]
    copying = terms.first - timedelta(days=NOTICE_DAYS)
    return Season("Europe/London", nights, copying, terms.first, tuple(rules))


def granted_of(terms: Terms) -> Granted:
    """The grants of *terms*; each site has an endpoint of its own."""
    limits = {name: Grant(grant.figure, sites=grant.sites) for name, grant in terms.grants.items()}
    sites = terms.grants["mailboxes_a_night"].sites
    places = {site: Place(f"{site}.example", 1) for site in sites}
    return Granted("bench", limits, places, 2_000, NOTICE_DAYS)


def night_numbers(season: Season) -> np.ndarray:
    """The calendar day, counted from the first, of each night."""
    return np.array([(window.night - season.begins).days for window in season.nights])


def _window(day: date) -> Window:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + _BEGINS
    return Window(day, start, start + _LASTS)


def _rule(terms: Terms, kind: Kind, code: str, span: tuple[int, int]) -> Rule:
    first, last = span
    return Rule(kind, Scope.ORGANISATION, code, _day(terms.first, first), _day(terms.first, last), "")


@cache
def _day(first: date, number: int) -> date:
    return first + timedelta(days=number)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
