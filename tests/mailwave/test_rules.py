"""The files of the rehearsal, as the core takes them."""

from datetime import date, time
from pathlib import Path

from estate_schema import load_estate, load_limits
from mailwave import rules
from mailwave.core.calendar import Blackout, Calendar, LocalWindow
from mailwave.core.notices import Milestone, NoticeRules
from mailwave.core.planner import Capacity
from mailwave.core.readiness import ReadinessRules

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
ESTATE = load_estate(ENVIRONMENTS / "estate.rehearsal.yaml")


def test_the_calendar_is_the_files() -> None:
    """It should carry the hours, the zone and the blackouts."""
    expected = Calendar(
        "Europe/London",
        LocalWindow(time(20), time(6)),
        LocalWindow(time(8), time(22)),
        (Blackout(date(2026, 12, 21), date(2027, 1, 4)),),
    )

    assert expected == rules.calendar(ESTATE)


def test_the_readiness_rules_are_the_files() -> None:
    """It should carry the minimum of each major version as numbers, and the threshold."""
    expected = ReadinessRules({15: (15, 0, 4971, 1000), 16: (16, 0, 4600, 1000)}, 0.25)

    assert expected == rules.readiness(ESTATE)


def test_notices_are_the_files() -> None:
    """It should carry the days, the hour, and a template for each milestone."""
    assert NoticeRules(14, time(9), "Europe/London") == rules.notices(ESTATE)
    assert set(Milestone) == set(rules.templates(ESTATE))


def test_the_capacity_is_what_is_granted() -> None:
    """It should plan on the granted figures of that day."""
    limits = load_limits(ENVIRONMENTS / "limits.rehearsal.yaml")

    assert Capacity(600, 1_536 * 1024**3, 100, 200) == rules.capacity(limits, ESTATE, date(2026, 9, 1))
