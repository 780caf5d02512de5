"""On which days the two weeks' notice of each night goes out: never later than owed, never more a day than may be.

Whoever is told on the last day on which it is in time is told as late as can be, when the plan is surest. Where more
are owed on one day than the service takes, the rest is told on the days before, the latest that have room.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

_DAY = timedelta(days=1)


class Schedule(msgspec.Struct, frozen=True):
    """How many people of each night are told on each day: *shares*, by night and day.

    *late* are those, by night, whom no day that is in time has room for: they cannot move that night.
    """

    shares: Mapping[date, Mapping[date, int]]
    late: Mapping[date, int]

    def begins(self, night: date) -> date | None:
        """The first day on which somebody of *night* is told; None where nobody is."""
        return min(self.shares.get(night, {}), default=None)

    def by(self, night: date, day: date) -> int:
        """How many people of *night* have been told by the end of *day*, when all goes as scheduled."""
        return sum(number for when, number in self.shares.get(night, {}).items() if when <= day)

    def share(self, night: date, day: date, *, owed: int, before: int, untold: int) -> int:
        """How many of the *untold* people of *night* are told on *day*; *before* were untold when this was made.

        On the last day that is *owed* days ahead it is all who are left: they are told then, or do not move that night.
        """
        if day >= night - timedelta(days=owed):
            return untold
        return max(0, min(untold, self.by(night, day) - (before - untold)))


def schedule(
    people: Mapping[date, int],
    *,
    first: date,
    owed: int,
    a_day: int,
    planned: Mapping[date, int] | None = None,
) -> Schedule:
    """The days on which *people*, by night, are told *owed* days ahead, none before *first*.

    *a_day* is what the service takes, of which the other notices of the *planned* people of each night (*people*, where
    it is not given) come first: the reminder on the day before, the cutover and the thanks on the night and after it.
    """
    room: dict[date, int] = defaultdict(lambda: a_day)
    for night, number in (people if planned is None else planned).items():
        for day, each in ((night - _DAY, 1), (night, 2), (night + _DAY, 1)):
            room[day] -= each * number
    shares: dict[date, dict[date, int]] = {}
    late: dict[date, int] = {}
    # What is owed last is placed first, as late as can be: that leaves the earlier days to what is owed before.
    for night in sorted(people, reverse=True):
        shares[night] = {}
        left, day = people[night], night - timedelta(days=owed)
        while left and day >= first:
            told = min(left, max(0, room[day]))
            if told:
                shares[night][day] = told
                room[day] -= told
                left -= told
            day -= _DAY
        if left:
            late[night] = left
    return Schedule(shares, late)
