"""What the tenant holds: recipients, domains, connectors, endpoints, batches, users and moves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.estate import MAIL_DOMAIN, ROUTING_DOMAIN, TENANT_DOMAIN, Estate, Mailbox
from rehearsal.exchange_online.errors import Ambiguous, NotFound
from rehearsal.exchange_online.moves import Batch, User
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.slots import SlotPool
from rehearsal.exchange_online.values import Row

TENANT_CONCURRENCY = 300
"""Concurrent migrations for each type of endpoint (fact B4)."""
MAXIMUM_BATCHES = 100
"""Batches that a tenant may have (fact B5)."""
HYBRID_SET_UP = timedelta(days=90)
"""How long before the start the Hybrid Configuration Wizard was run."""


class Directory(Protocol):
    """The source mailboxes of one site."""

    def mailboxes(self) -> list[Mailbox]:
        """Return the mailboxes still live at the source."""
        ...

    def convert_to_remote(self, exchange_guid: str) -> None:
        """Turn the source mailbox into a remote mailbox."""
        ...


@dataclass
class Recipient:
    """One person or team in the cloud's directory: a mail user until its mailbox has *moved*."""

    mailbox: Mailbox
    guid: str
    directory_id: str
    moved: datetime | None = None

    @property
    def routing_address(self) -> str:
        """The address in the tenant's routing domain (fact D24)."""
        return f"{self.mailbox.alias}@{ROUTING_DOMAIN}"

    @property
    def addresses(self) -> tuple[str, str]:
        """Every SMTP address, the primary first."""
        return (self.mailbox.address, self.routing_address)


@dataclass
class Endpoint:
    """A migration endpoint for remote moves, with its two pools of slots (facts B3, B6)."""

    name: str
    guid: str
    remote_server: str
    migrations: int
    increments: int
    modified: datetime
    initial: SlotPool = field(init=False)
    incremental: SlotPool = field(init=False)

    def __post_init__(self) -> None:
        self.initial = SlotPool(lambda: self.migrations)
        self.incremental = SlotPool(lambda: self.increments)


class Tenant:
    """The whole state of the tenant, as the Hybrid Configuration Wizard and the directory sync left it."""

    def __init__(self, estate: Estate, clock: VirtualClock, options: Options) -> None:
        self.options = options
        self.estate = estate
        self.clock = clock
        self.seed = estate.seed
        self.set_up = clock.now - HYBRID_SET_UP
        self.source_server = estate.site.endpoint_host
        self.recipients = [self._recipient(mailbox) for mailbox in estate.mailboxes]
        self.domains = {name: self._domain(name) for name in (MAIL_DOMAIN, TENANT_DOMAIN, ROUTING_DOMAIN)}
        self.connectors: dict[str, Row] = {}
        self.endpoints = {estate.site.name.lower(): self.new_endpoint(estate.site.name, self.source_server)}
        self.batches: dict[str, Batch] = {}
        self.names_taken: set[str] = set()
        """Names of batches that were removed some seconds ago (fact A30)."""
        self.users: dict[str, User] = {}
        self.moved_requests: dict[str, User] = {}
        """Move requests that outlive the removal of their user (facts B22, B23), by mailbox."""
        self._index = self._make_index()
        self._made = 0

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now

    def new_guid(self, kind: str) -> str:
        """Return a GUID for something made now."""
        self._made += 1
        return draws.guid(self.seed, self.estate.tenant_id, kind, self._made)

    def recipient(self, identity: str, *, status: int = 404) -> Recipient:
        """Return the one recipient of this identity.

        :raises NotFound: if there is none.
        :raises Ambiguous: if there are several.
        """
        found = self._index.get(identity.lower().strip("{}"), [])
        if not found:
            raise NotFound(identity, status=status)
        if len(found) > 1:
            raise Ambiguous(identity)
        return found[0]

    def recipient_by_address(self, address: str) -> Recipient | None:
        """Return the recipient that has this SMTP address."""
        found = self._index.get(address.lower(), [])
        return found[0] if found and address.lower() in found[0].addresses else None

    def visible_users(self) -> Iterator[User]:
        """Return the users that the service has made from the lists, oldest batch first."""
        return (user for batch in self.batches.values() for user in batch.users if user.visible)

    def batch(self, identity: object) -> Batch:
        """Return the batch of this name or GUID.

        :raises NotFound: if there is none.
        """
        wanted = str(identity).lower()
        for batch in self.batches.values():
            if wanted in (batch.name.lower(), batch.guid):
                return batch
        raise NotFound(identity)

    def find_user(self, identity: object) -> User | None:
        """Return the user of this address or GUID, None if there is none."""
        wanted = str(identity).lower()
        user = self.users.get(wanted)
        if user is None:
            user = next(
                (each for each in self.users.values() if wanted in (each.guid, mailbox_guid(each))), None
            )
        return user if user and user.visible else None

    def user(self, identity: object) -> User:
        """Return the user of this address or GUID.

        :raises NotFound: if there is none.
        """
        user = self.find_user(identity)
        if user is None:
            raise NotFound(identity)
        return user

    def endpoint(self, identity: object) -> Endpoint:
        """Return the endpoint of this name or GUID.

        :raises NotFound: if there is none.
        """
        wanted = str(identity).lower()
        for endpoint in self.endpoints.values():
            if wanted in (endpoint.name.lower(), endpoint.guid):
                return endpoint
        raise NotFound(identity)

    def new_endpoint(self, name: str, remote_server: str) -> Endpoint:
        """Return an endpoint with the slots that it has at first (fact B2)."""
        guid = draws.guid(self.seed, name, "migration-endpoint")
        migrations, increments = self.options.endpoint_slots
        endpoint = Endpoint(name, guid, remote_server, migrations, increments, self.set_up)
        if not self.options.slots_are_limits:
            endpoint.initial = SlotPool(lambda: sys.maxsize)
        if not self.options.two_pools:
            endpoint.incremental = endpoint.initial
        return endpoint

    def _recipient(self, mailbox: Mailbox) -> Recipient:
        key = mailbox.exchange_guid
        return Recipient(
            mailbox,
            draws.guid(self.seed, key, "recipient"),
            draws.guid(self.seed, key, "directory-id"),
        )

    def _make_index(self) -> dict[str, list[Recipient]]:
        index: dict[str, list[Recipient]] = {}
        for each in self.recipients:
            mailbox = each.mailbox
            names = [mailbox.exchange_guid, each.guid, each.directory_id, mailbox.alias, mailbox.display_name]
            for name in sorted({name.lower() for name in (*names, mailbox.legacy_dn, *each.addresses)}):
                index.setdefault(name, []).append(each)
        return index

    def _domain(self, name: str) -> Row:
        return {
            "Identity": name,
            "Name": name,
            "DomainName": name,
            "Guid": draws.guid(self.seed, name, "accepted-domain"),
            "DomainType": "Authoritative",
            "Default": name == MAIL_DOMAIN,
            "InitialDomain": name == TENANT_DOMAIN,
            "IsCoexistenceDomain": name == ROUTING_DOMAIN,
            "MatchSubDomains": False,
            "OutboundOnly": False,
            "SendingFromDomainDisabled": False,
            "SendingToDomainDisabled": False,
            "CanHaveCloudCache": False,
            "EnableNego2Authentication": False,
            "MailFlowRegion": "",
            "WhenCreated": self.set_up,
            "WhenChanged": self.set_up,
        }


def mailbox_guid(user: User) -> str | None:
    """Return the ExchangeGuid of a user's mailbox, None if nobody has its address."""
    return user.mailbox.exchange_guid if user.mailbox else None
