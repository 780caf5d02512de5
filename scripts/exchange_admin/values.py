"""Exchange's values as Python values: sizes, GUIDs, times, and the wrappers that the REST channel puts around them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

_BYTES = re.compile(r"\(([\d,.\s\u00a0]+) bytes\)")
_ROUND = re.compile(r"^\s*([\d.,]+)\s*(B|KB|MB|GB|TB)\b", re.IGNORECASE)
_POWERS = {"B": 0, "KB": 1, "MB": 2, "GB": 3, "TB": 4}
_WRAPPERS = ("Value", "Guid", "ProxyAddressString")
_SPAN = re.compile(r"(?:(\d{1,8})\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,7})?)")
_ZERO_GUID = UUID(int=0)


class NotASize(ValueError):
    """A text that is no size; *text* is it."""

    def __init__(self, *, text: str) -> None:
        self.text = text
        super().__init__(f"{text!r} is not a size such as '1.5 GB (1,610,612,736 bytes)'")


def plain(value: Any) -> Any:
    """Take the REST channel's wrappers and type annotations off *value*, to any depth (fact A31).

    `{"Value": 42}` becomes 42, `{"Guid": g}` becomes g, and companion keys such as `X@odata.type` disappear.
    """
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    bare = {key: item for key, item in value.items() if "@" not in key}
    if len(bare) == 1 and next(iter(bare)) in _WRAPPERS:
        return plain(next(iter(bare.values())))
    return {key: plain(item) if isinstance(item, (dict, list)) else item for key, item in bare.items()}


def listed(value: Any) -> list[Any]:
    """Return the items of a property that may hold several: what stands alone is one, and nothing is none."""
    if isinstance(value, list | tuple):
        return list(value)
    return [value] if value else []


def size_bytes(text: str) -> int | None:
    """Return the bytes that *text* gives, None for `Unlimited` (facts A31, D6).

    The exact figure in brackets is used where there is one; `60 GB` alone is 60 times 1024 cubed.

    :raises NotASize: if it is no size.
    """
    if text.strip().casefold() == "unlimited":
        return None
    exact = _BYTES.search(text)
    if exact:
        return int(re.sub(r"\D", "", exact[1]))
    rounded = _ROUND.match(text)
    if not rounded:
        raise NotASize(text=text)
    unit: int = 1024 ** _POWERS[rounded[2].upper()]
    return round(float(rounded[1].replace(",", "")) * unit)


def guid(text: str) -> str | None:
    """Return *text* as a GUID in lower case with hyphens, None for the all-zero one, which means "never stamped".

    :raises ValueError: if it is no GUID.
    """
    value = UUID(text.strip())
    return None if value == _ZERO_GUID else str(value)


def moment(shown: object) -> datetime:
    """Return the time that is *shown*, in UTC; one without a zone is UTC, as Exchange means it (fact B9).

    Remote PowerShell shows it as a time already, REST and exports as text.

    :raises ValueError: if it is no ISO time.
    """
    value = datetime.fromisoformat(str(shown))
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment_text(value: datetime) -> str:
    """Return *value* as the REST channel wants a time: UTC with seven decimals (fact A18).

    :raises ValueError: if it has no zone.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no zone; say which one is meant")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def span(text: str) -> timedelta:
    """Return the length of time that *text* gives in .NET's constant form, `[d.]hh:mm:ss[.fffffff]`.

    :raises ValueError: if it is none, or below zero: no setting of Exchange is.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time span such as '30.00:00:00'")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def span_text(value: timedelta) -> str:
    """Return *value* in .NET's constant form, `[-][d.]hh:mm:ss[.fffffff]`."""
    sign = "-" if value < timedelta(0) else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    days = f"{value.days}." if value.days else ""
    fraction = f".{value.microseconds:06d}0" if value.microseconds else ""
    return f"{sign}{days}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}{fraction}"
