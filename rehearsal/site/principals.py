"""Get-SecurityPrincipal: whoever has an identifier in a site's domain, computers among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rehearsal.estate import Estate, accounts
from rehearsal.site import failures, opath
from rehearsal.site.binding import Bound
from rehearsal.site.offer import Offer, offered
from rehearsal.site.result_size import limited
from rehearsal.site.surroundings import Row
from rehearsal.wire import CmdletResult

Names = Callable[[], Iterable[str]]
"""The names of the accounts of people and services that are there now."""


class Principals:
    """The security principals of *estate*'s one site: those of *names*, its groups, and its servers' own accounts."""

    def __init__(self, estate: Estate, names: Names) -> None:
        self._estate = estate
        self._names = names
        self.cmdlets: Offer = {"Get-SecurityPrincipal": offered("Filter ResultSize", self._get)}

    def _get(self, bound: Bound) -> CmdletResult:
        if (text := bound.get("Filter")) is None:
            raise failures.not_modelled("Get-SecurityPrincipal without a filter")
        wanted, site = opath.parse(text), self._estate.site
        computers = [f"{server.name}$" for server in site.servers]
        kinds = {
            "User": self._names(),
            "Group": [each.alias for each in self._estate.groups],
            "Computer": computers,
        }
        every = (self._row(name, kind) for kind, names in kinds.items() for name in names)
        rows = [row for row in every if wanted.passes(row)]
        return limited(rows, bound)

    def _row(self, name: str, kind: str) -> Row:
        site = self._estate.site
        return {
            "Identity": f"{site.domain}/{name}",
            "Name": name,
            "Sid": accounts.sid(self._estate.seed, site.name, name),
            "Type": kind,
            "IsValid": True,
        }
