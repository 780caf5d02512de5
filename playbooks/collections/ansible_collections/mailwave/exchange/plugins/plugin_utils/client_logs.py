# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Which versions of Outlook a server's own logs have seen: counted, without names of people.

Two kinds of log are read, both comma-separated with a line that begins with ``#Fields:`` (fact D28 says why versions
matter). RPC Client Access logs name a person by the LegacyExchangeDN; logs of the HTTP proxy for MAPI, which
Microsoft's "MAPI over HTTP in Exchange Server" names beside them, by the account. So the two are counted apart.
Nothing that a log says of a person leaves this module.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

OUTLOOK = "outlook.exe"
PROXY = ".proxy"
"""What follows the name of a proxy's log here, so that nobody takes it for one of the other kind."""

_ACCESS = ("client-name", "client-software", "client-software-version")
_PROXIED = ("AuthenticatedUser", "UserAgent")
_AGENT = re.compile(r"Microsoft Outlook (\d+(?:\.\d+){1,3})")

Row = Mapping[str, str]
Seen = tuple[str, str]
"""Who, and a version as the log has it."""


def summary(folder: Path, minimum: Mapping[str, str]) -> dict[str, Any]:
    """What the logs in *folder* say: files, people by version of Outlook, and how many are below *minimum*.

    *minimum* maps a major version to the lowest build that connects; a major version that it lacks and that is lower
    than all it has is below it too. A person is counted by the lowest version seen. *proxy* is the same of the proxy's
    logs, whose builds may lack the last number and then count as low as they can be.
    """
    proxied = _counted(sorted(folder.glob(f"*.LOG{PROXY}")), _of_proxy, minimum)
    return _counted(sorted(folder.glob("*.LOG")), _of_access, minimum) | {"proxy": proxied}


def _counted(
    files: list[Path], seen: Callable[[Row], Seen | None], minimum: Mapping[str, str]
) -> dict[str, Any]:
    lowest: dict[str, tuple[int, ...]] = {}
    unread = 0
    for person, text in (found for file in files for row in _rows(file) if (found := seen(row))):
        version = _version(text)
        if version is None:
            unread += 1
            continue
        lowest[person] = min(version, lowest.get(person, version))
    counts: dict[str, int] = {}
    for version in sorted(lowest.values()):
        text = ".".join(map(str, version))
        counts[text] = counts.get(text, 0) + 1
    below = sum(_below(version, minimum) for version in lowest.values())
    return {
        "files": len(files),
        "people": len(lowest),
        "versions": counts,
        "below_minimum": below,
        "unread_rows": unread,
    }


def _of_access(row: Row) -> Seen | None:
    """The rows of Outlook; those of services and monitors say nothing of what people use."""
    if all(name in row for name in _ACCESS) and row["client-software"].casefold() == OUTLOOK:
        return row["client-name"].casefold(), row["client-software-version"]
    return None


def _of_proxy(row: Row) -> Seen | None:
    """The rows of Outlook that somebody has signed in for; the first row repeats the header and is nobody's."""
    if not all(name in row for name in _PROXIED):
        return None
    agent = _AGENT.search(row["UserAgent"])
    person = row["AuthenticatedUser"].casefold()
    return (person, agent[1]) if agent and person else None


def _rows(file: Path) -> Iterator[Row]:
    header: list[str] = []
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        for cells in csv.reader(_lines(text)):
            if cells and cells[0].startswith("#"):
                if cells[0].startswith("#Fields:"):
                    header = [cells[0].removeprefix("#Fields:").strip(), *cells[1:]]
                continue
            yield dict(zip(header, cells, strict=False))


def _lines(text: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in text)


def _version(text: str) -> tuple[int, ...] | None:
    parts = text.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else None


def _below(version: tuple[int, ...], minimum: Mapping[str, str]) -> bool:
    lowest = {int(major): _version(build) or () for major, build in minimum.items()}
    if version[0] in lowest:
        return version < lowest[version[0]]
    return bool(lowest) and version[0] < max(lowest)
