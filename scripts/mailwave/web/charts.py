"""Charts, drawn here as SVG that asks for nothing: Altair says what, vl-convert draws it. Each stands beside its table.

A chart is drawn when somebody first asks for it, and once for all who do. Colours are of the set of Okabe and Ito,
which the colour-blind can tell apart. Both libraries take a second to load, so they are loaded by the first chart.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from mailwave.core.overview import STAGES, Burn, Funnel, Part
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
LINES: Mapping[str, tuple[str, list[int]]] = {
    "planned": ("#0072b2", [6, 4]),
    "moved": ("#007a5a", [1, 0]),
    "P50": ("#e69f00", [2, 2]),
    "P90": ("#d55e00", [8, 3, 2, 3]),
}
"""The lines of the burn-up, each with its colour and its dashes."""

STAGE_COLOURS = ("#c8ccd0", "#cc79a7", "#56b4e9", "#0072b2", "#007a5a")
_WIDTH = 420
"""Pixels, so that a telephone shows it with letters that can be read."""


class Picture(NamedTuple):
    """A chart as *plain* SVG, and *packed* by gzip, which is a tenth of it."""

    plain: bytes
    packed: bytes


@dataclass
class _Chart:
    """What a chart of one *kind* shows, and its picture once somebody has asked for it."""

    kind: str
    rows: list[dict[str, object]]
    drawn: Future[Picture] | None = None


class Charts:
    """Draws charts, and keeps the newest by a name that is made of what they show."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Chart] = OrderedDict()
        self._aside = ThreadPoolExecutor(1, "charts")  # pages that wait for a thread do not wait for a chart

    async def svg(self, name: str) -> Picture | None:
        """The chart *name*, None where it is not kept any more."""
        chart = self._kept.get(name)
        if chart is None:
            return None
        if chart.drawn is None:
            chart.drawn = self._aside.submit(_drawn, chart.kind, chart.rows)
        return await asyncio.shield(asyncio.wrap_future(chart.drawn))

    def states(self, parts: Sequence[Part]) -> str:
        """The name of a chart with a bar for each of *parts*, divided by state."""
        rows: list[dict[str, object]] = [
            {"part": each.name, "state": state.value, "mailboxes": each.of(state), "place": place}
            for each in parts
            for place, state in enumerate(COLOURS)
            if each.of(state)
        ]
        return self._named("states", rows)

    def burn_up(self, burn: Sequence[Burn]) -> str:
        """The name of a chart with a line each of what is planned, has moved, and is foreseen by each night."""
        rows: list[dict[str, object]] = []
        if burn:
            start = (burn[0].night - timedelta(days=1)).isoformat()
            rows += [{"night": start, "line": line, "mailboxes": 0} for line in ("planned", "moved")]
        for step in burn:
            figures = (step.planned, step.moved, step.p50, step.p90)
            rows += [
                {"night": step.night.isoformat(), "line": line, "mailboxes": figure}
                for line, figure in zip(LINES, figures, strict=True)
                if figure is not None
            ]
        return self._named("burn-up", rows)

    def funnels(self, parts: Sequence[Funnel]) -> str:
        """The name of a chart with a bar for each stage of each of *parts*."""
        rows: list[dict[str, object]] = [
            {"part": each.name, "stage": stage, "mailboxes": number}
            for each in parts
            for stage, number in each.stages
        ]
        return self._named("funnels", rows)

    def _named(self, kind: str, rows: list[dict[str, object]]) -> str:
        name = f"{kind}-{hashlib.sha256(repr(rows).encode()).hexdigest()[:16]}.svg"
        if name in self._kept:
            self._kept.move_to_end(name)
        else:
            self._kept[name] = _Chart(kind, rows)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return name


def _drawn(kind: str, rows: list[dict[str, object]]) -> Picture:
    plain = _svg(kind, rows)
    return Picture(plain, gzip.compress(plain, mtime=0))


def _svg(kind: str, rows: list[dict[str, object]]) -> bytes:
    import altair as alt
    import vl_convert

    data = alt.InlineData(values=rows)
    chart = _DRAWN[kind](data)
    whole = (
        chart.properties(width=_WIDTH)
        .configure_axis(
            labelFontSize=15, titleFontSize=15, labelFont="Arial", titleFont="Arial", labelLimit=220
        )
        .configure_legend(labelFontSize=15, labelFont="Arial", orient="bottom", title=None, columns=3)
        .configure_view(stroke=None)
    )
    return vl_convert.vegalite_to_svg(whole.to_dict()).encode()


def _bars(data: alt.InlineData) -> alt.Chart:
    import altair as alt

    chart: alt.Chart = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X("mailboxes:Q", title="mailboxes", axis=alt.Axis(format=",d", tickMinStep=1, tickCount=5)),
            y=alt.Y("part:N", title=None),
        )
    )
    return chart


def _states(data: alt.InlineData) -> alt.Chart:
    import altair as alt

    states = alt.Scale(domain=[state.value for state in COLOURS], range=list(COLOURS.values()))
    chart: alt.Chart = _bars(data).encode(
        color=alt.Color("state:N", scale=states), order=alt.Order("place:Q")
    )
    return chart


def _lines(data: alt.InlineData) -> alt.Chart:
    import altair as alt

    colours = [colour for colour, _ in LINES.values()]
    dashes = [dash for _, dash in LINES.values()]
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_line(point=True, interpolate="step-after")
        .encode(
            x=alt.X("night:T", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True, tickCount=6)),
            y=alt.Y("mailboxes:Q", title="mailboxes", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color("line:N", scale=alt.Scale(domain=list(LINES), range=colours)),
            strokeDash=alt.StrokeDash(
                "line:N", scale=alt.Scale(domain=list(LINES), range=dashes), legend=None
            ),
        )
        .properties(height=260)
    )
    return chart


def _funnels(data: alt.InlineData) -> alt.Chart:
    import altair as alt

    stages = list(STAGES)
    chart: alt.Chart = (
        _bars(data)
        .encode(
            yOffset=alt.YOffset("stage:N", sort=stages),
            color=alt.Color("stage:N", scale=alt.Scale(domain=stages, range=list(STAGE_COLOURS))),
        )
        .properties(height=alt.Step(9))
    )
    return chart


_DRAWN: Mapping[str, Callable[[alt.InlineData], alt.Chart]] = {
    "states": _states,
    "burn-up": _lines,
    "funnels": _funnels,
}
