"""How a cell is written for people: on a page and on a terminal."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailwave.core.reports.document import Cell, Kind, Valued

_LONDON = ZoneInfo("Europe/London")
_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")
_THOUSAND = 1000
NUMBERS = frozenset({Kind.COUNT, Kind.BYTES, Kind.SHARE, Kind.MONEY})
"""The kinds whose cells stand to the right."""


def said(value: Cell, kind: Kind) -> str:
    """A cell as people read it; "not known" where nobody knows it."""
    if isinstance(value, Valued):
        return said(value.value, value.kind)
    if value is None:
        return "not known"
    if isinstance(value, datetime):
        return f"{value.astimezone(_LONDON):%d %b %Y %H:%M %Z}"
    if isinstance(value, date):
        return f"{value:%a %d %b %Y}"
    if isinstance(value, str):
        return value
    return _number(value, kind)


def _number(value: float, kind: Kind) -> str:
    if kind is Kind.BYTES:
        return _bytes(value)
    if kind is Kind.SHARE:
        return f"{value:.2%}"
    return f"{value:,.2f}" if kind is Kind.MONEY else f"{value:,}"


def _bytes(value: float) -> str:
    """A size in the unit in which it has at most three digits before the point; units are of a thousand."""
    unit = 0
    while abs(value) >= _THOUSAND and unit < len(_UNITS) - 1:
        value, unit = value / _THOUSAND, unit + 1
    return f"{value:,.0f} {_UNITS[unit]}" if not unit else f"{value:,.1f} {_UNITS[unit]}"
