# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Which versions of Outlook a server's own logs have seen: counted, without names of people.

The files are RPC Client Access logs: comma-separated, with a line that begins with ``#Fields:`` (fact D28 says why the
versions matter). Nothing that a log says of a person leaves this module.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

OUTLOOK = "outlook.exe"
_NAMED = ("client-name", "client-software", "client-software-version")


def summary(folder: Path, minimum: Mapping[str, str]) -> dict[str, Any]:
    """What the logs in *folder* say: files, people by version of Outlook, and how many are below *minimum*.

    *minimum* maps a major version to the lowest build that connects; a major version that it lacks and that is lower
    than all it has is below it too. A person is counted by the lowest version seen.
    """
    files = sorted(folder.glob("*.LOG"))
    lowest: dict[str, tuple[int, ...]] = {}
    unread = 0
    for file in files:
        for row in _rows(file):
            version = _version(row.get("client-software-version", ""))
            if version is None:
                unread += 1
                continue
            person = row["client-name"].casefold()
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


def _rows(file: Path) -> Iterator[Mapping[str, str]]:
    """The rows of Outlook; those of services and monitors say nothing of what people use."""
    header: list[str] = []
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        for cells in csv.reader(_lines(text)):
            if cells and cells[0].startswith("#"):
                if cells[0].startswith("#Fields:"):
                    header = [cells[0].removeprefix("#Fields:").strip(), *cells[1:]]
                continue
            row = dict(zip(header, cells, strict=False))
            if all(name in row for name in _NAMED) and row["client-software"].casefold() == OUTLOOK:
                yield row


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
