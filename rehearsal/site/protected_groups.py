"""The groups whose members Active Directory protects, as Get-Group shows them, with servers in one of them."""

from __future__ import annotations

from rehearsal import draws
from rehearsal.site import failures
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
    """The protected groups; *servers* are those whose computer accounts are in one, and change as they are changed."""

    def __init__(self, around: Surroundings, servers: set[str]) -> None:
        self._around = around
        self._servers = servers
        self.cmdlets: Offer = {"Get-Group": offered("Identity ResultSize", self._get)}

    def _get(self, bound: Bound) -> CmdletResult:
        identity = bound.get("Identity")
        if identity is None:
            raise failures.not_modelled("Get-Group without an identity")
        names = [name for name in PROTECTED if name.casefold() == identity.casefold()]
        if not names:
            raise failures.not_found(identity, self._around.controller(bound))
        return CmdletResult(rows=[self._row(name, bound) for name in names])

    def _row(self, name: str, bound: Bound) -> Row:
        domain = self._around.site_of(self._around.server(bound.server, "")).domain
        members = sorted(self._servers) if name == HOLDS_SERVERS else []
        return {
            "Identity": f"{domain}/Users/{name}",
            "Name": name,
            "Guid": draws.guid(self._around.seed, name, "group-guid"),
            "GroupType": "Global, SecurityEnabled",
            "RecipientTypeDetails": "NonUniversalGroup",
            "Members": [f"{domain}/Computers/{server}" for server in members],
            "IsValid": True,
            "OriginatingServer": self._around.controller(bound),
        }
