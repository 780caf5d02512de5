# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Which versions of Exchange may answer a site's remote PowerShell, and what they offer.

The server that answers may hand a session on to another one (fact D8), but the cmdlets are those of the server that
was asked for by name; where a site is asked for by a shared name, any of the organisation's servers may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import NotInVersion

from exchange_admin.cmdlets import releases
from exchange_admin.port import ExchangeAdmin, Row

RELEASES = frozenset({"2016", "2019", "SE"})
SE_FROM = 2562
"""The build number with which Exchange Server SE begins; 2019 has smaller ones of the same 15.2 (fact D16)."""
_BUILD = re.compile(r"Version 15\.(\d+) \(Build (\d+)\.\d+\)")


def release(displayed: str) -> str | None:
    """2016, 2019 or SE for an AdminDisplayVersion, None for any other (fact D16)."""
    match = _BUILD.fullmatch(displayed)
    if match is None:
        return None
    minor, build = (int(part) for part in match.groups())
    return {1: "2016", 2: "SE" if build >= SE_FROM else "2019"}.get(minor)


@dataclass(frozen=True)
class Offer:
    """What every one of the releases offers that may answer; *here* finds out which they are, when it first matters."""

    here: Callable[[], frozenset[str]] = lambda: RELEASES

    def knows(self, cmdlet: str, parameter: str) -> bool:
        """Whether some version on premises has *parameter* of *cmdlet*: a question of its kind, not of its version."""
        return bool(releases(cmdlet, parameter))

    def require(self, cmdlet: str, parameters: Mapping[str, object]) -> None:
        """Refuse a cmdlet or a parameter that one of the releases lacks.

        Raises:
            NotInVersion: one of them does.
        """
        for parameter in ("", *parameters):
            offered = releases(cmdlet, parameter)
            if offered >= RELEASES:
                continue
            if lacking := self.here() - offered:
                raise NotInVersion(cmdlet=cmdlet, parameter=parameter, versions=sorted(lacking))


def servers(admin: ExchangeAdmin) -> list[Row]:
    """Every Exchange server of the organisation."""
    return admin.invoke("Get-ExchangeServer").rows


def answering(rows: Iterable[Row], host: str) -> frozenset[str]:
    """The releases of the servers that *host* may be: of that server, or of all where it is no server's name."""
    by_name = {str(row["Fqdn"]).casefold(): release(str(row["AdminDisplayVersion"])) for row in rows}
    mine = by_name.get(host.casefold())
    return frozenset({mine} if mine else {each for each in by_name.values() if each})


def another(rows: Iterable[Row], host: str, wanted: frozenset[str]) -> str | None:
    """The full name of a server beside *host*, in its site, of one of the releases *wanted*; None if there is none."""
    rows = list(rows)
    sites = {str(row["Site"]) for row in rows if str(row["Fqdn"]).casefold() == host.casefold()}
    fitting = [
        str(row["Fqdn"])
        for row in rows
        if str(row["Site"]) in sites and release(str(row["AdminDisplayVersion"])) in wanted
    ]
    return min(fitting, default=None)
