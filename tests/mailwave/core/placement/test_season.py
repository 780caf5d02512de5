"""When groups may move: the nights of a season, and every rule that bars some of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.calendar import Calendar, LocalWindow, Window, windows
from mailwave.core.estate import Organisation
from mailwave.core.placement.alone import Alone
from mailwave.core.placement.season import (
    Kind,
    Rule,
    Scope,
    Season,
    days_of,
    lead_rules,
    pilot_rules,
)
from mailwave.core.population import LANES, Numbers, Population

LONDON = "Europe/London"
EVENINGS = Calendar(LONDON, LocalWindow(time(20), time(6)), LocalWindow(time(8), time(22)))
BODIES = (
    Organisation("RAA", "", "trust", "Y56", "QMF"),
    Organisation("RBB", "", "trust", "Y56", "QRV"),
    Organisation("RCC", "", "prescriber", "Y63", "QWO"),
)
SITES = ("bristol", "leeds")


class Row(NamedTuple):
    """One mailbox: places of its organisation, site and lane."""

    organisation: int = 0
    site: int = 0
    lane: int = 0


def a_population(rows: list[Row]) -> Population:
    organisation, site, lane = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    guid = np.stack([np.zeros(len(rows)), np.arange(len(rows))], axis=1).astype(np.uint64)
    ones = np.ones(len(rows), dtype=np.int64)
    return Population(guid, organisation, site, ones * 0, ones, lane.astype(np.int8), BODIES, SITES, ("DB1",))


def a_season(*rules: Rule, first: date = date(2026, 10, 19), nights: int = 14) -> Season:
    begin = datetime.combine(first, time(0), tzinfo=ZoneInfo(LONDON))
    found = tuple(windows(EVENINGS, not_before=begin.astimezone(UTC), days=nights - 1))
    return Season(LONDON, found, first - timedelta(days=14), first, rules)


def open_nights(
    season: Season, rows: list[Row], label: list[int] | None = None, group: int = 0
) -> list[date]:
    labels = np.array(label or [0] * len(rows), dtype=np.int64)
    calendar = Alone.of(a_population(rows), season).calendar(labels)
    allowed = calendar.allowed[calendar.pattern[group]]
    return [window.night for window, may in zip(season.nights, allowed, strict=True) if may]


def october(*days: int) -> list[date]:
    return [date(2026, 10, day) for day in days]


def rule(kind: Kind, first: int, last: int, scope: Scope = Scope.NATIONAL, of: str = "") -> Rule:
    return Rule(kind, scope, of, date(2026, 10, first), date(2026, 10, last), "why")


class TestKinds:
    @pytest.mark.parametrize(
        ("given_rule", "expected"),
        [
            # 19 October is a Monday; evening windows end at six the next morning, those of the week-end the same day
            (rule(Kind.FREEZE, 21, 21), october(19, 22, 23, 24, 25)),
            (rule(Kind.FREEZE, 24, 24), october(19, 20, 21, 22, 25)),
            (rule(Kind.POSTPONED, 20, 22), october(23, 24, 25)),
            (rule(Kind.NOT_BEFORE, 23, 31), october(23, 24, 25)),
            (rule(Kind.DEADLINE, 1, 22), october(19, 20, 21)),
            (rule(Kind.DEADLINE, 1, 24), october(19, 20, 21, 22, 23, 24)),
            (rule(Kind.CHOSEN, 21, 22, Scope.ORGANISATION, "RAA"), october(21, 22)),
            (rule(Kind.FREEZE, 1, 18), october(19, 20, 21, 22, 23, 24, 25)),
        ],
    )
    def test_bar_the_nights_that_touch_their_days(self, given_rule: Rule, expected: list[date]) -> None:
        """It should count a night's last morning as touched, and leave the nights of chosen days."""
        assert expected == open_nights(a_season(given_rule, nights=7), [Row()])

    def test_chosen_dates_add_up(self) -> None:
        """It should leave the nights of all the dates that an organisation chose, and those of others alone."""
        season = a_season(
            rule(Kind.CHOSEN, 20, 20, Scope.ORGANISATION, "RAA"),
            rule(Kind.CHOSEN, 23, 24, Scope.ORGANISATION, "RAA"),
            nights=7,
        )

        assert october(20, 23, 24) == open_nights(season, [Row()])
        assert 7 == len(open_nights(season, [Row(organisation=1)]))


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "of", "barred"),
        [
            (Scope.NATIONAL, "", {Row(0), Row(1), Row(2, 1), Row(0, 0, 2)}),
            (Scope.REGION, "Y56", {Row(0), Row(1), Row(0, 0, 2)}),
            (Scope.ICB, "QMF", {Row(0), Row(0, 0, 2)}),
            (Scope.ORGANISATION, "RBB", {Row(1)}),
            (Scope.SITE, "leeds", {Row(2, 1)}),
            (Scope.LANE, "special", {Row(0, 0, 2)}),
            (Scope.ORGANISATION, "GONE", set()),
        ],
    )
    def test_bar_those_concerned(self, scope: Scope, of: str, barred: set[Row]) -> None:
        """It should bar a night to those whom the rule concerns, and to nobody when they have all moved."""
        season = a_season(rule(Kind.FREEZE, 19, 31, scope, of), nights=7)
        rows = [Row(0), Row(1), Row(2, 1), Row(0, 0, 2)]

        assert barred == {row for row in rows if not open_nights(season, [row])}

    def test_a_group_waits_for_all_its_members(self) -> None:
        """It should leave a group the nights that are open to every organisation, site and lane in it."""
        season = a_season(
            rule(Kind.NOT_BEFORE, 21, 31, Scope.ORGANISATION, "RBB"),
            rule(Kind.FREEZE, 24, 24, Scope.SITE, "leeds"),
            nights=7,
        )
        rows = [Row(0), Row(1), Row(2, 1), Row(0)]

        assert october(21, 22, 25) == open_nights(season, rows, [0, 0, 0, 1])
        assert 7 == len(open_nights(season, rows, [0, 0, 0, 1], group=1))

    def test_volunteers_then_pilots_then_all_then_the_tail(self) -> None:
        """It should open nights to volunteers, pilot organisations, the others and special mailboxes in turn."""
        rules = pilot_rules(date(2026, 10, 20), date(2026, 10, 22), date(2026, 10, 24))
        season = a_season(*rules, nights=7)
        season = Season(LONDON, season.nights, season.copying, season.begins, rules, (), frozenset({"RBB"}))
        volunteer, special = LANES.index("volunteer"), LANES.index("special")
        expected = {
            Row(0, 0, volunteer): october(19, 20, 21, 22, 23, 24, 25),
            Row(1): october(20, 21, 22, 23, 24, 25),
            Row(0): october(22, 23, 24, 25),
            Row(1, 0, special): october(24, 25),
        }

        assert expected == {row: open_nights(season, [row]) for row in expected}
        assert october(22, 23, 24, 25) == open_nights(season, [Row(0, 0, volunteer), Row(0)])

    def test_a_site_waits_for_its_initial_sync(self) -> None:
        """It should open no night at a site before its first mailboxes had the days of their initial sync."""
        season = a_season(*lead_rules(date(2026, 10, 17), [("leeds", 5), ("bristol", 0)]), nights=7)

        assert october(22, 23, 24, 25) == open_nights(season, [Row(site=1)])
        assert 7 == len(open_nights(season, [Row(site=0)]))


class TestClocks:
    @pytest.mark.parametrize(
        ("night", "hours"), [(date(2026, 10, 24), 14), (date(2026, 10, 23), 10), (date(2027, 3, 26), 10)]
    )
    def test_days_touched_are_local(self, night: date, hours: int) -> None:
        """It should find the local day on which a window ends, whatever clocks do between."""
        season = a_season(first=night, nights=1)
        window = season.nights[0]

        assert [night.toordinal()] == days_of(season).first.tolist()
        ends = night if night.weekday() >= 5 else night + timedelta(days=1)
        assert [ends.toordinal()] == days_of(season).last.tolist()
        assert timedelta(hours=hours) == window.end - window.start

    @pytest.mark.parametrize(("sunday", "length"), [(date(2026, 10, 25), 11), (date(2027, 3, 28), 9)])
    def test_a_night_in_which_clocks_change_touches_both_days(self, sunday: date, length: int) -> None:
        """It should bar the Saturday night to a freeze of Sunday, an hour longer or shorter as it is."""
        nightly = Calendar(LONDON, *[LocalWindow(time(20), time(6))] * 2)
        saturday = sunday - timedelta(days=1)
        start = datetime.combine(saturday, time(12), tzinfo=UTC)
        nights = tuple(windows(nightly, not_before=start, days=1))
        freeze = Rule(Kind.FREEZE, Scope.NATIONAL, "", sunday, sunday, "clocks change")
        season = Season(LONDON, nights, saturday, saturday, (freeze,))

        assert timedelta(hours=length) == nights[0].end - nights[0].start
        assert [] == open_nights(season, [Row()])

    def test_midnight_ends_the_day_before(self) -> None:
        """It should not count the day on which a window ends at its very first moment."""
        ends = datetime(2026, 10, 20, 23, tzinfo=UTC)  # midnight in British summer time
        window = Window(date(2026, 10, 20), ends - timedelta(hours=4), ends)
        season = Season(LONDON, (window,), window.night, window.night, (rule(Kind.FREEZE, 21, 21),))

        assert october(20) == open_nights(season, [Row()])


@pytest.mark.parametrize(("rows", "nights"), [([], 3), ([Row()], 0), ([], 0)])
def test_nothing_is_planned_for_nobody_or_never(rows: list[Row], nights: int) -> None:
    """It should give a calendar without groups, or without nights."""
    season = a_season(nights=nights) if nights else Season(LONDON, (), date.min, date.min)
    calendar = Alone.of(a_population(rows), season).calendar(np.zeros(len(rows), dtype=np.int64))

    assert len(rows) == len(calendar.pattern)
    assert not calendar.allowed[calendar.pattern].any() or rows


def test_the_ramp_counts_weeks_from_the_beginning() -> None:
    """It should use the share of the week, and all of the capacity afterwards."""
    season = a_season(nights=22)
    season = Season(LONDON, season.nights, season.copying, season.begins, (), (0.1, 0.5))

    assert [0.1, 0.1, 0.5, 0.5, 1.0] == [season.share(night) for night in (0, 6, 7, 13, 14)]


KINDS_OF = {
    Scope.NATIONAL: [""],
    Scope.REGION: ["Y56", "Y63"],
    Scope.ICB: ["QMF", "QWO"],
    Scope.ORGANISATION: ["RAA", "RBB", "GONE"],
    Scope.SITE: list(SITES),
    Scope.LANE: list(LANES),
    Scope.OTHERS: [""],
}


def rules() -> st.SearchStrategy[Rule]:
    days = st.tuples(st.integers(17, 31), st.integers(0, 6))
    scoped = st.sampled_from([(scope, of) for scope, names in KINDS_OF.items() for of in names])
    kinds = st.sampled_from(list(Kind))

    def made(kind: Kind, where: tuple[Scope, str], when: tuple[int, int]) -> Rule:
        if kind is Kind.CHOSEN:
            where = (Scope.ORGANISATION, "RAA")
        first = date(2026, 10, when[0])
        return Rule(kind, *where, first, first + timedelta(days=when[1]), "why")

    return st.builds(made, kinds, scoped, days)


def is_open(season: Season, row: Row, window: Window, pilots: frozenset[str]) -> bool:
    """Whether one mailbox may move in one window, by the words of the rules."""
    body = BODIES[row.organisation]
    waits = row.lane == 0 and body.code not in pilots
    whose = {
        Scope.NATIONAL: [""],
        Scope.REGION: [body.region],
        Scope.ICB: [body.icb],
        Scope.ORGANISATION: [body.code],
        Scope.SITE: [SITES[row.site]],
        Scope.LANE: [LANES[row.lane]],
        Scope.OTHERS: [""] if waits else [],
    }
    mine = [each for each in season.rules if each.of in whose[each.scope]]
    ends = (window.end - timedelta(microseconds=1)).astimezone(ZoneInfo(LONDON)).date()
    touched = {window.night, ends}
    chosen = [each for each in mine if each.kind is Kind.CHOSEN]
    if chosen and not any(each.first <= window.night <= each.last for each in chosen):
        return False
    for each in mine:
        if each.kind in {Kind.FREEZE, Kind.POSTPONED} and any(
            each.first <= day <= each.last for day in touched
        ):
            return False
        if each.kind is Kind.NOT_BEFORE and window.night < each.first:
            return False
        if each.kind is Kind.DEADLINE and max(touched) > each.last:
            return False
    return True


def labelled(rows: list[Row], groups: list[int]) -> Numbers:
    """Groups numbered from 0 on without a gap."""
    return np.unique(np.array(groups[: len(rows)]), return_inverse=True)[1].astype(np.int64)


@given(
    st.lists(rules(), max_size=8),
    st.lists(st.builds(Row, st.integers(0, 2), st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=9),
    st.lists(st.integers(0, 4), min_size=9, max_size=9),
    st.frozensets(st.sampled_from(["RAA", "RCC"])),
)
@settings(max_examples=150, deadline=None)
def test_a_group_may_move_when_each_of_its_mailboxes_may(
    drawn: list[Rule], rows: list[Row], groups: list[int], pilots: frozenset[str]
) -> None:
    """It should agree, night for night over a change of clocks, with the rules read one by one."""
    plain = a_season(*drawn)
    season = Season(LONDON, plain.nights, plain.copying, plain.begins, plain.rules, (), pilots)
    label = labelled(rows, groups)
    calendar = Alone.of(a_population(rows), season).calendar(label)

    expected = [
        [
            all(
                is_open(season, row, window, pilots)
                for row, its in zip(rows, label.tolist(), strict=True)
                if its == n
            )
            for window in season.nights
        ]
        for n in range(label.max() + 1)
    ]
    assert expected == calendar.allowed[calendar.pattern].tolist()
    assert len(calendar.allowed) == len({row.tobytes() for row in calendar.allowed})
