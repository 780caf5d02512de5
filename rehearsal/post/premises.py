"""How the sites' transport routes: mailboxes, remote mailboxes and their routing address, accepted domains, connectors.

Everything is read by the cmdlets that an administrator would use, at the moment at which a message passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehearsal.environments import Tenant
from rehearsal.post.steps import Does, Step, bare, fits, not_found
from rehearsal.post.track import Letter
from rehearsal.site import Site
from rehearsal.wire import CmdletCall

_DENIED = "550 5.7.1 Relaying denied"
_NO_CONNECTOR = "550 5.4.4 ROUTING.NoConnectorForAddressType; unable to route for address type"
_TRANSPORT = "transport"


@dataclass(frozen=True)
class Premises:
    """The transport of *sites*, one Exchange organisation, whose mailboxes beside the estate's are *own*."""

    sites: Mapping[str, Site]
    tenant: Tenant
    own: Sequence[str]

    def step(self, address: str, _letter: Letter) -> Step:
        """What is done with *address* now."""
        if address in self.own:
            return Step(Does.DELIVERS, address, self._first())
        for site in self.sites.values():
            found = self._at(site, address)
            if found is not None:
                return found
        site = next(iter(self.sites.values()))
        domain = address.rpartition("@")[2]
        accepted = {str(row["DomainName"]).lower(): row for row in _rows(site, "Get-AcceptedDomain")}
        if domain in accepted and accepted[domain]["DomainType"] == "Authoritative":
            return not_found(address)
        return self._onward(site, address)

    def _first(self) -> str:
        return next(iter(self.sites.values())).organisation.around.servers[0].name

    def _at(self, site: Site, address: str) -> Step | None:
        """What *site* does with a recipient of its own, None where it has no such."""
        here = [each for each in site.directory.find(address) if each.address.lower() == address]
        for mailbox in here:
            (row,) = _rows(site, "Get-Mailbox", Identity=mailbox.exchange_guid)
            to = bare(row.get("ForwardingSmtpAddress"))
            if to and not row.get("DeliverToMailboxAndForward"):
                return Step(Does.REDIRECTS, to, mailbox.server)
            return Step(Does.DELIVERS, address, mailbox.server)
        for mailbox, _ in site.directory.find_remote(address):
            if mailbox.address.lower() == address:
                (row,) = _rows(site, "Get-RemoteMailbox", Identity=mailbox.exchange_guid)
                to = bare(row.get("RemoteRoutingAddress"))
                return self._onward(site, to) if to else not_found(address)
        return None

    def _onward(self, site: Site, address: str) -> Step:
        """By which send connector a message leaves: the closest address space of those enabled, then the cheapest."""
        domain = address.rpartition("@")[2]
        best: tuple[int, int] = (0, 0)
        chosen: Mapping[str, object] | None = None
        for row in _rows(site, "Get-SendConnector"):
            if not row["Enabled"]:
                continue
            for space in _listed(row["AddressSpaces"]):
                cost = int(space.partition(";")[2] or 1)
                if (rank := (fits(space, domain), -cost)) > best and rank[0]:
                    best, chosen = rank, row
        if chosen is None:
            return Step(Does.FAILS, address, said=_NO_CONNECTOR)
        place = str(chosen["Name"])
        ours = domain in (self.tenant.routing_domain, self.tenant.domain)
        if chosen["DNSRoutingEnabled"] and ours:
            return Step(Does.CROSSES, address, place)
        if chosen["DNSRoutingEnabled"]:
            return Step(Does.LEAVES, address, place)
        return Step(Does.FAILS, address, place, _DENIED) if ours else Step(Does.LEAVES, address, place)


def _rows(site: Site, cmdlet: str, **parameters: object) -> list[dict[str, object]]:
    return site.invoke(CmdletCall(_TRANSPORT, cmdlet, parameters)).rows


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
