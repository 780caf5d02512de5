# GNU General Public License v3.0 or later (see LICENSE in this collection)
r"""Who still sends mail by a site's servers, from the logs of the SMTP protocol that its servers write on receiving.

Exchange writes them as text with commas, under comments that begin with #; `#Fields:` names the columns. A line whose
event is < is what the other side said, and a message begins with MAIL FROM. Connectors are named server\connector.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

QUIET = timedelta(days=30)
"""So long nobody may have sent by a server before it goes."""

FRESH = timedelta(days=1)
"""How old the last line of a server may be: what is older says nothing of today."""

_NEEDED = ("date-time", "connector-id", "remote-endpoint", "event", "data")
_SAID, _MAIL = "<", "mail from:"


class LogUnreadable(Exception):
    """A *file* is no such log, because of *problem*."""

    def __init__(self, *, file: str, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(f"{file}: {problem}")


@dataclass
class Heard:
    """What the logs of one server cover, *first* to *last*, and when each sender in them sent last."""

    first: datetime
    last: datetime
    senders: dict[str, datetime] = field(default_factory=dict)


def read(folder: Path) -> dict[str, Heard]:
    """What every log below *folder* says, by the server's name in lower case.

    Raises:
        LogUnreadable: a line of one cannot be read: evidence that may be incomplete is none.
    """
    heard: dict[str, Heard] = {}
    for file in sorted(each for each in folder.rglob("*") if each.suffix.casefold() == ".log"):
        for at, server, sender in _lines(file):
            known = heard.setdefault(server, Heard(at, at))
            known.first, known.last = min(known.first, at), max(known.last, at)
            if sender:
                known.senders[sender] = max(known.senders.get(sender, at), at)
    return heard


def uncovered(
    heard: Mapping[str, Heard], servers: Iterable[str], now: datetime, deaf: Iterable[str] = ()
) -> list[str]:
    """Those of *servers* whose logs do not reach from `QUIET` ago to now, each with what is missing.

    The *deaf* ones take no mail any more: theirs may end earlier, and have to begin as early as the others'.
    """
    found = []
    ended = {each.casefold() for each in deaf}
    for server in sorted(each.casefold() for each in servers):
        known = heard.get(server)
        if known is None:
            found.append(f"no log of {server}")
        elif known.first > now - QUIET:
            found.append(f"the logs of {server} begin {known.first:%d %B %Y}, which is less than 30 days ago")
        elif known.last < now - FRESH and server not in ended:
            found.append(f"the logs of {server} end {known.last:%d %B %Y}")
    return found


def senders(heard: Mapping[str, Heard], servers: Iterable[str], now: datetime) -> list[str]:
    """Who has sent by *servers* in the last `QUIET`, with the server and the day."""
    names = {each.casefold() for each in servers}
    return sorted(
        f"{sender} by {server}, last {at:%d %B %Y}"
        for server, known in heard.items()
        if server in names
        for sender, at in known.senders.items()
        if at > now - QUIET
    )


def _lines(file: Path) -> Iterator[tuple[datetime, str, str]]:
    """Moment, server and, where a message begins, the sender's address, of each line that is no comment."""
    columns: list[str] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            for number, row in enumerate(csv.reader(text), start=1):
                if row and row[0].startswith("#"):
                    columns = _columns(row) or columns
                elif row:
                    yield _line(file, number, columns, row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise LogUnreadable(file=file.name, problem=str(error)) from error


def _columns(row: list[str]) -> list[str]:
    head, _, first = row[0].partition("#Fields:")
    return [first.strip(), *(name.strip() for name in row[1:])] if not head and first else []


def _line(file: Path, number: int, columns: list[str], row: list[str]) -> tuple[datetime, str, str]:
    if any(name not in columns for name in _NEEDED) or len(row) != len(columns):
        raise LogUnreadable(
            file=file.name, problem=f"line {number} does not have the fields of an SMTP receive log"
        )
    cells = dict(zip(columns, row, strict=True))
    try:
        at = datetime.fromisoformat(cells["date-time"])
    except ValueError as error:
        raise LogUnreadable(file=file.name, problem=f"line {number}: {error}") from error
    if at.tzinfo is None:
        raise LogUnreadable(file=file.name, problem=f"line {number} has a moment without a zone")
    server = cells["connector-id"].partition("\\")[0].casefold()
    sends = cells["event"] == _SAID and cells["data"].casefold().startswith(_MAIL)
    return at.astimezone(UTC), server, _address(cells["remote-endpoint"]) if sends else ""


def _address(endpoint: str) -> str:
    """The address of an endpoint, such as 10.1.2.3:51515 or [fd00::1]:51515."""
    return endpoint.rpartition(":")[0].strip("[]") or endpoint
