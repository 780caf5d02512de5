"""Reads Exchange's RPC Client Access logs: which Outlook versions opened which mailbox, and when.

The LOWEST version seen in the days that count decides readiness, because one old machine is enough to lose mail at
the switch; the newest is kept to show people what they already have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from mailwave.core.bad_rows import Faults
from mailwave.core.estate import ClientSeen
from mailwave.core.table import Row, clean, decode, rows

FIELDS = ("date-time", "client-name", "client-software", "client-software-version")
"""The fields that are read; the log has more."""

OUTLOOK = "outlook.exe"
"""The client software that counts; other software (services, monitors, mobile gateways) says nothing of Outlook."""

_VERSION = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){1,3}")


class _Sighting(msgspec.Struct, frozen=True):
    legacy_dn: str
    version: tuple[int, ...]
    at: datetime


def parse_version(text: str) -> tuple[int, ...] | None:
    """The numbers of a version such as 16.0.4600.1000; None when *text* is not one."""
    return tuple(int(part) for part in text.split(".")) if _VERSION.fullmatch(text) else None


def read_client_logs(logs: Mapping[str, bytes], *, since: datetime) -> dict[str, ClientSeen]:
    """What *logs* (file name to content) say of each LegacyExchangeDN, in lower case, from *since* on.

    Raises:
        BadRows: there is no log, or any row of any file cannot be read; evidence that may be incomplete is none.
    """
    faults = Faults()
    if not logs:
        faults.add("client logs", 0, "none was found; they are called *.LOG")
    seen: dict[str, ClientSeen] = {}
    for file, data in logs.items():
        for sighting in _sightings(file, data, faults):
            if sighting.at >= since:
                before = seen.get(sighting.legacy_dn)
                seen[sighting.legacy_dn] = _merged(before, sighting)
    faults.refuse_if_any()
    return seen


def _merged(before: ClientSeen | None, sighting: _Sighting) -> ClientSeen:
    if before is None:
        return ClientSeen(sighting.version, sighting.version, sighting.at)
    return ClientSeen(
        lowest=min(before.lowest, sighting.version),
        newest=max(before.newest, sighting.version),
        last_seen=max(before.last_seen, sighting.at),
    )


def _sightings(file: str, data: bytes, faults: Faults) -> Iterator[_Sighting]:
    text = decode(file, data, faults)
    header: tuple[str, ...] = ()
    any_row = False
    for row in rows(file, text or "", faults):
        any_row = True
        if row.cells[0].startswith("#"):
            header = _header(file, row, header, faults)
        elif not header:
            faults.add(file, row.line, "comes before any #Fields line")
            return
        elif len(row.cells) != len(header):
            faults.add(file, row.line, f"has {len(row.cells)} fields where the log has {len(header)}")
        else:
            yield from _sighting(file, row, header, faults)
    if text is not None and not any_row:
        faults.add(file, 0, "is empty")


def _header(file: str, row: Row, before: tuple[str, ...], faults: Faults) -> tuple[str, ...]:
    """The fields from *row* on: a ``#Fields:`` line sets them, any other comment leaves them."""
    if not row.cells[0].startswith("#Fields:"):
        return before
    names = tuple(name.strip() for name in (row.cells[0].removeprefix("#Fields:"), *row.cells[1:]))
    missing = [name for name in FIELDS if names.count(name) != 1]
    if missing:
        faults.add(file, row.line, f"does not have exactly one field {', '.join(missing)}")
    return names


def _sighting(file: str, row: Row, header: tuple[str, ...], faults: Faults) -> Iterator[_Sighting]:
    if any(name not in header for name in FIELDS):
        return  # the header was noted once; its rows need no line each
    at, name, software, version = (clean(row.cells[header.index(field)]) for field in FIELDS)
    if software.casefold() != OUTLOOK or not name:
        return
    when, numbers = _moment(at), parse_version(version)
    if when is None:
        faults.add(file, row.line, f"has {at[:40]!r} where its date-time belongs")
    elif numbers is None:
        faults.add(file, row.line, f"has {version[:40]!r} where its client-software-version belongs")
    else:
        yield _Sighting(name.casefold(), numbers, when)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
