"""Exchange's values as text: sizes, spans, flags, address ranges."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_UNITS = ("B", "KB", "MB", "GB", "TB")
_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)?(?:\s*\(([\d,]+) bytes\))?$", re.IGNORECASE)
_SPAN = re.compile(r"^(?:(\d+)\.)?([01]?\d|2[0-3]):([0-5]?\d):([0-5]?\d)(?:\.\d{1,7})?$")


class NotAValue(ValueError):
    """A text that cannot become a value of *kind*."""

    def __init__(self, *, text: str, kind: str) -> None:
        self.text = text
        self.kind = kind
        super().__init__(f"{text!r} is no {kind}")


def size_text(size: int) -> str:
    """*size* in bytes as Exchange shows it, for instance `152.1 MB (159,449,088 bytes)` (fact D6)."""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount /= 1024
        unit += 1
    return f"{amount:.4g} {_UNITS[unit]} ({size:,} bytes)"


def parse_size(text: str) -> int:
    """The bytes of `40MB`, `40 MB (41,943,040 bytes)` or `1024`; raise `NotAValue`."""
    match = _SIZE.match(text.strip())
    if match is None:
        raise NotAValue(text=text, kind="Microsoft.Exchange.Data.ByteQuantifiedSize")
    amount, unit, exact = match.groups()
    if exact:
        return int(exact.replace(",", ""))
    return int(float(amount) * 1024 ** _UNITS.index((unit or "B").upper()))


def parse_span(text: str) -> str:
    """*text* as a time span in the form that Exchange shows, `[d.]hh:mm:ss`; raise `NotAValue`."""
    match = _SPAN.match(text.strip())
    if match is None:
        raise NotAValue(text=text, kind="Microsoft.Exchange.Data.EnhancedTimeSpan")
    days, hours, minutes, seconds = match.groups()
    clock = f"{int(hours):02d}:{int(minutes):02d}:{int(seconds):02d}"
    return f"{int(days)}.{clock}" if days and int(days) else clock


def span(shown: str) -> timedelta:
    """The time span that Exchange shows so; raise `NotAValue`."""
    match = _SPAN.match(shown.strip())
    if match is None:
        raise NotAValue(text=shown, kind="Microsoft.Exchange.Data.EnhancedTimeSpan")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def parse_flags(text: str, allowed: Sequence[str], kind: str) -> str:
    """The flags in *text*, separated by commas, in the order of *allowed*; raise `NotAValue`."""
    known = {name.casefold(): name for name in allowed}
    asked = [known.get(part.strip().casefold()) for part in text.split(",")]
    if None in asked or ("None" in asked and len(asked) > 1):
        raise NotAValue(text=text, kind=kind)
    return ", ".join(name for name in allowed if name in asked)


def parse_one(text: str, allowed: Sequence[str], kind: str) -> str:
    """The one of *allowed* that *text* is, in any case of letters; raise `NotAValue`."""
    for name in allowed:
        if name.casefold() == text.strip().casefold():
            return name
    raise NotAValue(text=text, kind=kind)


def parse_binding(text: str) -> str:
    """An address and port to listen on, such as `0.0.0.0:25` or `[::]:25`; raise `NotAValue`."""
    host, _, port = text.strip().rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        number = int(port)
    except ValueError:
        raise NotAValue(text=text, kind="Microsoft.Exchange.Data.IPBinding") from None
    if not 0 < number < 65536 or (address.version == 6) != host.startswith("["):
        raise NotAValue(text=text, kind="Microsoft.Exchange.Data.IPBinding")
    return f"[{address}]:{number}" if address.version == 6 else f"{address}:{number}"


def parse_range(text: str) -> str:
    """One address, a network, or two addresses with a hyphen between; raise `NotAValue`."""
    first, hyphen, last = text.strip().partition("-")
    try:
        if hyphen:
            return _between(first, last)
        if "/" in first:
            return str(ipaddress.ip_network(first, strict=True))
        return str(ipaddress.ip_address(first))
    except ValueError:
        raise NotAValue(text=text, kind="Microsoft.Exchange.Data.IPRange") from None


def _between(first: str, last: str) -> str:
    low, high = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
    if low.version != high.version or int(low) > int(high):
        raise ValueError(f"{first} does not come before {last}")
    return f"{low}-{high}"


def moment_pair(name: str, moment: datetime) -> dict[str, object]:
    """A time as Exchange gives it twice: *name* in the server's time, which is UTC here, and *name*UTC."""
    there = moment.astimezone(UTC)
    return {name: there, f"{name}UTC": there}
