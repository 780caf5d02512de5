"""The groups whose members Active Directory protects, as Get-Group shows them, with servers in one of them."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal import draws
from rehearsal.estate import Group, accounts
from rehearsal.site import failures, opath
from rehearsal.site.binding import Bound
from rehearsal.site.offer import Offer, offered
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

PROTECTED = (
    *("Account Operators", "Administrators", "Backup Operators", "Domain Admins", "Domain Controllers"),
    *("Enterprise Admins", "Print Operators", "Read-only Domain Controllers", "Replicator", "Schema Admins"),
    "Server Operators",
)
"""Microsoft's "Appendix C: Protected Accounts and Groups in Active Directory", without single accounts."""
HOLDS_SERVERS = "Backup Operators"
"""The one of them that holds a server's computer account where one is protected."""


class ProtectedGroups:
    """The protected groups; *servers* are those whose computer accounts are in one, and change as they are changed.

    *people* are the groups of people, which a filter finds too.
    """

    def __init__(self, around: Surroundings, servers: set[str], people: Sequence[Group]) -> None:
        self._around = around
        self._people = people
        self._servers = servers
        self.cmdlets: Offer = {"Get-Group": offered("Filter Identity ResultSize", self._get)}

    def _get(self, bound: Bound) -> CmdletResult:
        identity = bound.get("Identity")
        if (text := bound.get("Filter")) is not None:
            wanted = opath.parse(text)
            every = (self._row(name, bound) for name in (*PROTECTED, *self._groups(bound)))
            return CmdletResult(rows=[row for row in every if wanted.passes(row)])
        if identity is None:
            raise failures.not_modelled("Get-Group without an identity")
        names = [name for name in PROTECTED if name.casefold() == identity.casefold()]
        if not names:
            raise failures.not_found(identity, self._around.controller(bound))
        return CmdletResult(rows=[self._row(name, bound) for name in names])

    def _groups(self, bound: Bound) -> tuple[str, ...]:
        """The groups of people in the domain of the server that is asked."""
        site = self._around.site_of(self._around.server(bound.server, ""))
        return tuple(each.alias for each in self._people if each.site == site.name)

    def _row(self, name: str, bound: Bound) -> Row:
        site = self._around.site_of(self._around.server(bound.server, ""))
        domain = site.domain
        members = sorted(self._servers) if name == HOLDS_SERVERS else []
        return {
            "Identity": f"{domain}/Users/{name}",
            "Name": name,
            "Guid": draws.guid(self._around.seed, name, "group-guid"),
            "Sid": accounts.sid(self._around.seed, site.name, name),
            "SidHistory": [],
            "GroupType": "Global, SecurityEnabled",
            "RecipientTypeDetails": "NonUniversalGroup",
            "Members": [f"{domain}/Computers/{server}" for server in members],
            "IsValid": True,
            "OriginatingServer": self._around.controller(bound),
        }
