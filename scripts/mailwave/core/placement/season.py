"""When mailboxes may move: the nights there are, and the rules that bar some of them to some.

Each rule bars an unbroken run of nights, but for the dates that an organisation chose, which bar all others. A night is
named by the local day on which it begins; it touches the day on which its window ends, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from mailwave.core.calendar import Window
from mailwave.core.placement import loops
from mailwave.core.placement.problem import Flags, Numbers
from mailwave.core.population import LANES, SPECIAL, USUAL, Population


class Scope(StrEnum):
    """Whom a rule concerns. *others* are usual mailboxes of organisations that are no pilots."""

    NATIONAL = "national"
    REGION = "region"
    ICB = "icb"
    ORGANISATION = "organisation"
    SITE = "site"
    LANE = "lane"
    OTHERS = "others"


class Kind(StrEnum):
    """What a rule bars. *deadline* bars nights that touch a later day; *chosen* those that begin on no chosen day."""

    FREEZE = "freeze"
    POSTPONED = "postponed"
    NOT_BEFORE = "not_before"
    CHOSEN = "chosen"
    DEADLINE = "deadline"


class Rule(msgspec.Struct, frozen=True):
    """One rule: *first* and *last* are local days, both included, as far as its kind has them.

    *of* is the region, care board or organisation (by code), the site or the lane that it concerns.
    """

    kind: Kind
    scope: Scope
    of: str
    first: date
    last: date
    why: str

    @property
    def says(self) -> str:
        """The rule as part of a sentence."""
        whose = (
            self.scope.value if self.scope in {Scope.NATIONAL, Scope.OTHERS} else f"{self.scope} {self.of}"
        )
        when = {
            Kind.FREEZE: f"frozen from {self.first} to {self.last}",
            Kind.POSTPONED: f"postponed from {self.first} to {self.last}",
            Kind.NOT_BEFORE: f"not before {self.first}",
            Kind.CHOSEN: f"only from {self.first} to {self.last}",
            Kind.DEADLINE: f"deadline {self.last}",
        }[self.kind]
        return f"{whose}: {when} ({self.why})"


class Season(msgspec.Struct, frozen=True):
    """The *nights* there are, in order of time, and what bars some of them to some.

    *copying* is the day from which mailboxes may be copied beforehand, *begins* the day of the first night, from which
    the weeks of *ramp* count: the share of the capacity that is used in each, and all of it afterwards. *pilots* are
    the codes of organisations that go before the others.
    """

    zone: str
    nights: tuple[Window, ...]
    copying: date
    begins: date
    rules: tuple[Rule, ...] = ()
    ramp: tuple[float, ...] = ()
    pilots: frozenset[str] = frozenset()

    @property
    def deadline(self) -> date | None:
        """The last day that a night may touch; None without one."""
        days = [rule.last for rule in self.rules if rule.kind is Kind.DEADLINE]
        return min(days, default=None)

    def share(self, night: int) -> float:
        """The part of the capacity that is used in *night*."""
        week = max((self.nights[night].night - self.begins).days, 0) // 7
        return self.ramp[week] if week < len(self.ramp) else 1.0


class Days(NamedTuple):
    """The first and the last local day that each night touches, as ordinals; both rise."""

    first: Numbers
    last: Numbers


def days_of(season: Season) -> Days:
    """The days that the nights of *season* touch."""
    zone = ZoneInfo(season.zone)
    moment = timedelta(microseconds=1)
    first = [window.night.toordinal() for window in season.nights]
    last = [(window.end - moment).astimezone(zone).date().toordinal() for window in season.nights]
    return Days(np.array(first, dtype=np.int64), np.array(last, dtype=np.int64))


def pilot_rules(sample: date, everyone: date, tail: date | None) -> tuple[Rule, ...]:
    """The rules by which volunteers go first, pilot organisations from *sample* on, others from *everyone* on.

    Special lanes wait for *tail*, and without one for everybody else.
    """
    return (
        _not_before(Scope.LANE, LANES[USUAL], sample, "volunteers go first"),
        _not_before(Scope.OTHERS, "", everyone, "pilot organisations go before the others"),
        _not_before(Scope.LANE, LANES[SPECIAL], tail or everyone, "special mailboxes go last"),
    )


def _not_before(scope: Scope, of: str, day: date, why: str) -> Rule:
    return Rule(Kind.NOT_BEFORE, scope, of, day, date.max, why)


def lead_rules(copying: date, lead_days: Iterable[tuple[str, int]]) -> tuple[Rule, ...]:
    """The rules by which no site completes before its initial sync, begun on *copying*, has had its days."""
    return tuple(
        _not_before(Scope.SITE, site, copying + timedelta(days=days), f"initial sync takes {days} days")
        for site, days in lead_days
        if days
    )


def spans(rules: Sequence[Rule], days: Days) -> Numbers:
    """The nights that each of *rules* is about, as a first one and one past the last; shape (rules, 2).

    They are the barred ones, but for a chosen rule those that are left.
    """
    nights = len(days.first)
    firsts = np.array([rule.first.toordinal() for rule in rules], dtype=np.int64)
    lasts = np.array([rule.last.toordinal() for rule in rules], dtype=np.int64)
    kinds = np.array([_PLACE_OF_KIND[rule.kind] for rule in rules], dtype=np.int64)
    begins_from, begins_after = (
        np.searchsorted(days.first, firsts),
        np.searchsorted(days.first, lasts, "right"),
    )
    ends_from, ends_after = np.searchsorted(days.last, firsts), np.searchsorted(days.last, lasts, "right")
    nothing, everything = np.zeros_like(firsts), np.full_like(firsts, nights)
    low = np.choose(kinds, [ends_from, ends_from, nothing, begins_from, ends_after])
    high = np.choose(kinds, [begins_after, begins_after, begins_from, begins_after, everything])
    found: Numbers = np.stack([low, np.maximum(low, high)], axis=1)
    return found


_PLACE_OF_KIND = {kind: place for place, kind in enumerate(Kind)}


def members_of(season: Season, population: Population) -> tuple[Numbers, Flags]:
    """The kind of member that each mailbox is, by organisation, site and lane, and the nights open to each kind."""
    sites, lanes = len(population.sites), len(LANES)
    key = (population.organisation * sites + population.site) * lanes + population.lane
    present = np.bincount(key, minlength=len(population.organisations) * sites * lanes) > 0
    rest, lane = np.divmod(np.flatnonzero(present), lanes)
    organisation, site = np.divmod(rest, sites)
    barred = _Barred.of(season, population)
    shut = barred.national | barred.organisation[organisation] | barred.site[site] | barred.lane[lane]
    codes = [body.code for body in population.organisations]
    pilot = np.array([code in season.pilots for code in codes], dtype=np.bool_)
    shut |= ((lane == USUAL) & ~pilot[organisation])[:, None] & barred.others
    return (np.cumsum(present) - 1)[key], ~shut


class _Barred(NamedTuple):
    """The nights barred to each organisation, site and lane, a row each, and to all, and to those who are no pilots."""

    national: Flags
    organisation: Flags
    site: Flags
    lane: Flags
    others: Flags

    @classmethod
    def of(cls, season: Season, population: Population) -> _Barred:
        span = spans(season.rules, days_of(season))
        nights = len(season.nights)
        return cls(
            _shut(_targets(season, span, {Scope.NATIONAL: {"": [0]}}), 1, nights)[0],
            _shut(_targets(season, span, _bodies(population)), len(population.organisations), nights),
            _shut(
                _targets(season, span, _named(Scope.SITE, population.sites)), len(population.sites), nights
            ),
            _shut(_targets(season, span, _named(Scope.LANE, LANES)), len(LANES), nights),
            _shut(_targets(season, span, {Scope.OTHERS: {"": [0]}}), 1, nights)[0],
        )


type _Members = dict[Scope, dict[str, list[int]]]


def _named(scope: Scope, names: Sequence[str]) -> _Members:
    return {scope: {name: [place] for place, name in enumerate(names)}}


def _bodies(population: Population) -> _Members:
    """The organisations by their code, region and care board."""
    members: _Members = {Scope.ORGANISATION: {}, Scope.REGION: {}, Scope.ICB: {}}
    for place, body in enumerate(population.organisations):
        for scope, code in (
            (Scope.ORGANISATION, body.code),
            (Scope.REGION, body.region),
            (Scope.ICB, body.icb),
        ):
            if code:
                members[scope].setdefault(code, []).append(place)
    return members


class _Targets(NamedTuple):
    """A row a rule and one whom it concerns: where he stands, the nights, and whether they are those left."""

    row: Numbers
    span: Numbers
    chosen: Flags


def _targets(season: Season, span: Numbers, members: _Members) -> _Targets:
    """Who of *members* is concerned by which rule. A rule may name one who is not there: all of his have moved."""
    rows: list[int] = []
    numbers: list[int] = []
    for number, rule in enumerate(season.rules):
        if rule.scope in members:
            concerned = members[rule.scope].get(rule.of, ())
            rows += concerned
            numbers += [number] * len(concerned)
    chosen = np.array([season.rules[number].kind is Kind.CHOSEN for number in numbers], dtype=np.bool_)
    return _Targets(np.array(rows, dtype=np.int64), span[np.array(numbers, dtype=np.int64)], chosen)


def shut_to_all(season: Season) -> Flags:
    """The nights of *season* that some rule bars to everybody."""
    national = [rule for rule in season.rules if rule.scope is Scope.NATIONAL]
    span = spans(national, days_of(season))
    shut: Flags = loops.covered(np.zeros(len(national), dtype=np.int64), span, 1, len(season.nights))[0]
    return shut


def _shut(targets: _Targets, rows: int, nights: int) -> Flags:
    """The nights barred to each row: those that a rule bars, and those beside the chosen ones of who chose any."""
    barred = loops.covered(targets.row[~targets.chosen], targets.span[~targets.chosen], rows, nights)
    if not targets.chosen.any():
        return barred
    left = loops.covered(targets.row[targets.chosen], targets.span[targets.chosen], rows, nights)
    chose = np.zeros(rows, dtype=np.bool_)
    chose[targets.row[targets.chosen]] = True
    shut: Flags = barred | (chose[:, None] & ~left)
    return shut
