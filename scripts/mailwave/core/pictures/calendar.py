"""The plan as a calendar: a column a week, a row a weekday, darker where more mailboxes move."""

from __future__ import annotations

from datetime import date, timedelta

from mailwave.core.forecast.summary import AT_RISK, Night
from mailwave.core.pictures.drawing import STEPS, Drawing, hint
from mailwave.core.pictures.view import View

CELL = 15
"""Pixels from one day to the next."""

DAYS_OF_A_WEEK = 7

LATE = 14
"""From a later day of the month on, the next month's name would run into that of the first."""

WEEKS = 53
"""As many weeks stand beside each other; more go into another row."""

LEFT, HEAD, ROW, LEGEND = 44, 22, 7 * CELL + 36, 30
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def height_of(view: View) -> int:
    """Pixels that the calendar of *view* is high."""
    return HEAD + ROW * len(_rows(view)) + LEGEND


def draw_calendar(drawing: Drawing, view: View, top: int) -> None:
    """Draw the calendar of *view*, *top* pixels from the top."""
    drawing.add("text", "Mailboxes by night", "head", x=LEFT, y=top + 4)
    nights = {night.night: night for night in view.planned}
    most = max(night.planned for night in view.planned)
    for row, mondays in enumerate(_rows(view)):
        _draw_row(drawing, mondays, nights, most, top + HEAD + ROW * row)
    _draw_legend(drawing, most, top + HEAD + ROW * len(_rows(view)))


def _rows(view: View) -> list[list[date]]:
    first, last = view.planned[0].night, view.planned[-1].night
    monday = first - timedelta(days=first.weekday())
    mondays = [monday + timedelta(weeks=n) for n in range((last - monday).days // 7 + 1)]
    return [mondays[start : start + WEEKS] for start in range(0, len(mondays), WEEKS)]


def _draw_row(drawing: Drawing, mondays: list[date], nights: dict[date, Night], most: int, top: int) -> None:
    for weekday in range(0, 7, 2):
        drawing.add("text", _DAYS[weekday], "faint end", x=LEFT - 6, y=top + 26 + weekday * CELL)
    _draw_months(drawing, mondays, top)
    for column, monday in enumerate(mondays):
        for weekday in range(DAYS_OF_A_WEEK):
            day = monday + timedelta(days=weekday)
            _draw_day(drawing, day, nights.get(day), most, (LEFT + column * CELL, top + 16 + weekday * CELL))


def _draw_months(drawing: Drawing, mondays: list[date], top: int) -> None:
    """The month's name above the week of its first Monday, with the year at the start and in January."""
    year = 0
    for column, monday in enumerate(mondays):
        begins = monday.day <= DAYS_OF_A_WEEK or (column == 0 and monday.day <= LATE)
        if begins:
            words = f"{monday:%b}" if monday.year == year else f"{monday:%b %Y}"
            drawing.add("text", words, "faint", x=LEFT + column * CELL, y=top + 10)
            year = monday.year


def _draw_day(drawing: Drawing, day: date, night: Night | None, most: int, at: tuple[int, int]) -> None:
    x, y = at
    if night is None:
        return
    cell = drawing.add(
        "rect", None, _shade(night.planned, most), x=x, y=y, width=CELL - 2, height=CELL - 2, rx=2
    )
    risk = f", {night.at_risk:.0%} risk ({night.limit})" if night.limit else ""
    hint(cell, f"{day:%a %d %b %Y}: {night.planned:,} mailboxes{risk}")
    if night.planned and night.at_risk > AT_RISK:
        drawing.add("circle", None, "risk", cx=x + (CELL - 2) / 2, cy=y + (CELL - 2) / 2, r=2.8)


def _shade(planned: int, most: int) -> str:
    return "none" if not planned else f"s{-(-planned * STEPS // most)}"


def _draw_legend(drawing: Drawing, most: int, top: int) -> None:
    drawing.add("text", "0", "faint end", x=LEFT + 6, y=top + 12)
    for step in range(STEPS + 1):
        look = f"s{step}" if step else "none"
        place = LEFT + 12 + step * CELL
        drawing.add("rect", None, look, x=place, y=top + 1, width=CELL - 2, height=CELL - 2, rx=2)
    after = LEFT + 18 + (STEPS + 1) * CELL
    drawing.add("text", f"{most:,} mailboxes a night", "faint", x=after, y=top + 12)
    drawing.add("circle", None, "risk", cx=after + 210, cy=top + 8, r=2.8)
    words = f"appointments fail in more than {AT_RISK:.0%} of the runs"
    drawing.add("text", words, "faint", x=after + 220, y=top + 12)
