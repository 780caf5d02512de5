"""Exchange's builds (fact D16): which version of Exchange a build is, and which Windows and .NET it stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rehearsal.estate import Server

_DISPLAYED = re.compile(r"Version (\d+)\.(\d+) \(Build (\d+)\.(\d+)\)")


@dataclass(frozen=True)
class Release:
    """One cumulative update. *version* is as cmdlet metadata names it; *windows* and *net* (Release value) carry it."""

    build: str
    version: str
    name: str
    windows: str
    net: int


_WINDOWS_2016, _WINDOWS_2019, _WINDOWS_2022, _WINDOWS_2025 = (
    "10.0.14393",
    "10.0.17763",
    "10.0.20348",
    "10.0.26100",
)
_NET_48, _NET_481 = 528_049, 533_325

RELEASES = (
    Release("15.1.2507.6", "2016", "Exchange Server 2016 CU23", _WINDOWS_2016, _NET_48),
    Release("15.2.1258.12", "2019", "Exchange Server 2019 CU13", _WINDOWS_2019, _NET_48),
    Release("15.2.1544.4", "2019", "Exchange Server 2019 CU14", _WINDOWS_2022, _NET_48),
    Release("15.2.1748.10", "2019", "Exchange Server 2019 CU15", _WINDOWS_2022, _NET_481),
    Release("15.2.2562.17", "SE", "Exchange Server SE RTM", _WINDOWS_2025, _NET_481),
)
"""In the order of their numbers, which is that of their age."""


def build_of(server: Server) -> str:
    """The build of *server* as four numbers with points; ValueError for a version of another form."""
    match = _DISPLAYED.fullmatch(server.version)
    if match is None:
        raise ValueError(f"{server.version!r} is no version such as 'Version 15.2 (Build 1748.10)'")
    return ".".join(match.groups())


def displayed(build: str) -> str:
    """*build* as Exchange's AdminDisplayVersion shows it."""
    major, minor, number, revision = build.split(".")
    return f"Version {major}.{minor} (Build {number}.{revision})"


def release_of(build: str) -> Release:
    """The cumulative update that *build* is, or stands on where a security update was installed over it."""
    wanted = numbers(build)
    older = [each for each in RELEASES if numbers(each.build) <= wanted]
    return older[-1] if older else RELEASES[0]


def numbers(build: str) -> tuple[int, ...]:
    """The numbers of *build*, by which builds are compared."""
    return tuple(int(part) for part in build.split("."))
