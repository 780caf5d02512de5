"""Contradictions: each is found, and named with the smallest set of rules, or the limit, that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.calendar import Calendar, LocalWindow, windows
from mailwave.core.estate import Organisation
from mailwave.core.placement.bounds import most_by
from mailwave.core.placement.capacity import capacity_for
from mailwave.core.placement.contradiction import (
    CapacityShort,
    Closed,
    LimitIsZero,
    NoNightLeft,
    NoNights,
    barred_nights,
    refuse_contradictions,
    smallest_cover,
)
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.problem import Limits, Need, Problem, calendar_of
from mailwave.core.placement.problem_for import problem_for
from mailwave.core.placement.season import Kind, Rule, Scope, Season, pilot_rules
from mailwave.core.population import Population
from mailwave.core.refusals import Refusal

GB = 10**9
BODIES = (Organisation("RAA", "", "trust", "Y56", "QMF"), Organisation("RBB", "", "trust", "Y63", "QWO"))


def september(day: int) -> date:
    return date(2026, 9, day)


def a_season(*rules: Rule, nights: int = 10) -> Season:
    """Nights from Monday 14 September on, each within its day."""
    evenings = Calendar("Europe/London", *[LocalWindow(time(18), time(23))] * 2)
    found = tuple(windows(evenings, not_before=datetime(2026, 9, 14, tzinfo=UTC), days=nights - 1))
    return Season("Europe/London", found, date(2026, 8, 31), september(14), rules)


def a_population(organisation: Sequence[int] = (0, 0, 1)) -> Population:
    count = len(organisation)
    guid = np.stack([np.zeros(count), np.arange(count)], axis=1).astype(np.uint64)
    nought = np.zeros(count, dtype=np.int64)
    columns = (np.array(organisation, dtype=np.int64), nought, nought, nought + GB, nought.astype(np.int8))
    return Population(guid, *columns, BODIES, ("leeds",), ("DB1",))


def granted(**limits: int) -> Granted:
    held = {name: Grant(figure) for name, figure in limits.items()}
    return Granted("test", held, {"leeds": Place("leeds", 1)}, 100, 14)


def refusal(season: Season, label: Sequence[int] = (0, 1, 2), **limits: int) -> Refusal | None:
    population, labels = a_population(), np.array(label, dtype=np.int64)
    given_limits = granted(**limits)
    capacity = capacity_for(given_limits, season, population)
    problem = problem_for(population, labels, season, given_limits, capacity=capacity)
    try:
        refuse_contradictions(population, labels, season, capacity, problem)
    except Refusal as found:
        return found
    return None


def rule(kind: Kind, first: int, last: int, why: str, scope: Scope = Scope.NATIONAL, of: str = "") -> Rule:
    return Rule(kind, scope, of, september(first), september(last), why)


DEADLINE = rule(Kind.DEADLINE, 1, 20, "the season ends")
NOTICE = rule(Kind.NOT_BEFORE, 16, 30, "14 days' notice")
WINTER = rule(Kind.FREEZE, 14, 17, "winter pressure")
CHANGE = rule(Kind.FREEZE, 17, 22, "change freeze")
OWN = rule(Kind.POSTPONED, 14, 19, "own audit", Scope.ORGANISATION, "RBB")


def test_a_plan_that_can_be_is_let_be() -> None:
    """It should say nothing of rules that leave each group a night, and of limits that suffice."""
    assert refusal(a_season(DEADLINE, NOTICE, WINTER, OWN), mailboxes_a_night=3) is None
    assert refusal(a_season(DEADLINE, OWN), (0, 1, 1), mailboxes_a_night=3) is None


def test_freezes_against_the_deadline() -> None:
    """It should name the freezes and the deadline that leave nobody a night, and none that could be spared."""
    found = refusal(a_season(DEADLINE, NOTICE, WINTER, CHANGE, OWN))

    assert isinstance(found, NoNights)
    assert (DEADLINE, WINTER, CHANGE) == found.rules
    assert (
        "no night is left in which anybody may move, of 10: national: deadline 2026-09-20 (the season ends); "
        "national: frozen from 2026-09-14 to 2026-09-17 (winter pressure); "
        "national: frozen from 2026-09-17 to 2026-09-22 (change freeze)"
    ) == str(found)


def test_a_season_without_nights() -> None:
    """It should say that windows leave no night."""
    found = refusal(msgspec.structs.replace(a_season(), nights=()))

    assert isinstance(found, NoNights)
    assert ((), 0) == (found.rules, found.nights)


def test_an_organisation_without_a_night_before_the_deadline() -> None:
    """It should name the organisation, and the fewest of its rules that leave it no night."""
    late = rule(Kind.NOT_BEFORE, 20, 30, "not ready", Scope.ORGANISATION, "RBB")
    sunday = rule(Kind.FREEZE, 20, 20, "line work", Scope.SITE, "leeds")
    found = refusal(a_season(DEADLINE, NOTICE, sunday, late, OWN))

    assert isinstance(found, NoNightLeft)
    assert (("RBB",), (DEADLINE, sunday, late), 1) == (found.organisations, found.rules, found.mailboxes)
    assert str(found).startswith("1 mailbox has no night left, of organisation RBB: national: deadline")


def test_two_organisations_that_chose_no_common_night() -> None:
    """It should name both organisations of a group, and all the dates that each of them chose."""
    chosen = [
        rule(Kind.CHOSEN, 15, 15, "study day", Scope.ORGANISATION, "RAA"),
        rule(Kind.CHOSEN, 17, 18, "study days", Scope.ORGANISATION, "RAA"),
        rule(Kind.CHOSEN, 16, 16, "audit", Scope.ORGANISATION, "RBB"),
    ]
    found = refusal(a_season(WINTER, *chosen), (0, 1, 1))

    assert isinstance(found, NoNightLeft)
    assert ("RAA", "RBB") == found.organisations
    assert {WINTER, chosen[2]} == set(found.rules)

    without = refusal(a_season(*chosen), (0, 1, 1))
    assert isinstance(without, NoNightLeft)
    assert tuple(chosen) == without.rules


def test_the_deadline_is_named_when_it_is_what_bars() -> None:
    """It should name the deadline though no night after it is there, but not for chosen days that are frozen."""
    ends = rule(Kind.DEADLINE, 1, 24, "the season ends")
    away = rule(Kind.POSTPONED, 10, 30, "system change", Scope.ORGANISATION, "RBB")
    found = refusal(a_season(ends, away))
    assert isinstance(found, NoNightLeft)
    assert (ends, away) == found.rules

    chosen = rule(Kind.CHOSEN, 16, 17, "study days", Scope.ORGANISATION, "RBB")
    frozen = refusal(a_season(ends, WINTER, chosen))
    assert isinstance(frozen, NoNightLeft)
    assert (WINTER, chosen) == frozen.rules
    later = rule(Kind.CHOSEN, 29, 29, "study day", Scope.ORGANISATION, "RBB")
    both = refusal(a_season(ends, WINTER, chosen, later))
    assert isinstance(both, NoNightLeft)
    assert (ends, WINTER, chosen, later) == both.rules


def test_nights_that_come_too_soon_are_a_rule_too() -> None:
    """It should name the notice that people are owed, when nights are closed because of it."""
    population, labels, season = a_population(), np.arange(3), a_season(DEADLINE, CHANGE)
    capacity = capacity_for(granted(), season, population)
    problem = problem_for(population, labels, season, granted(), capacity=capacity)
    closed = np.arange(10) < 3
    allowed = problem.calendar.allowed & ~closed
    problem = problem._replace(calendar=problem.calendar._replace(allowed=allowed))

    with pytest.raises(NoNights) as caught:
        refuse_contradictions(population, labels, season, capacity, problem, Closed(closed, closed & False))
    told = Rule(Kind.NOT_BEFORE, Scope.NATIONAL, "", september(17), date.max, "people are told beforehand")
    assert (DEADLINE, CHANGE, told) == caught.value.rules


def test_pilots_that_go_before_the_others() -> None:
    """It should name the rule by which others wait, and not to those who are pilots."""
    rules = pilot_rules(september(14), september(21), None)
    found = refusal(a_season(DEADLINE, *rules))

    assert isinstance(found, NoNightLeft)
    assert (DEADLINE, rules[1]) == found.rules
    both = frozenset({"RAA", "RBB"})
    assert refusal(msgspec.structs.replace(a_season(DEADLINE, *rules), pilots=both)) is None
    away = rule(Kind.POSTPONED, 10, 30, "system change", Scope.ORGANISATION, "RBB")
    pilot = refusal(msgspec.structs.replace(a_season(DEADLINE, *rules, away), pilots=both))
    assert isinstance(pilot, NoNightLeft)
    assert (DEADLINE, away) == pilot.rules


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        ({"mailboxes_a_night": 0}, "mailboxes_a_night"),
        ({"mailboxes_a_night": 9, "notify_per_day": 2}, "notify_per_day"),
        ({"concurrent_moves": 0, "bytes_an_hour_move": GB}, "concurrent_moves at leeds"),
        ({"licences": 0}, "licences"),
    ],
)
def test_a_limit_of_zero(limits: dict[str, int], name: str) -> None:
    """It should name the limit that leaves nothing on any night."""
    found = refusal(a_season(), **limits)

    assert isinstance(found, LimitIsZero)
    assert name == found.name


def test_too_little_for_all_by_the_deadline() -> None:
    """It should name the limit that lacks the largest share, and say how much is missing."""
    friday = rule(Kind.DEADLINE, 1, 18, "the season ends")
    found = refusal(a_season(friday, CHANGE), bytes_a_night=GB // 4, licences=2)

    assert isinstance(found, CapacityShort)
    assert ("bytes_a_night", 3 * GB, 3 * GB // 4) == (found.name, found.needed, found.most)
    assert str(found).startswith(
        "by 2026-09-16 the limit bytes_a_night has room for 750000000 of 3000000000 bytes"
    )
    assert f"{3 * GB - 3 * GB // 4} are missing" in str(found)


def test_too_little_on_the_nights_that_somebody_may_use() -> None:
    """It should count for an organisation the room of its own nights only."""
    only = rule(Kind.CHOSEN, 15, 15, "study day", Scope.ORGANISATION, "RAA")
    found = refusal(a_season(only), mailboxes_a_night=1)

    assert isinstance(found, CapacityShort)
    assert (3, 2) == (found.needed, found.most)


@given(st.lists(st.lists(st.booleans(), min_size=8, max_size=8), min_size=1, max_size=7))
@settings(max_examples=200, deadline=None)
def test_the_set_is_a_smallest_one(rows: list[list[bool]]) -> None:
    """It should find no larger set than there is while sets are tried, and none with a rule to spare beyond."""
    barred = np.array(rows)
    found = smallest_cover(barred, range(len(rows)))
    covers = [
        chosen
        for size in range(1, len(rows) + 1)
        for chosen in combinations(range(len(rows)), size)
        if barred[list(chosen)].any(axis=0).all()
    ]

    assert bool(covers) == bool(found)
    if covers:
        assert barred[list(found)].any(axis=0).all()
        assert len(found) == len(covers[0]) or len(covers[0]) > 3
        assert not any(
            barred[[row for row in found if row != one]].any(axis=0).all() for one in found if found[1:]
        )


@given(st.lists(st.tuples(st.sampled_from(list(Kind)), st.integers(10, 26), st.integers(0, 5)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_named_set_leaves_no_night_and_a_calendar_without_it_some(
    drawn: list[tuple[Kind, int, int]],
) -> None:
    """It should refuse exactly what has no night, and name rules that bar all nights by themselves alone."""
    rules = []
    for kind, first, length in drawn:
        scope, of = (Scope.ORGANISATION, "RAA") if kind is Kind.CHOSEN else (Scope.NATIONAL, "")
        days = september(first), september(first) + timedelta(days=length)
        rules.append(Rule(kind, scope, of, *days, f"{len(rules)}"))
    season = a_season(*rules)
    found = refusal(season, (0, 0, 1))

    assert bool(rules and barred_nights(season).any(axis=0).all()) == (found is not None)
    if isinstance(found, NoNights | NoNightLeft):
        assert barred_nights(a_season(*found.rules)).any(axis=0).all()


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.lists(st.booleans(), min_size=4, max_size=4)), min_size=1, max_size=5
    ),
    st.lists(st.integers(0, 9), min_size=4, max_size=4),
    st.integers(0, 3),
)
@settings(max_examples=100, deadline=None)
def test_the_most_by_a_night_is_that_of_the_smallest_cut(
    groups: list[tuple[int, list[bool]]], room: list[int], last: int
) -> None:
    """It should equal the least, over all sets of nights, of their room and the needs of who can use no other."""
    amount = np.array([need for need, _ in groups])
    allowed = np.array([nights for _, nights in groups])
    place = np.arange(len(groups))
    rooms = np.array([room], dtype=np.int64).T
    problem = Problem(
        amount,
        (Need(place, amount),),
        Limits(("mailboxes",), rooms, rooms),
        calendar_of(allowed),
        place.astype(np.uint64),
    )
    nights = range(last + 1)
    cuts = [
        sum(room[night] for night in cut)
        + int(amount[np.delete(allowed[:, : last + 1], cut, axis=1).any(axis=1)].sum())
        for size in range(last + 2)
        for cut in (list(chosen) for chosen in combinations(nights, size))
    ]
    assert min(cuts) == most_by(problem, 0, last)
