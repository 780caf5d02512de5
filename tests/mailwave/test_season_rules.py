"""The season and the limits of each environment, as the core takes them from their files."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from estate_schema import Estate, load_estate, load_limits
from mailwave import rules
from mailwave.core.placement.granted import Grant, Place
from mailwave.core.placement.season import Kind, Rule, Scope, days_of, spans

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
ESTATE = load_estate(ENVIRONMENTS / "estate.rehearsal.yaml")


def estate(environment: str = "rehearsal", **changes: Any) -> Estate:
    """The estate of *environment*, with other values under some of its keys."""
    data = yaml.safe_load((ENVIRONMENTS / f"estate.{environment}.yaml").read_text(encoding="utf-8"))
    return Estate.model_validate({**data, **changes})


def at_noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


class TestSeason:
    def test_has_a_night_a_day_and_says_what_bars_it(self) -> None:
        """It should keep nights of freezes and bank holidays, each barred by a rule with its reason."""
        season = rules.season(ESTATE, at_noon(2026, 12, 14), 30)

        assert 31 == len(season.nights)
        assert (date(2026, 12, 14), date(2026, 11, 30)) == (season.begins, season.copying)
        named = {rule.why: rule for rule in season.rules}
        christmas = Rule(
            Kind.FREEZE,
            Scope.NATIONAL,
            "",
            date(2026, 12, 21),
            date(2027, 1, 4),
            "Christmas change freeze",
        )
        assert christmas == named["Christmas change freeze"]
        assert date(2026, 12, 25) == named["bank holiday: Christmas Day"].first
        assert date(2027, 1, 1) in {
            rule.first for rule in season.rules if rule.why.startswith("bank holiday")
        }

    def test_bank_holidays_can_have_hours_of_their_own(self) -> None:
        """It should give a bank holiday the hours of the file, and then bar nothing on it."""
        evening, hours = {"start": "20:00", "end": "06:00"}, {"start": "14:00", "end": "20:00"}
        windows = {"weekday": evening, "weekend": evening, "bank_holiday": hours}
        season = rules.season(estate(windows=windows), at_noon(2026, 8, 29), 4)

        lengths = {window.night: window.end - window.start for window in season.nights}
        assert timedelta(hours=6) == lengths[date(2026, 8, 31)]
        assert timedelta(hours=10) == lengths[date(2026, 9, 1)]
        assert not any(rule.why.startswith("bank holiday") for rule in season.rules)

    def test_the_season_of_production_is_its_files(self) -> None:
        """It should begin, ramp up, wait for pilots, the tail and the sites' first sync, and end, as the file says."""
        made = load_estate(ENVIRONMENTS / "estate.production.yaml")
        own = Rule(Kind.POSTPONED, Scope.ORGANISATION, "RAA", date(2026, 11, 1), date(2026, 11, 2), "audit")
        season = rules.season(made, at_noon(2026, 10, 1), 800, dates=[own], pilots=["RBB"])

        first = {
            (rule.kind, rule.scope, rule.of): rule.first for rule in season.rules if rule.last == date.max
        }
        expected = {
            (Kind.NOT_BEFORE, Scope.NATIONAL, ""): date(2026, 10, 5),
            (Kind.NOT_BEFORE, Scope.LANE, "usual"): date(2026, 10, 12),
            (Kind.NOT_BEFORE, Scope.OTHERS, ""): date(2026, 10, 26),
            (Kind.NOT_BEFORE, Scope.LANE, "special"): date(2027, 1, 11),
            (Kind.NOT_BEFORE, Scope.SITE, "leeds"): date(2026, 9, 24),
            (Kind.NOT_BEFORE, Scope.SITE, "bristol"): date(2026, 9, 24),
        }
        assert expected == first
        assert date(2028, 3, 31) == season.deadline
        assert own in season.rules
        assert ((0.1, 0.25, 0.5), frozenset({"RBB"})) == (season.ramp, season.pilots)

    def test_a_tail_without_pilots(self) -> None:
        """It should let special mailboxes wait though nobody goes first."""
        made = estate(season={"begins": None, "deadline": None, "tail": date(2026, 10, 1)})
        season = rules.season(made, at_noon(2026, 9, 1), 40)

        bars = spans(season.rules, days_of(season))
        special = [n for n, rule in enumerate(season.rules) if rule.of == "special"]
        assert [[0, 30]] == bars[special].tolist()

    def test_freezes_keep_their_scope(self) -> None:
        """It should hold a region's freeze to the region."""
        freeze = {
            "first": date(2026, 9, 1),
            "last": date(2026, 9, 9),
            "why": "x",
            "scope": "region",
            "of": "Y56",
        }
        made = estate(freezes=[freeze])

        season = rules.season(made, at_noon(2026, 9, 1), 5)
        assert Rule(Kind.FREEZE, Scope.REGION, "Y56", date(2026, 9, 1), date(2026, 9, 9), "x") in season.rules


@pytest.mark.parametrize("environment", ["dev", "pilot", "production", "rehearsal"])
def test_all_that_is_granted_is_carried(environment: str) -> None:
    """It should carry every limit with what was published, and the sites with their endpoints and servers."""
    made = load_estate(ENVIRONMENTS / f"estate.{environment}.yaml")
    limits = load_limits(ENVIRONMENTS / f"limits.{environment}.yaml")
    granted = rules.granted(limits, made)

    assert Grant(limits.batches.granted, 100) == granted.limits["batches"]
    assert set(limits.named()) == set(granted.limits)
    assert {site.name: Place(site.endpoint, len(site.servers)) for site in made.sites} == granted.places
    assert (made.batches.size, made.notices.days) == (granted.batch_size, granted.notice_days)
    assert msgspec.structs.replace(granted, profile="x") != granted
