"""Both pictures of a plan in one file: its calendar above its burn-up."""

from __future__ import annotations

from mailwave.core.pictures import burn_up, calendar
from mailwave.core.pictures.drawing import Drawing
from mailwave.core.pictures.view import View

WIDTH, MARGIN = 900, 28
SUBTITLE = 30


def picture(view: View) -> str:
    """The calendar and the burn-up of *view*, as the text of an SVG file."""
    calendar_top = MARGIN + SUBTITLE
    burn_up_top = calendar_top + calendar.height_of(view) + MARGIN
    drawing = Drawing(WIDTH, burn_up_top + burn_up.height_of(view), view.name, view.says)
    drawing.add("text", view.name, "head", x=calendar.LEFT, y=MARGIN)
    calendar.draw_calendar(drawing, view, calendar_top)
    burn_up.draw_burn_up(drawing, view, burn_up_top, WIDTH)
    return drawing.text()
