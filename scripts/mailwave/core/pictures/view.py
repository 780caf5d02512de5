"""What the pictures show: the nights of a plan, how a forecast sees them, and what is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from mailwave.core.forecast.summary import Ends, Forecast, Night


class Done(NamedTuple):
    """How many mailboxes had moved by the end of a day."""

    day: date
    mailboxes: int


class View(NamedTuple):
    """One plan: its *name*, its *nights* as forecast, its *ends*, and what was *done* so far, in order of days.

    *mailboxes* is the number that the plan moves, *before* of them before the first of *nights*. Nights after the
    plan's end, in which nobody has an appointment, may follow.
    """

    name: str
    mailboxes: int
    nights: Sequence[Night]
    ends: Ends
    done: Sequence[Done] = ()
    before: int = 0

    @property
    def planned(self) -> list[Night]:
        """The nights in which somebody has an appointment, and those between them."""
        return [night for night in self.nights if night.night <= self.ends.planned]

    @property
    def shown(self) -> list[Night]:
        """The nights up to the latest end, and a week more."""
        last = max(day for day in (self.ends.planned, self.ends.p50, self.ends.p90 or self.ends.until) if day)
        return [night for night in self.nights if night.night <= last + timedelta(days=7)]

    @property
    def says(self) -> str:
        """The picture in a sentence, for who cannot see it."""
        busiest = max(self.planned, key=lambda night: night.planned)
        first, last = self.nights[0].night, self.ends.planned
        return (
            f"{self.mailboxes:,} mailboxes move from {first:%d %B %Y} to {last:%d %B %Y}, the most, "
            f"{busiest.planned:,}, on {busiest.night:%d %B %Y}. Half of the forecast's runs end by "
            f"{said(self.ends.p50)}, nine in ten by {said(self.ends.p90)}."
        )


def view_of(name: str, forecast: Forecast, done: Sequence[Done]) -> View:
    """The view of *forecast*, which is of what is ahead, after what is *done*."""
    before = done[-1].mailboxes if done else 0
    nights = [
        msgspec.structs.replace(night, due=night.due + before, p50=night.p50 + before, p90=night.p90 + before)
        for night in forecast.nights
    ]
    return View(name, forecast.mailboxes + before, nights, forecast.ends, done, before)


def said(day: date | None) -> str:
    """*day* in words; what has no end in sight has none."""
    return f"{day:%d %b %Y}" if day else "no day in sight"
