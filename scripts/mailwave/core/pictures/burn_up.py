"""The plan as a burn-up: mailboxes moved by each day, as planned, as forecast, and as done."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from mailwave.core.pictures.drawing import Drawing
from mailwave.core.pictures.view import View, said

LEFT, RIGHT, HEAD, HEIGHT, FOOT = 84, 30, 64, 260, 70
LINES = 5
"""Lines across the picture, at most, beside the axis."""
LETTER = 6.5
"""Pixels that a letter is wide, about."""


def height_of(_: View) -> int:
    """Pixels that the burn-up is high."""
    return HEAD + HEIGHT + FOOT


class _Field(NamedTuple):
    """Where days and numbers stand: *first* to *last* from left to right, 0 to *most* from the bottom up."""

    first: date
    last: date
    most: int
    top: int
    width: int

    def x(self, day: date) -> float:
        return LEFT + (day - self.first).days / max((self.last - self.first).days, 1) * self.width

    def y(self, mailboxes: float) -> float:
        return self.top + HEIGHT * (1 - mailboxes / self.most)

    def points(self, values: Sequence[tuple[date, float]]) -> list[tuple[float, float]]:
        return [(self.x(day), self.y(value)) for day, value in values]


def draw_burn_up(drawing: Drawing, view: View, top: int, width: int) -> None:
    """Draw the burn-up of *view*, *top* pixels from the top and *width* wide."""
    drawing.add("text", "Mailboxes moved", "head", x=LEFT, y=top + 4)
    shown = view.shown
    days = [night.night for night in shown] + [done.day for done in view.done]
    field = _Field(min(days) - timedelta(days=1), max(days), view.mailboxes, top + HEAD, width - LEFT - RIGHT)
    _draw_axes(drawing, field)
    start = [(view.nights[0].night - timedelta(days=1), float(view.before))]
    half = start + [(night.night, float(night.p50)) for night in shown]
    nine = start + [(night.night, float(night.p90)) for night in shown]
    drawing.area(field.points(half) + field.points(nine)[::-1], "band")
    drawing.line(field.points(half), "half")
    drawing.line(field.points(nine), "nine")
    drawing.line(field.points(start + [(night.night, float(night.due)) for night in view.planned]), "planned")
    if view.done:
        drawing.line(field.points([(done.day, float(done.mailboxes)) for done in view.done]), "done")
    _draw_ends(drawing, field, view)
    _draw_legend(drawing, view, field.top + HEIGHT + 46)


def _draw_axes(drawing: Drawing, field: _Field) -> None:
    right = LEFT + field.width
    for value in _steps(field.most):
        y = field.y(value)
        drawing.add("line", None, "grid", x1=LEFT, x2=right, y1=y, y2=y)
        drawing.add("text", f"{value:,}", "faint end", x=LEFT - 8, y=y + 4)
    bottom = field.y(0)
    drawing.add("line", None, "axis", x1=LEFT, x2=right, y1=bottom, y2=bottom)
    written = -math.inf
    for day in _ticks(field):
        x = field.x(day)
        drawing.add("line", None, "axis", x1=x, x2=x, y1=bottom, y2=bottom + 4)
        words = f"{day:%b %Y}" if day.day == 1 else f"{day:%d %b}"
        half = LETTER * len(words) / 2
        if x - half >= written and x + half <= right + RIGHT:
            drawing.add("text", words, "faint middle", x=x, y=bottom + 18)
            written = x + half + 2 * LETTER


def _steps(most: int) -> list[int]:
    """Round numbers from 0 up to *most*."""
    rough = most / LINES
    power = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = max(next(round(power * n) for n in (1, 2, 5, 10) if power * n >= rough), 1)
    return list(range(0, most + 1, step))


def _ticks(field: _Field) -> Iterator[date]:
    """The first days of months, or of weeks where there are few."""
    short = (field.last - field.first).days < 70
    for n in range((field.last - field.first).days + 1):
        day = field.first + timedelta(days=n)
        if day.weekday() == 0 if short else day.day == 1:
            yield day


def _draw_ends(drawing: Drawing, field: _Field, view: View) -> None:
    """The three ends as lines from the top, each with its words in a row of its own."""
    ends = (
        ("planned", view.ends.planned, "planned"),
        ("P50", view.ends.p50, "half"),
        ("P90", view.ends.p90, "nine"),
    )
    for row, (name, day, look) in enumerate(ends):
        if day is None or day > field.last:
            continue
        x, y = field.x(day), field.top - 38 + 13 * row
        drawing.add("line", None, look, x1=x, x2=x, y1=y + 3, y2=field.y(0))
        drawing.add("text", f"{name} {said(day)}", "end", x=x - 5, y=y + 6)


def _draw_legend(drawing: Drawing, view: View, y: int) -> None:
    entries = [("planned", "planned"), ("half", "half of the runs (P50)"), ("nine", "nine in ten runs (P90)")]
    if view.done:
        entries.append(("done", "done"))
    x: float = LEFT
    for look, words in entries:
        drawing.add("line", None, look, x1=x, x2=x + 26, y1=y - 4, y2=y - 4)
        drawing.add("text", words, "faint", x=x + 32, y=y)
        x += 32 + LETTER * len(words) + 28
