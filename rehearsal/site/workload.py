"""Workload management on premises, as far as overrides change how many moves it lets through at a time (fact C5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.site.builds import numbers

COMPONENT = "WorkloadManagement"
SECTIONS = ("CiAgeOfLastNotification", "DiskLatency", "MdbAvailability", "MdbDiskLatency", "MdbReplication")
"""The resources that each hold moves up by themselves; the support text raises all of them together."""
USUAL, MOST = 10, 100
"""What each lets through where nothing overrides it, and what the support text says never to exceed."""


def moves(overrides: Iterable[Mapping[str, Any]], displayed: str, server: str) -> int | None:
    """How many moves at a time *server* lets through; *displayed* is its build as Exchange shows it.

    None where no override says anything. The lowest section decides, so one that is forgotten leaves the usual ten; a
    value above `MOST` counts as `MOST`: what Exchange makes of more is not known.
    """
    said: dict[str, int] = {}
    for row in overrides:
        if row["ComponentName"] == COMPONENT and _meant(row, displayed, server):
            value = _concurrency(row["Parameters"])
            if value is not None:
                said[str(row["SectionName"])] = min(value, MOST)
    if not said:
        return None
    return min(said.get(section, USUAL) for section in SECTIONS)


def _concurrency(parameters: Iterable[str]) -> int | None:
    for text in parameters:
        name, _, value = text.partition("=")
        if name.strip().casefold() == "maxconcurrency" and value.strip().isdigit():
            return int(value)
    return None


def _meant(row: Mapping[str, Any], displayed: str, server: str) -> bool:
    """Whether an override is for *server*: by its name, and by the builds between which it holds."""
    build = displayed.removeprefix("Version ").replace(" (Build ", ".").removesuffix(")")
    lowest, highest = row["MinVersion"], row["MaxVersion"]
    if lowest and numbers(str(lowest)) > numbers(build):
        return False
    if highest and numbers(str(highest)) < numbers(build):
        return False
    names = [str(name).casefold() for name in row["Server"] or ()]
    return not names or server.casefold() in names
