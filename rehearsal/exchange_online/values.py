"""How the service writes values (fact A31)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

Row = dict[str, object]
ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_SIZE = re.compile(r"[\d.]+ [KMGT]?B \(([\d,]+) bytes\)")
_UNITS = ("B", "KB", "MB", "GB", "TB")


class Guid(str):
    """A text that the service marks as a GUID."""

    __slots__ = ()


def size(count: int) -> str:
    """Return a number of bytes as `2.5 GB (2,684,354,648 bytes)`."""
    shown, unit = float(count), 0
    while shown >= 1024 and unit < len(_UNITS) - 1:
        shown, unit = shown / 1024, unit + 1
    return f"{shown:.4g} {_UNITS[unit]} ({count:,} bytes)"


def moment(when: datetime) -> str:
    """Return a time in UTC with seven decimals, as .NET writes it."""
    return f"{when.replace(tzinfo=None).isoformat(timespec='microseconds')}0Z"


def span(length: timedelta) -> str:
    """Return a duration as .NET writes it: `[d.]hh:mm:ss`."""
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days = f"{length.days}." if length.days else ""
    return f"{days}{hours:02}:{minutes:02}:{seconds:02}"


def render(row: Mapping[str, object], *, sizes_are_text: bool) -> Row:
    """Return *row* as it goes on the wire, with the type companions next to the values."""
    wire: Row = {}
    for name, value in row.items():
        kind = type(value)
        if kind is datetime:
            wire[f"{name}@data.type"] = "System.DateTime"
            wire[name] = moment(value)  # type: ignore[arg-type]
        elif kind is Guid:
            wire[f"{name}@data.type"] = "System.Guid"
            wire[name] = str(value)
        elif kind is timedelta:
            wire[name] = span(value)  # type: ignore[arg-type]
        elif kind is list:
            tables = bool(value) and isinstance(value[0], dict)  # type: ignore[index]
            wire[f"{name}@odata.type"] = f"#Collection({'Exchange.GenericHashTable' if tables else 'String'})"
            wire[name] = value
        elif kind is str and not sizes_are_text:
            wire[name] = _bare(value)  # type: ignore[arg-type]
        else:
            wire[name] = value
    return wire


def _bare(text: str) -> str | int:
    written = _SIZE.fullmatch(text)
    return int(written[1].replace(",", "")) if written else text
