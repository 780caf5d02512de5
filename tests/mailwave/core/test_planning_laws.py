"""Whatever the estate, its rights, calendars, limits and notice: a plan breaks no rule, and neither does a replan.

Everything is counted again here from the values that went in, night by night, and with nothing of the planner's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from mailwave.core.calendar import Window
from mailwave.core.delegates.held import held
from mailwave.core.estate import Organisation
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.problem import NEVER
from mailwave.core.placement.season import Kind, Rule, Scope, Season
from mailwave.core.plan_columns import Placement
from mailwave.core.planning import Case, Earlier, planned
from mailwave.core.population import Population
from mailwave.core.refusals import Refusal

FIRST = date(2026, 9, 14)
GB = 10**9
CODES, SITES = ("RAA", "RBB", "RCC"), ("bristol", "leeds")
DAYS = 10


class Drawn(NamedTuple):
    """What a case is made of, as plain values: rules of organisations as (code, kind, first day, last day)."""

    sizes: list[int]
    organisation: list[int]
    site: list[int]
    rights: list[tuple[int, int, int]]
    rules: list[tuple[str, Kind, int, int]]
    mailboxes: int
    at_leeds: int
    bytes: int
    closed: int


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Up to fourteen mailboxes of three organisations on two sites, and up to ten nights."""
    count = draw(st.integers(1, 14))

    def column(most: int) -> list[int]:
        return draw(st.lists(st.integers(0, most), min_size=count, max_size=count))

    end = st.integers(0, count - 1)
    day = st.integers(0, DAYS - 1)
    kinds = st.sampled_from([Kind.FREEZE, Kind.POSTPONED, Kind.NOT_BEFORE])
    return Drawn(
        [size * GB for size in column(4)],
        column(len(CODES) - 1),
        column(len(SITES) - 1),
        draw(st.lists(st.tuples(end, end, st.integers(0, 2)), max_size=count)),
        draw(st.lists(st.tuples(st.sampled_from(CODES), kinds, day, day), max_size=3)),
        draw(st.integers(2, 8)),
        draw(st.integers(1, 8)),
        draw(st.integers(5, 12)) * GB,
        draw(st.integers(0, 2)),
    )


def case_of(values: Drawn) -> Case:
    count = len(values.sizes)
    guid = np.stack([np.zeros(count), np.arange(count)], axis=1).astype(np.uint64)
    columns = [np.array(column, dtype=np.int64) for column in (values.organisation, values.site)]
    bodies = tuple(Organisation(code, "", "trust") for code in CODES)
    people = Population(
        guid,
        *columns,
        np.zeros(count, dtype=np.int64),
        np.array(values.sizes, dtype=np.int64),
        np.zeros(count, dtype=np.int8),
        bodies,
        SITES,
        ("DB1",),
    )
    ends = np.array(values.rights, dtype=np.int64).reshape(-1, 3)
    apart = ends[ends[:, 0] != ends[:, 1]]
    limits = {
        "mailboxes_a_night": Grant(values.mailboxes, sites={"leeds": min(values.at_leeds, values.mailboxes)}),
        "bytes_a_night": Grant(values.bytes),
    }
    places = {site: Place(site, 1) for site in SITES}
    return Case(
        people,
        held(apart[:, 0], apart[:, 1], apart[:, 2], count),
        Season("Europe/London", tuple(_window(n) for n in range(DAYS)), FIRST, FIRST, _rules(values)),
        Granted("test", limits, places, 100, 14),
        np.arange(DAYS) < values.closed,
    )


def _window(number: int) -> Window:
    day = FIRST + timedelta(days=number)
    start = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
    return Window(day, start, start + timedelta(hours=3))


def _rules(values: Drawn) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            kind,
            Scope.ORGANISATION,
            code,
            FIRST + timedelta(days=min(span)),
            FIRST + timedelta(days=max(span)),
            "",
        )
        for code, kind, *span in values.rules
    )


def solved(values: Drawn, earlier: Earlier | None = None) -> Placement:
    """The plan; an example whose rules contradict each other has none, and is left out."""
    try:
        return planned(case_of(values), earlier).placement
    except Refusal:
        assume(condition=False)
        raise


def broken(values: Drawn, night: list[int], known: frozenset[int] = frozenset()) -> list[str]:
    """The rules that *night*, one a mailbox, breaks; *known* are mailboxes that may move in closed nights."""
    found = []
    for box, when in enumerate(night):
        if when == NEVER:
            continue
        if when < values.closed and box not in known:
            found.append(f"{box} moves in the closed night {when}")
        for code, kind, *span in values.rules:
            last = DAYS if kind is Kind.NOT_BEFORE else max(span)
            begins = 0 if kind is Kind.NOT_BEFORE else min(span)
            ends = min(span) - 1 if kind is Kind.NOT_BEFORE else last
            if code == CODES[values.organisation[box]] and begins <= when <= ends:
                found.append(f"{box} moves in {when}, which {kind} bars to {code}")
    placed = [box for box, when in enumerate(night) if when != NEVER]
    count = Counter(night[box] for box in placed)
    leeds = Counter(night[box] for box in placed if values.site[box])
    size: Counter[int] = Counter()
    for box in placed:
        size[night[box]] += values.sizes[box]
    found += [f"{n} mailboxes in {when}" for when, n in count.items() if n > values.mailboxes]
    found += [f"{n} mailboxes of leeds in {when}" for when, n in leeds.items() if n > values.at_leeds]
    return found + [f"{held} bytes in {when}" for when, held in size.items() if held > values.bytes]


def parted(plan: Placement) -> list[int]:
    """Groups of which not all move in one night."""
    nights: dict[int, set[int]] = defaultdict(set)
    for group, night in zip(plan.label.tolist(), plan.night.tolist(), strict=True):
        nights[group].add(night)
    return [group for group, each in nights.items() if len(each) > 1]


def unlisted(values: Drawn, plan: Placement) -> set[tuple[int, int, int]]:
    """Rights of which the two ends do not move together, and those listed as severed, but for those that are both."""
    night = plan.night.tolist()
    apart = {right for right in values.rights if night[right[0]] != night[right[1]]}
    columns = (column.tolist() for column in plan.severed)
    return apart ^ set(zip(*columns, strict=True))


@given(drawn())
def test_a_plan_breaks_no_rule(values: Drawn) -> None:
    """It should keep calendars, closed nights, limits and groups, and list each right that it severs."""
    plan = solved(values)

    assert [] == broken(values, plan.night.tolist())
    assert [] == parted(plan)
    assert set() == unlisted(values, plan)


@given(drawn(), st.integers(0, 2**14 - 1))
def test_nothing_changed_changes_nothing(values: Drawn, told: int) -> None:
    """It should leave every mailbox in its night, whoever was told, when the same is planned again."""
    plan = solved(values)
    known = _flags(told, len(values.sizes)) & (plan.night != NEVER)

    begun = np.zeros_like(known)

    for label in (plan.label, None):
        again = solved(values, Earlier(plan.night, known, begun, label))
        assert plan.night.tolist() == again.night.tolist()


@given(drawn(), drawn(), st.integers(0, 2**14 - 1))
def test_a_replan_breaks_no_rule_and_keeps_its_word(values: Drawn, later: Drawn, told: int) -> None:
    """It should keep all rules when calendars, limits and the notice change, and leave those told if they may stay."""
    plan = solved(values)
    after = values._replace(
        rules=later.rules,
        mailboxes=later.mailboxes,
        at_leeds=later.at_leeds,
        bytes=later.bytes,
        closed=later.closed,
    )
    known = _flags(told, len(values.sizes)) & (plan.night != NEVER)

    found = solved(after, Earlier(plan.night, known, np.zeros_like(known), plan.label))

    night, before = found.night.tolist(), plan.night.tolist()
    kept = frozenset(np.flatnonzero(known).tolist())
    assert [] == broken(after, night, kept)
    assert [] == parted(found)
    if not broken(after, [when if box in kept else NEVER for box, when in enumerate(before)], kept):
        group = found.label.tolist()
        together = {group[box] for box in kept if group.count(group[box]) == 1}
        alone = [box for box in kept if group[box] in together]
        assert [before[box] for box in alone] == [night[box] for box in alone]


def _flags(bits: int, count: int) -> np.ndarray:
    return np.array([bits >> box & 1 for box in range(count)], dtype=np.bool_)
