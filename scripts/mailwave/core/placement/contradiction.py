"""Rules of which no plan can keep all: each contradiction is named with the smallest set of rules that makes it.

Four are looked for, in this order: no night is open to anybody; some group has no night left; a limit is nought on
every night; all nights together take less than there is to move. What is left is for the planner to find.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

import numpy as np

from mailwave.core.placement.bounds import ceilings, demand_by_pattern, most_by
from mailwave.core.placement.capacity import Capacity
from mailwave.core.placement.problem import Flags, Numbers, Problem
from mailwave.core.placement.season import Kind, Rule, Scope, Season, days_of, spans
from mailwave.core.population import LANES, USUAL, Population
from mailwave.core.refusals import Refusal, some

LISTED = "its wave is approved or announced, and nobody joins its list"

TRIED = 3
"""Sets of so many rules at most are tried one by one, smallest first; larger ones are thinned out rule by rule."""


class NoNights(Refusal):
    """No night is open to anybody: *rules* bar all *nights*, or there are none."""

    def __init__(self, *, rules: Sequence[Rule], nights: int) -> None:
        self.rules = tuple(rules)
        self.nights = nights
        why = _joined(self.rules) if nights else "the hours of the windows leave none"
        super().__init__(f"no night is left in which anybody may move, of {nights}: {why}")


class NoNightLeft(Refusal):
    """A group of *organisations* has no night on which all of it may move; *groups* are in that position."""

    def __init__(
        self, *, organisations: Sequence[str], rules: Sequence[Rule], mailboxes: int, groups: int
    ) -> None:
        self.organisations = tuple(organisations)
        self.rules = tuple(rules)
        self.mailboxes = mailboxes
        self.groups = groups
        one = len(organisations) == 1
        who = f"organisation {organisations[0]}" if one else f"organisations {some(organisations)}"
        have = "mailbox has" if mailboxes == 1 else "mailboxes have"
        others = f"; groups in that position: {groups}" if groups > 1 else ""
        super().__init__(f"{mailboxes} {have} no night left, of {who}: {_joined(self.rules)}{others}")


class LimitIsZero(Refusal):
    """The limit *name* is nought on every night, and *needed* mailboxes or bytes need some of it."""

    def __init__(self, *, name: str, bucket: str, needed: int) -> None:
        self.name = name
        self.bucket = bucket
        self.needed = needed
        super().__init__(f"the limit {name} leaves nothing on any night, and {needed} {bucket} are needed")


class CapacityShort(Refusal):
    """By the last night that is open, *bucket* has room for *most* of the *needed*; *name* is the limit that binds."""

    def __init__(self, *, name: str, bucket: str, needed: int, most: int, until: str) -> None:
        self.name = name
        self.bucket = bucket
        self.needed = needed
        self.most = most
        self.until = until
        super().__init__(
            f"by {until} the limit {name} has room for {most} of {needed} {bucket}: {needed - most} are missing"
        )


def refuse_contradictions(
    population: Population,
    label: Numbers,
    season: Season,
    capacity: Capacity,
    problem: Problem,
    closed: Closed | None = None,
) -> None:
    """Raise the first contradiction there is in *problem*, which was made of the others.

    *closed* nights are open to nobody who has no night yet.

    Raises:
        NoNights, NoNightLeft, LimitIsZero, CapacityShort: as this module says.
    """
    refuse_barred(population, label, season, problem, closed or Closed.none(season))
    refuse_short(season, capacity, problem)


def refuse_barred(
    population: Population, label: Numbers, season: Season, problem: Problem, closed: Closed
) -> None:
    """Raise when no night is open to anybody, or none to all of some group; *closed* as for all contradictions.

    Raises:
        NoNights, NoNightLeft: as this module says.
    """
    if not problem.groups:
        return
    bars = _bars(season, closed)
    national = [n for n, rule in enumerate(bars.rules) if rule.scope is Scope.NATIONAL]
    if not season.nights or bars.barred[national].any(axis=0).all():
        raise NoNights(rules=bars.smallest(national), nights=len(season.nights))
    shut = ~problem.calendar.allowed.any(axis=1)
    stuck = np.flatnonzero(shut[problem.calendar.pattern])
    if len(stuck):
        raise _no_night_left(population, label, season, bars, stuck)


class Closed(NamedTuple):
    """The nights that are open to nobody new: *late* ones, of which people cannot be told in time, and *listed* ones.

    A listed night has a wave that was approved, or of which people were told: its list is what was consented to.
    """

    late: Flags
    listed: Flags

    @classmethod
    def none(cls, season: Season) -> Closed:
        """All nights of *season* are open."""
        nothing = np.zeros(len(season.nights), dtype=np.bool_)
        return cls(nothing, nothing)

    @property
    def nights(self) -> Flags:
        """Those that are closed for either reason."""
        found: Flags = self.late | self.listed
        return found


class _Bars(NamedTuple):
    """Rules and the nights that each bars, a row a rule; *later* is whether it bars all nights after the deadline."""

    rules: tuple[Rule, ...]
    barred: Flags
    later: Flags | None

    def smallest(self, chosen: Sequence[int]) -> list[Rule]:
        """A smallest set of the *chosen* rules that bars all nights, with all the days an organisation chose.

        The deadline belongs to it when it is what makes the contradiction: nights after it, which may not be there to
        be barred, count as one more night, barred by it and by chosen days that are all over.
        """
        cover: tuple[int, ...] = ()
        if self.later is not None:
            cover = smallest_cover(np.column_stack([self.barred, self.later]), chosen)
        cover = cover or smallest_cover(self.barred, chosen)
        chose = {self.rules[n].of for n in cover if self.rules[n].kind is Kind.CHOSEN}
        return [
            rule
            for n, rule in enumerate(self.rules)
            if n in cover or (rule.kind is Kind.CHOSEN and rule.of in chose)
        ]


def _bars(season: Season, closed: Closed) -> _Bars:
    """What bars nights in *season*, with the *closed* ones as rules of their own."""
    deadline = season.deadline
    rules, barred = list(season.rules), [barred_nights(season)]
    if closed.late.any():
        in_time = np.flatnonzero(~closed.late)
        day = season.nights[int(in_time[0])].night if len(in_time) else date.max
        rules.append(Rule(Kind.NOT_BEFORE, Scope.NATIONAL, "", day, date.max, "people are told beforehand"))
        barred.append(closed.late[None])
    for place in np.flatnonzero(closed.listed).tolist():
        night = season.nights[place].night
        rules.append(Rule(Kind.FREEZE, Scope.NATIONAL, "", night, night, LISTED))
        barred.append((np.arange(len(season.nights)) == place)[None])
    found = tuple(rules), np.concatenate(barred)
    return _with_deadline(*found, deadline)


def _with_deadline(rules: tuple[Rule, ...], barred: Flags, deadline: date | None) -> _Bars:
    if deadline is None:
        return _Bars(rules, barred, None)
    still = {rule.of for rule in rules if rule.kind is Kind.CHOSEN and rule.last > deadline}
    later = [
        rule.kind is Kind.DEADLINE or (rule.kind is Kind.CHOSEN and rule.of not in still) for rule in rules
    ]
    return _Bars(rules, barred, np.array(later, dtype=np.bool_))


def barred_nights(season: Season) -> Flags:
    """The nights that each rule of *season* bars, a row a rule; chosen days of one organisation bar what is in none."""
    nights = np.arange(len(season.nights))
    span = spans(season.rules, days_of(season))
    within: Flags = (nights >= span[:, :1]) & (nights < span[:, 1:])
    chosen: dict[str, list[int]] = {}
    for n, rule in enumerate(season.rules):
        if rule.kind is Kind.CHOSEN:
            chosen.setdefault(rule.of, []).append(n)
    for rows in chosen.values():
        within[rows] = ~within[rows].any(axis=0)
    return within


def smallest_cover(barred: Flags, rules: Sequence[int]) -> tuple[int, ...]:
    """A smallest set of *rules*, which are rows of *barred*, that bars every night together; empty when none does.

    Sets of up to `TRIED` rules are all tried. A larger one is found by taking away, one at a time, each rule without
    which every night is still barred: then none of those left can be spared.
    """
    if not barred[list(rules)].any(axis=0).all():
        return ()
    distinct = {barred[rule].tobytes(): rule for rule in reversed(rules) if barred[rule].any()}
    left = sorted(distinct.values())
    for size in range(1, TRIED + 1):
        for chosen in combinations(left, size):
            if barred[list(chosen)].any(axis=0).all():
                return chosen
    for rule in list(left):
        without = [other for other in left if other != rule]
        if barred[without].any(axis=0).all():
            left = without
    return tuple(left)


def rules_of(season: Season, population: Population, rows: Numbers) -> list[int]:
    """The rules of *season*, by place, that concern any of the mailboxes in *rows*."""
    bodies = [population.organisations[place] for place in np.unique(population.organisation[rows]).tolist()]
    lanes = population.lane[rows]
    waits = any(
        population.organisations[place].code not in season.pilots
        for place in np.unique(population.organisation[rows[lanes == USUAL]]).tolist()
    )
    concerned = {
        Scope.NATIONAL: {""},
        Scope.REGION: {body.region for body in bodies if body.region},
        Scope.ICB: {body.icb for body in bodies if body.icb},
        Scope.ORGANISATION: {body.code for body in bodies},
        Scope.SITE: {population.sites[place] for place in np.unique(population.site[rows]).tolist()},
        Scope.LANE: {LANES[lane] for lane in np.unique(lanes).tolist()},
        Scope.OTHERS: {""} if waits else set(),
    }
    return [n for n, rule in enumerate(season.rules) if rule.of in concerned[rule.scope]]


def _no_night_left(
    population: Population, label: Numbers, season: Season, bars: _Bars, stuck: Numbers
) -> NoNightLeft:
    """What is said of the *stuck* groups: the largest of them is named."""
    sizes = np.bincount(label)
    group = int(stuck[np.argmax(sizes[stuck])])
    rows = np.flatnonzero(label == group)
    places = np.unique(population.organisation[rows]).tolist()
    mine = [*rules_of(season, population, rows), *range(len(season.rules), len(bars.rules))]
    return NoNightLeft(
        organisations=[population.organisations[place].code for place in places],
        rules=bars.smallest(mine),
        mailboxes=len(rows),
        groups=len(stuck),
    )


class _Short(NamedTuple):
    """A bucket that has too little: its column, what is needed and the most that can be had."""

    column: int
    needed: int
    most: int


def refuse_short(season: Season, capacity: Capacity, problem: Problem) -> None:
    """Raise for a bucket that is nought throughout, or else for the one that lacks the largest share.

    Raises:
        LimitIsZero, CapacityShort: as this module says.
    """
    if not problem.groups:
        return
    open_nights = problem.calendar.allowed.any(axis=0)
    last = int(np.flatnonzero(open_nights).max())
    found = []
    for column, name in enumerate(problem.limits.names):
        needed = int(demand_by_pattern(problem, column).sum())
        room = ceilings(problem.limits, column)[: last + 1]
        if needed and not room[open_nights[: last + 1]].any():
            raise LimitIsZero(name=_binding(capacity, column, open_nights), bucket=name, needed=needed)
        filled = int(problem.limits.refill[: last + 1, column].sum())
        most = min(filled, most_by(problem, column, last)) if needed else needed
        if most < needed:
            found.append(_Short(column, needed, most))
    if found:
        worst = max(found, key=lambda short: (short.needed - short.most) / short.needed)
        raise CapacityShort(
            name=_binding(capacity, worst.column, open_nights),
            bucket=problem.limits.names[worst.column],
            needed=worst.needed,
            most=worst.most,
            until=season.nights[last].night.isoformat(),
        )


def _binding(capacity: Capacity, column: int, nights: Flags) -> str:
    """The limit that gives the figure of *column* on most of *nights*."""
    counts = np.bincount(capacity.least[nights, column], minlength=len(capacity.sources))
    return capacity.sources[int(np.argmax(counts))]


def _joined(rules: Sequence[Rule]) -> str:
    return "; ".join(rule.says for rule in rules)
