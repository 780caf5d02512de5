"""Two weeks' notice to 2.1 million people, by the schedule and the pace that waves go by, in a service that falters.

Every process of the campaign is lived: each morning and night it lets out what is due, 25 at a time, until the minute
or the day is full; on some days it is killed and begun again, on some the service takes nothing, and people are taken
out of nights that are announced. What went out to whom, and when, is kept in columns, and judged by them afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.rows import Row
from mailwave.core.notice_pace import SETTLED_AT_ONCE, Quota, Tally
from mailwave.core.notice_schedule import schedule

AREA = "notices"
PEOPLE = 2_100_000
OWED = 14
QUOTA = Quota(3_000, 225_000)
FIRST = date(2026, 3, 2)
WEEKDAY, WEEKEND = 22_000, 41_500
"""Mailboxes of a night, as in the largest move on record (83,000 in a weekend)."""

LOST, SILENT, KILLED, WITHDRAWN = 0.01, 0.1, 0.3, 0.02
"""Shares of the days on which the service takes nothing at all, on which it takes nothing for some of the first ten
hours, and on which the process begins anew; and of the people of a night who are taken out of it after their notice."""

DAY = timedelta(days=1)
NEVER = -1


class Judged(NamedTuple):
    """What came of a campaign: *told* people, the *least* days of notice, and how many could not be told in time.

    *day* and *minute* are the most notices of any day and of any 60 seconds.
    """

    told: int
    least: int
    late: int
    day: int
    minute: int


@dataclass
class Campaign:
    """So many *people* in nights, of whom each is told, reminded, told of the cutover, and thanked."""

    people: int
    quota: Quota
    seed: int
    sent: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give everybody a night, and draw what goes wrong."""
        self.draws = np.random.default_rng(self.seed)
        sizes, left, night = [], self.people, FIRST + (OWED + 4) * DAY
        while left:
            sizes.append(min(left, self._size(night)))
            left, night = left - sizes[-1], night + DAY
        self.nights = [FIRST + (OWED + 4 + n) * DAY for n in range(len(sizes))]
        self.ends = np.cumsum(sizes)
        self.starts = self.ends - sizes
        self.told = np.full(self.people, NEVER, dtype=np.int32)
        self.off = np.zeros(self.people, dtype=np.bool_)

    def _size(self, night: date) -> int:
        scale = self.people / PEOPLE
        return max(1, round((WEEKEND if night.weekday() > 4 else WEEKDAY) * scale))

    def live(self) -> Judged:
        """Go through every day of it, and judge what went out."""
        day, last = FIRST, self.nights[-1] + DAY
        self._begin(day)
        tally = Tally(self.quota, _at(day, 8), 0)
        thanks = 0
        while day <= last:
            takes = self.draws.random() >= LOST
            silent = self.draws.random() < SILENT
            now = _at(day, 8) + (self.draws.random() * timedelta(hours=10) if silent else timedelta())
            if self.draws.random() < KILLED:
                self._begin(day)
                tally = Tally(self.quota, now, self._today(day))
            lots = [(thanks, None), *self._due(day), (self._moving(day + DAY), None)]
            now = self._let_out(tally, lots, now, takes=takes)
            night = self._moving(day)
            self._let_out(tally, [(night, None), (night // 2, None)], max(now, _at(day, 20)), takes=takes)
            thanks = night - night // 2
            day += DAY
        return self._judged()

    def _begin(self, day: date) -> None:
        """Schedule what is untold on *day*, as a process does that begins then."""
        self.untold = {night: self._untold(n) for n, night in enumerate(self.nights)}
        planned = dict(zip(self.nights, (self.ends - self.starts).tolist(), strict=True))
        self.made = schedule(self.untold, first=day, owed=OWED, a_day=self.quota.a_day, planned=planned)

    def _untold(self, n: int) -> int:
        return int((self.told[self.starts[n] : self.ends[n]] == NEVER).sum())

    def _due(self, day: date) -> Iterator[tuple[int, int | None]]:
        """How many people of which night hear of it on *day*, those first who are owed it last."""
        for n, night in enumerate(self.nights):
            if day <= night - OWED * DAY and self.untold[night] and (untold := self._untold(n)):
                share = self.made.share(night, day, owed=OWED, before=self.untold[night], untold=untold)
                yield share, n

    def _moving(self, day: date) -> int:
        """How many people move in the night of *day*: those who were told, and whom nobody took out since."""
        n = (day - self.nights[0]).days
        if not 0 <= n < len(self.nights):
            return 0
        its = slice(self.starts[n], self.ends[n])
        return int(((self.told[its] != NEVER) & ~self.off[its]).sum())

    def _let_out(
        self, tally: Tally, lots: list[tuple[int, int | None]], now: datetime, *, takes: bool
    ) -> datetime:
        """Send *lots* one after the other from *now* on, and return when that ends; what finds no room is left."""
        today = now.date()
        for number, night in lots:
            left = number if takes else 0
            while left and now.date() == today:
                size = min(tally.room(now), SETTLED_AT_ONCE, left)
                if not size:
                    now = tally.opens(now)
                    continue
                tally.count(now, size)
                self.sent.append((now.timestamp(), size))
                left -= size
                if night is not None:
                    self._tell(night, size, today)
        return now

    def _tell(self, n: int, size: int, today: date) -> None:
        first = self.starts[n] + int((self.told[self.starts[n] : self.ends[n]] != NEVER).sum())
        self.told[first : first + size] = today.toordinal()
        self.off[first : first + size] = self.draws.random(size) < WITHDRAWN

    def _today(self, day: date) -> int:
        start = _at(day, 0).timestamp()
        return sum(number for at, number in reversed(self.sent) if at >= start)

    def _judged(self) -> Judged:
        nights = np.repeat([night.toordinal() for night in self.nights], self.ends - self.starts)
        told = self.told != NEVER
        moments, numbers = (np.array(each) for each in zip(*self.sent, strict=True))
        _, days = np.unique(moments // 86_400, return_inverse=True)
        return Judged(
            told=int(told.sum()),
            least=int((nights - self.told)[told].min()),
            late=int((~told).sum()),
            day=int(np.bincount(days, weights=numbers).max()),
            minute=most_in_a_minute(moments, numbers),
        )


def most_in_a_minute(moments: NDArray[np.float64], numbers: NDArray[np.int64]) -> int:
    """The most of *numbers*, sent at *moments* in order, that lie in any 60 seconds."""
    before = np.concatenate([[0], np.cumsum(numbers)])
    ends = np.searchsorted(moments, moments + 60, side="left")
    return int((before[ends] - before[: len(moments)]).max())


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def rows(people: int = PEOPLE, quota: Quota = QUOTA, seed: int = 20) -> Iterator[Row]:
    """Live one campaign, and tell what came of it; raises AssertionError where a promise was broken."""
    began = time.process_time()
    found = Campaign(people, quota, seed).live()
    took = time.process_time() - began
    assert found.least >= OWED, found
    assert found.day <= quota.a_day, found
    assert found.minute <= quota.a_minute, found
    workload = f"{people:,} people, {quota.a_day:,} a day and {quota.a_minute:,} a minute"
    for name, figure, unit in (
        ("least days of notice", found.least, "days"),
        ("most notices in a day", found.day, "notices"),
        ("most notices in 60 seconds", found.minute, "notices"),
        ("people told", found.told, "people"),
        ("people without two weeks, who do not move that night", found.late, "people"),
        ("processor time", took, "s"),
    ):
        yield Row(AREA, name, workload, float(figure), None, None, None, unit)
