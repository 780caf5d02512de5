"""A service for the whole nation in some days: what the limits allow, which one binds, who comes on which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import ceil

DAY = timedelta(days=1)

JOINING = ("graph_writes", "graph_writes_tenant")
"""The limits that each person's joining of a group counts in, one write a person (facts E4, C22)."""

LICENSING = "group_licences_an_hour"
"""The limit on how many people group licensing gets to (fact C19)."""

SPANS: Mapping[str, timedelta] = {
    "graph_writes": timedelta(seconds=150),
    "graph_writes_tenant": timedelta(seconds=300),
    LICENSING: timedelta(hours=1),
}
"""In which time as many people as the limit's figure get through."""


@dataclass(frozen=True)
class Pace:
    """The limit *name* lets so many *people* through in each *span*."""

    name: str
    people: int
    span: timedelta

    @property
    def rate(self) -> Fraction:
        """People a second."""
        return Fraction(self.people) / Fraction(int(self.span.total_seconds()))

    def takes(self, people: int) -> timedelta:
        """How long it takes for *people*."""
        return timedelta(seconds=ceil(people / self.rate))

    def within(self, span: timedelta) -> int:
        """How many it lets through in *span*."""
        return int(self.rate * int(span.total_seconds()))


@dataclass(frozen=True)
class Tranche:
    """On *day*, counted from 0, so many *people* of *organisations* come."""

    day: int
    organisations: tuple[str, ...]
    people: int


@dataclass(frozen=True)
class Campaign:
    """*people* get a service within *days*, through *groups* of at most *most* each, under *paces*."""

    people: int
    days: int
    groups: int
    paces: tuple[Pace, ...]

    @property
    def limiting(self) -> Pace:
        """The limit that binds."""
        return min(self.paces, key=lambda pace: pace.rate)

    @property
    def takes(self) -> timedelta:
        """How long it takes at best: people are licensed while others join."""
        return max(pace.takes(self.people) for pace in self.paces)

    @property
    def span(self) -> timedelta:
        """The days, as a length of time."""
        return self.days * DAY

    @property
    def is_kept(self) -> bool:
        """Whether everybody has the service within the days."""
        return self.takes <= self.span

    @property
    def within(self) -> int:
        """How many have it within the days."""
        return min(self.people, *(pace.within(self.span) for pace in self.paces))

    @property
    def lead(self) -> int:
        """Days before the first at which joining would have to begin, for everybody to have it on the last."""
        return max(ceil((self.takes - self.span) / DAY), 0)

    @property
    def needed(self) -> int:
        """To what the limit that binds would have to be raised, in its own span."""
        pace = self.limiting
        return ceil(Fraction(self.people, int(self.span.total_seconds())) * int(pace.span.total_seconds()))

    @property
    def a_day(self) -> int:
        """How many come each day: an even share, or what the limit that binds allows."""
        return min(ceil(self.people / self.days), self.limiting.within(DAY)) or 1

    def tranches(self, sizes: Mapping[str, int]) -> list[Tranche]:
        """Who comes on which day: *sizes* are people by organisation, which come in the order of their codes.

        An organisation comes as one, on the day on which its first person does.
        """
        days: dict[int, list[tuple[str, int]]] = {}
        before = 0
        for code, size in sorted(sizes.items()):
            days.setdefault(before // self.a_day, []).append((code, size))
            before += size
        return [
            Tranche(day, tuple(code for code, _ in its), sum(size for _, size in its))
            for day, its in days.items()
        ]


def campaign(people: int, days: int, granted: Mapping[str, int], most: int) -> Campaign:
    """The campaign for *people* under what is *granted*, by the limits' names; a group takes *most*."""
    paces = tuple(Pace(name, granted[name], SPANS[name]) for name in (*JOINING, LICENSING))
    return Campaign(people, days, ceil(people / most), paces)
