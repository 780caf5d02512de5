"""Who in the cloud sees when whom is free: the availability service of Exchange Online, by the state of both sides.

It asks for mailboxes at the sites as Microsoft's pages on free/busy in hybrid say: the relationship with their domain
must ask for free/busy and name where Autodiscover and the web services answer, and the intra-organisation connector be
on for a token to be taken. That nothing falls back from it to the federation trust is the strict reading (fact D21).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rehearsal.environments import Tenant
from rehearsal.exchange_online import ExchangeOnline
from rehearsal.exchange_online.tenant import Recipient
from rehearsal.post import hidden
from rehearsal.post.hidden import Hidden
from rehearsal.site import Site

_NAMESPACE = "FYDIBOHF25SPDLT."
"""What every federated organisation's name begins with (fact D12)."""
_PLACES = ("TargetAutodiscoverEpr", "TargetSharingEpr")


@dataclass(frozen=True)
class Calendars:
    """*own* are mailboxes of the cloud, *home* those of the sites, beside the estate's; the cloud knows *known*."""

    online: ExchangeOnline
    sites: Mapping[str, Site]
    tenant: Tenant
    own: Sequence[str]
    home: Sequence[str]
    known: Sequence[str]

    def hidden(self, address: str) -> Hidden | None:
        """Why a mailbox of the cloud does not see when *address* is free; None where it does."""
        wanted = address.lower()
        if wanted in self.own:
            return None
        if wanted in self.known:
            return self._across(wanted)
        found = self._recipient(wanted)
        if found is None:
            return hidden.unknown(address)
        if self.online.tenant.standing(found).since is None:
            return self._across(wanted)
        roles = self.online.tenant.access.of(found.guid).folders.get("calendar", {})
        return hidden.no_access() if roles.get("Default") == "None" else None

    # --- what a site meets, see `rehearsal.site.halves.Far`

    @property
    def serves_ews(self) -> bool:
        """Whether the tenant's web services are open."""
        (config,) = self.online.configuration.kind("OrganizationConfig").rows()
        return config["EwsEnabled"] is not False

    def owns(self, address: str) -> bool:
        """Whether the sites have a mailbox of this address beside the estate's."""
        return address.lower() in self.home

    def knows(self, address: str) -> bool:
        """Whether the tenant knows whose address this is."""
        return address.lower() in self.known or self._recipient(address.lower()) is not None

    def relationships(self, domain: str) -> list[dict[str, object]]:
        """Those that are on with the organisation of *domain*: of another the tenant says nothing."""
        rows = self.online.configuration.kind("OrganizationRelationship").rows()
        return [dict(row) for row in rows if row["Enabled"] and domain in _texts(row["DomainNames"])]

    # --- across

    def _recipient(self, address: str) -> Recipient | None:
        tenant = self.online.tenant
        found = tenant.recipient_by_address(address)
        lost = tenant.values.lost.get(found.guid, set()) if found else set()
        return None if f"smtp:{address}" in lost else found

    def _across(self, address: str) -> Hidden | None:
        """The way to the site: first what the tenant says of it, then what it says itself."""
        domain = address.rpartition("@")[2]
        related = [row for row in self.relationships(domain) if row["FreeBusyAccessEnabled"]]
        if not related:
            return hidden.unknown(address)
        places = [str(related[0][name]) for name in _PLACES if related[0][name]]
        if str(related[0]["TargetApplicationUri"]) != f"{_NAMESPACE}{domain}" or not places:
            return hidden.unusable(related[0]["Name"])
        ways = [
            row
            for row in self.online.configuration.kind("IntraOrganizationConnector").rows()
            if row["Enabled"] and domain in _texts(row["TargetAddressDomains"])
        ]
        hosts = {site.endpoint_host: site.name for site in self.online.tenant.estate.sites}
        said = [*places, *(str(row["DiscoveryEndpoint"]) for row in ways)]
        for host in (urlsplit(each).hostname or "" for each in said):
            if host not in hosts:
                return hidden.nowhere(address, host)
        if not ways:
            return hidden.unauthorised()
        return self.sites[hosts[urlsplit(said[-1]).hostname or ""]].halves.hides(address)


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
