"""A forecast on a terminal: when it ends, its weeks as bars, its nights at risk, and what raising limits would gain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from rich.console import Console
from rich.table import Table

from mailwave.core.forecast.report import Report
from mailwave.core.forecast.summary import AT_RISK, Ends, Night, Week
from mailwave.core.forecast.what_if import Gain
from mailwave.core.pictures.letters import bar, sparkline
from mailwave.core.pictures.view import View, said

SPARKS, BAR = 100, 20
"""Letters of the line of nights, and of the bar of a week."""

MOST_NIGHTS = 10
"""So many nights at risk are listed; the rest are counted."""


def show(out: Console, report: Report, view: View) -> None:
    """Print *report* to *out*; *view* has what is done in it."""
    found, ends = report.forecast, report.forecast.ends
    out.print(
        f"{found.mailboxes:,} mailboxes ahead, under the limits {report.profile}: planned until "
        f"{said(ends.planned)}, P50 {said(ends.p50)}, P90 {said(ends.p90)} ({found.runs:,} runs, seed {found.seed})",
        markup=False,
    )
    out.print(
        f"mailboxes by night  {sparkline([night.planned for night in view.planned], SPARKS)}", markup=False
    )
    out.print(_weeks(report, view))
    _show_risks(out, report)
    if report.gains:
        out.print(_gains(report.gains))


def _weeks(report: Report, view: View) -> Table:
    table = Table(
        "week of", "mailboxes", "", "due", "P50", "P90", "at risk", "limit that binds", title="weeks"
    )
    most = max(week.planned for week in report.forecast.weeks)
    for week, nights in _by_week(report.forecast.weeks, view):
        last = nights[-1]
        table.add_row(
            f"{week.monday:%d %b %Y}",
            f"{week.planned:,}",
            bar(week.planned, most, BAR),
            f"{last.due:,}",
            f"{last.p50:,}",
            f"{last.p90:,}",
            f"{max(night.at_risk for night in nights):.0%}",
            f"{week.binding} ({week.use:.0%})",
        )
    return table


def _by_week(weeks: tuple[Week, ...], view: View) -> Iterator[tuple[Week, list[Night]]]:
    for week in weeks:
        after = week.monday + timedelta(days=7)
        yield week, [night for night in view.nights if week.monday <= night.night < after]


def _show_risks(out: Console, report: Report) -> None:
    risks = sorted(report.forecast.at_risk, key=lambda night: (-night.at_risk, night.night))
    if not risks:
        out.print(f"no night's appointments fail in more than {AT_RISK:.0%} of the runs")
        return
    table = Table("night", "mailboxes", "probability", "limit", title="nights at risk")
    for night in risks[:MOST_NIGHTS]:
        table.add_row(f"{night.night:%a %d %b %Y}", f"{night.planned:,}", f"{night.at_risk:.0%}", night.limit)
    out.print(table)
    if len(risks) > MOST_NIGHTS:
        out.print(f"and {len(risks) - MOST_NIGHTS} more nights")


def _gains(gains: tuple[Gain, ...]) -> Table:
    table = Table("case", "planned", "P50", "P90", "sooner by (P50, P90)", "plan", title="what if")
    for gain in gains:
        table.add_row(
            gain.case,
            *_ends(gain.ends),
            f"{_days(gain.gain_p50)}, {_days(gain.gain_p90)}",
            _plan(gain),
        )
    return table


def _ends(ends: Ends | None) -> tuple[str, str, str]:
    return (said(ends.planned), said(ends.p50), said(ends.p90)) if ends else ("nobody moves", "", "")


def _plan(gain: Gain) -> str:
    whose = "planned again" if gain.anew else "nights kept"
    return f"{whose}; {gain.unplaced:,} mailboxes have no night" if gain.unplaced else whose


def _days(days: int | None) -> str:
    return "not known" if days is None else f"{days} days"


def name_of(environment: str, today: date) -> str:
    """The name of the picture of *environment*'s plan as it is on *today*."""
    return f"mailwave {environment}: the plan as of {today:%d %B %Y}"
