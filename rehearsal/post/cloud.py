"""How Exchange Online routes: its mailboxes and mail users, accepted domains, forwarding, and outbound connectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.exchange_online import ExchangeOnline
from rehearsal.exchange_online.tenant import Recipient
from rehearsal.post.steps import Does, Step, bare, fits, not_found
from rehearsal.post.track import Letter
from rehearsal.post.transport_rules import applied

_NO_DOMAIN = "550 5.4.310 DNS domain {domain} does not exist [Message=InfoDomainNonexistent]"
_REFUSED = "450 4.4.316 Connection refused [Message=Socket error code 10061]"


@dataclass(frozen=True)
class Cloud:
    """The transport of *online*: *own* are its mailboxes, *known* its mail users, beside those of the estate."""

    online: ExchangeOnline
    own: Sequence[str]
    known: Sequence[str]

    def step(self, address: str, letter: Letter) -> Step:
        """What is done with *letter* to *address* now."""
        rules = self.online.configuration.kind("TransportRule").rows()
        return applied(rules, letter, address) or self._step(address)

    def _step(self, address: str) -> Step:
        if address in self.own:
            return Step(Does.DELIVERS, address)
        if address in self.known:
            return self._onward(address)
        found = self._recipient(address)
        if found is not None:
            return self._to(found, address)
        domain = address.rpartition("@")[2]
        rows = self.online.configuration.kind("AcceptedDomain").rows()
        types = {str(row["DomainName"]).lower(): row["DomainType"] for row in rows}
        if types.get(domain) == "Authoritative":
            return not_found(address)
        return self._onward(address)

    def _recipient(self, address: str) -> Recipient | None:
        """Who has the address; nobody where the directory dropped it of them."""
        tenant = self.online.tenant
        found = tenant.recipient_by_address(address)
        lost = tenant.values.lost.get(found.guid, set()) if found else set()
        return None if f"smtp:{address}" in lost else found

    def _to(self, found: Recipient, address: str) -> Step:
        tenant = self.online.tenant
        row = self.online.recipients.row(found)
        if tenant.standing(found).since is None:
            return self._onward(bare(row["ExternalEmailAddress"]))
        to = bare(row.get("ForwardingSmtpAddress"))
        if row.get("ForwardingAddress"):
            named = tenant.named(str(row["ForwardingAddress"]))
            to = named[0].mailbox.address.lower() if len(named) == 1 else to
        if to and not row.get("DeliverToMailboxAndForward"):
            return Step(Does.REDIRECTS, to)
        return Step(Does.DELIVERS, address)

    def _onward(self, address: str) -> Step:
        """By which outbound connector a message leaves, or by whom the domain's MX record names."""
        domain = address.rpartition("@")[2]
        estate = self.online.tenant.estate
        connectors = [
            row for row in self.online.configuration.kind("OutboundConnector").rows() if row["Enabled"]
        ]
        ranked = [
            (max((fits(each, domain) for each in _texts(row["RecipientDomains"])), default=0), row)
            for row in connectors
        ]
        rank, row = max(ranked, key=lambda each: each[0], default=(0, {}))
        if not rank:
            if domain == estate.tenant.mail_domain:
                return Step(Does.FAILS, address, said=_NO_DOMAIN.format(domain=domain))
            return Step(Does.LEAVES, address)
        hosts = {site.endpoint_host for site in estate.sites}
        if row["UseMXRecord"] or hosts & set(_texts(row["SmartHosts"])):
            return Step(Does.CROSSES, address)
        return Step(Does.WAITS, address, said=_REFUSED)


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
