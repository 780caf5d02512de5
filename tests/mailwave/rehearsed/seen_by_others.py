"""What others' clients, unmodified, see that is wrong with moved mailboxes: pypsrp at sites, msgraph-sdk in the tenant.

Between them they see eight kinds of damage. All others are in Exchange Online alone, which neither of them reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.exchange_online.tenant import Recipient
from tests.mailwave.rehearsed.others import Sites, at_sites, in_directory
from tests.mailwave.rehearsed.services import Services

SELF = "NT AUTHORITY\\SELF"


@dataclass(frozen=True)
class Shown:
    """A mailbox, or what it has become, as its site shows it: addresses in lower case, and who sends as it."""

    addresses: frozenset[str]
    hidden: bool
    senders: frozenset[str]


@dataclass(frozen=True)
class AtHome:
    """What the sites show: *live* mailboxes and *remote* ones by ExchangeGuid, with their routing, and *accounts*.

    *accounts* are the names of those who have a live mailbox.
    """

    live: Mapping[str, Shown]
    remote: Mapping[str, Shown]
    routing: Mapping[str, str]
    accounts: frozenset[str]

    def of(self, guid: str) -> Shown | None:
        """The mailbox, or the remote one."""
        return self.live.get(guid) or self.remote.get(guid)


def at_home(services: Services) -> AtHome:
    """Read every mailbox of all sites by pypsrp."""
    live: dict[str, Shown] = {}
    remote: dict[str, Shown] = {}
    routing: dict[str, str] = {}
    accounts: set[str] = set()
    with at_sites(services) as sites:
        for name in services.sites:
            for row in sites.at(name, "Get-Mailbox", ResultSize="Unlimited"):
                live[str(row["ExchangeGuid"])] = _shown(sites, name, row)
                accounts.add(str(row["SamAccountName"]).lower())
            for row in sites.at(name, "Get-RemoteMailbox", ResultSize="Unlimited"):
                remote[str(row["ExchangeGuid"])] = _shown(sites, name, row)
                routing[str(row["ExchangeGuid"])] = str(row["RemoteRoutingAddress"])
    return AtHome(live, remote, routing, frozenset(accounts))


def _shown(sites: Sites, site: str, row: Mapping[str, Any]) -> Shown:
    entries = sites.at(site, "Get-ADPermission", Identity=str(row["ExchangeGuid"]))
    senders = (
        str(each["User"]).rpartition("\\")[2].lower()
        for each in entries
        if "Send-As" in map(str, each["ExtendedRights"] or ())
        and str(each["User"]) != SELF
        and not (each["IsInherited"] or each["Deny"])
    )
    addresses = frozenset(str(each).lower() for each in row["EmailAddresses"])
    return Shown(addresses, bool(row["HiddenFromAddressListsEnabled"]), frozenset(senders))


def seen_by_others(services: Services, before: AtHome, also: Iterable[str]) -> dict[str, set[str]]:
    """What is wrong now with whoever has moved, and with those of *also*, by its kind: ExchangeGuids.

    *before* is what the sites showed before anybody moved.
    """
    tenant = services.online.tenant
    moved: dict[str, Recipient] = {
        each.mailbox.exchange_guid: each for each in tenant.recipients if each.moved
    }
    moved |= {guid: tenant.recipient(guid) for guid in also}
    now = at_home(services)
    shown = {guid: each for guid in moved if (each := now.of(guid)) is not None}
    domain = services.estate.tenant.routing_domain
    people = {
        each.directory_id: guid
        for guid, each in moved.items()
        if each.mailbox.recipient_type == "UserMailbox"
    }
    users = {people[key]: each for key, each in in_directory(services, people).items()}
    return {
        "two-primaries": now.live.keys() & moved.keys(),
        "no-remote-mailbox": moved.keys() - now.live.keys() - now.remote.keys(),
        "routing-wrong": {
            guid for guid, address in now.routing.items() if not address.endswith(f"@{domain}")
        },
        "address-lost": {
            guid for guid, each in shown.items() if before.live[guid].addresses - each.addresses
        },
        "hidden-changed": {guid for guid, each in shown.items() if before.live[guid].hidden != each.hidden},
        "send-as-lost-at-site": {
            guid for guid, each in shown.items() if (before.live[guid].senders - each.senders) & now.accounts
        },
        "licence-missing": {guid for guid, each in users.items() if not (each.licensed or each.errors)},
        "licence-refused": {guid for guid, each in users.items() if each.errors},
    }
