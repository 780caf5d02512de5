"""Charts, drawn here as SVG that asks for nothing: Altair says what, vl-convert draws it. Each stands beside its table.

Colours are of the set of Okabe and Ito, which the colour-blind can tell apart. Both libraries take a second to load, so
they are loaded by the first chart.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mailwave.core.overview import Part, Step
from mailwave.core.states import MailboxState

if TYPE_CHECKING:
    import altair as alt

KEPT = 24
"""Charts that are kept, the newest: a page asks for its own some moments after it was made."""

COLOURS: Mapping[MailboxState, str] = {
    MailboxState.MOVED: "#007a5a",
    MailboxState.COMPLETING: "#56b4e9",
    MailboxState.SYNCED: "#0072b2",
    MailboxState.SYNCING: "#cc79a7",
    MailboxState.UNKNOWN: "#f0e442",
    MailboxState.WAITING: "#c8ccd0",
    MailboxState.DEFERRED: "#e69f00",
    MailboxState.FAILED: "#d55e00",
    MailboxState.EXCLUDED: "#6b7178",
}
_WIDTH = 620


class Charts:
    """Draws charts, and keeps the newest by a name that is made of what they show."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def svg(self, name: str) -> bytes | None:
        """The chart *name*, None where it is not kept any more."""
        return self._kept.get(name)

    def states(self, parts: Sequence[Part]) -> str:
        """The name of a chart with a bar for each of *parts*, divided by state."""
        rows: list[dict[str, object]] = [
            {"part": each.name, "state": state.value, "mailboxes": each.of(state), "place": place}
            for each in parts
            for place, state in enumerate(COLOURS)
            if each.of(state)
        ]
        return self._drawn("states", rows)

    def burn_up(self, steps: Sequence[Step]) -> str:
        """The name of a chart with a line of what was planned by each night, and one of what has moved."""
        rows: list[dict[str, object]] = []
        for step in steps:
            night = step.night.isoformat()
            rows.append({"night": night, "line": "planned", "mailboxes": step.planned})
            if step.moved is not None:
                rows.append({"night": night, "line": "moved", "mailboxes": step.moved})
        return self._drawn("burn-up", rows)

    def _drawn(self, kind: str, rows: list[dict[str, object]]) -> str:
        name = f"{kind}-{hashlib.sha256(repr(rows).encode()).hexdigest()[:16]}.svg"
        if name in self._kept:
            self._kept.move_to_end(name)
        else:
            self._kept[name] = _svg(kind, rows)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return name


def _svg(kind: str, rows: list[dict[str, object]]) -> bytes:
    import altair as alt
    import vl_convert

    data = alt.InlineData(values=rows)
    chart = _bars(data) if kind == "states" else _lines(data)
    whole = (
        chart.properties(width=_WIDTH)
        .configure_axis(labelFontSize=13, titleFontSize=13, labelFont="Arial", titleFont="Arial")
        .configure_legend(labelFontSize=13, labelFont="Arial", orient="bottom", title=None, columns=5)
        .configure_view(stroke=None)
    )
    return vl_convert.vegalite_to_svg(whole.to_dict()).encode()


def _bars(data: alt.InlineData) -> alt.Chart:
    import altair as alt

    states = alt.Scale(domain=[state.value for state in COLOURS], range=list(COLOURS.values()))
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X("mailboxes:Q", title="mailboxes", axis=alt.Axis(format=",d", tickMinStep=1)),
            y=alt.Y("part:N", title=None),
            color=alt.Color("state:N", scale=states),
            order=alt.Order("place:Q"),
        )
    )
    return chart


def _lines(data: alt.InlineData) -> alt.Chart:
    import altair as alt

    lines = alt.Scale(domain=["planned", "moved"], range=["#0072b2", "#007a5a"])
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_line(point=True, interpolate="step-after")
        .encode(
            x=alt.X("night:T", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True)),
            y=alt.Y("mailboxes:Q", title="mailboxes", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color("line:N", scale=lines),
            strokeDash=alt.StrokeDash(
                "line:N", scale=alt.Scale(domain=["planned", "moved"], range=[[6, 4], [1, 0]]), legend=None
            ),
        )
        .properties(height=260)
    )
    return chart
