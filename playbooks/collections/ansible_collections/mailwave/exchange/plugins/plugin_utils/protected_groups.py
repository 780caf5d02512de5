# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Groups whose members Active Directory protects: a server's computer account in one refuses moves (B.10 error 20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CHECK = "server-in-protected-group"


def protected_checks(
    readings: Mapping[str, Mapping[str, Any]], servers: Iterable[str]
) -> list[dict[str, Any]]:
    """A check for each group: that none of *servers* is a member of it; *readings* are by the group's name.

    A member shows as a name, or as a place such as ``contoso.example/Computers/EX01``; nested groups are not followed.
    """
    names = {name.casefold() for name in servers}
    checks = []
    for group, reading in readings.items():
        if "error" in reading:
            checks.append({"id": CHECK, "subject": group, "unknown": reading["error"]})
            continue
        members = {_bare(each) for row in reading["rows"] for each in row.get("Members") or ()}
        found = sorted(members & names)
        checks.append({"id": CHECK, "subject": group, "holds": not found, "found": found, "expected": []})
    return checks


def _bare(member: object) -> str:
    return str(member).rpartition("/")[2].removesuffix("$").casefold()
