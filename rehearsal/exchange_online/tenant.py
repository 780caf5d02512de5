"""What the tenant holds: recipients, domains, connectors, endpoints, batches, users and moves."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.estate import Estate, Mailbox
from rehearsal.exchange_online import licences
from rehearsal.exchange_online.access import AccessLists, Trustees
from rehearsal.exchange_online.errors import Ambiguous, NotFound
from rehearsal.exchange_online.licences import Held, Standing
from rehearsal.exchange_online.mailbox_values import MailboxValues
from rehearsal.exchange_online.moves import Batch, Move, User
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.slots import SlotPool
from rehearsal.exchange_online.values import Row

TENANT_CONCURRENCY = 300
"""Concurrent migrations for each type of endpoint (fact B4)."""
HYBRID_SET_UP = timedelta(days=90)
"""How long before the start the Hybrid Configuration Wizard was run."""


class MailUsers(Protocol):
    """The tenant's directory, as far as Exchange Online asks it."""

    def knows(self, exchange_guid: str) -> bool:
        """Tell whether a user with this ExchangeGuid is there."""
        ...

    def own_mailbox(self, key: str) -> datetime | None:
        """Tell when a licence made the user *key* a mailbox in the cloud, None if none did (fact D25)."""
        ...

    def licensed(self, key: str) -> Sequence[Held]:
        """Tell when the user *key* had a licence with Exchange, oldest first (fact B51)."""
        ...


@dataclass
class Recipient:
    """One person or team in the cloud's directory: a mail user while *moved* is None, else a mailbox.

    *moved_back*: when it last became a mail user again.
    """

    mailbox: Mailbox
    guid: str
    directory_id: str
    moved: datetime | None = None
    moved_back: datetime | None = None

    @property
    def routing_address(self) -> str:
        """The address in the tenant's routing domain (fact D24)."""
        return self.mailbox.routing_address

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

    def __init__(
        self, estate: Estate, clock: VirtualClock, options: Options, mail_users: MailUsers | None = None
    ) -> None:
        self.options = options
        self._mail_users = mail_users
        self.estate = estate
        self.clock = clock
        self.seed = estate.seed
        self.set_up = clock.now - HYBRID_SET_UP
        self.source_servers = frozenset(site.endpoint_host for site in estate.sites)
        self._every = [self._recipient(mailbox) for mailbox in estate.mailboxes]
        own = estate.tenant
        self.domains = (own.mail_domain, own.domain, own.routing_domain)
        """The accepted domains: they come and go with the tenant's directory only."""
        self.access = AccessLists()
        self.values = MailboxValues(options)
        self.trustees = Trustees(estate.mailboxes, estate.groups, estate.seed)
        self.by_hand: list[Row] = []
        """Recipients of another mail system that somebody made in the tenant, as Get-Recipient shows them."""
        self.endpoints = {
            site.name.lower(): self.new_endpoint(site.name, site.endpoint_host) for site in estate.sites
        }
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

    @property
    def recipients(self) -> list[Recipient]:
        """Everybody whom the directory has, mail users and mailboxes."""
        return self._there(self._every)

    def _there(self, found: Iterable[Recipient]) -> list[Recipient]:
        """Those of *found* who are in the directory: a mail user is there once it was synchronised (fact D24)."""
        known = self._mail_users
        return [
            each
            for each in found
            if known is None
            or each.moved
            or known.knows(each.mailbox.exchange_guid)
            or self.own_mailbox(each)
        ]

    def own_mailbox(self, recipient: Recipient) -> datetime | None:
        """Return when a licence that came too early made a second mailbox here (fact D25), None if none did."""
        if self._mail_users is None or recipient.moved or not self.options.early_licence_makes_mailbox:
            return None
        return self._mail_users.own_mailbox(recipient.directory_id)

    def standing(self, recipient: Recipient) -> Standing:
        """Return what somebody has in the cloud now; without a directory nobody needs a licence (fact B51)."""
        own = self.own_mailbox(recipient)
        if own or recipient.moved is None:
            return Standing(own, own=own is not None)
        if self._mail_users is None or not licences.needs_licence(recipient.mailbox, self.options):
            return Standing(recipient.moved)
        held = self._mail_users.licensed(recipient.directory_id)
        return licences.standing(recipient.moved, held, self.now, self.options)

    def new_guid(self, kind: str) -> str:
        """Return a GUID for something made now."""
        self._made += 1
        return draws.guid(self.seed, self.estate.tenant_id, kind, self._made)

    def recipient(self, identity: str, *, status: int = 404) -> Recipient:
        """Return the one recipient of this identity.

        :raises NotFound: if there is none.
        :raises Ambiguous: if there are several.
        """
        found = self.named(identity)
        if not found:
            raise NotFound(identity, status=status)
        if len(found) > 1:
            raise Ambiguous(identity)
        return found[0]

    def named(self, identity: str) -> list[Recipient]:
        """Return whoever has this identity: nobody, one, or several."""
        return self._there(self._index.get(identity.lower().strip("{}"), []))

    def recipients_of(self, exchange_guids: Iterable[str]) -> list[Recipient]:
        """Return the recipients with one of these ExchangeGuids, each once."""
        wanted = dict.fromkeys(exchange_guids)
        return [
            each
            for guid in wanted
            for each in self._there(self._index.get(guid, ()))
            if each.mailbox.exchange_guid == guid and not self.standing(each).own
        ]

    def recipient_by_address(self, address: str) -> Recipient | None:
        """Return the recipient that has this SMTP address."""
        found = self._there(self._index.get(address.lower(), []))
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

    def databases(self, mailbox: Mailbox) -> dict[str, str]:
        """Return the server of each database at the mailbox's own site, by the database's name in lower case."""
        servers = self.estate.site_named[mailbox.site].servers
        return {database.lower(): server.name for server in servers for database in server.databases}

    def server_of(self, move: Move) -> str:
        """Return the on-premises server that a move takes from or gives to."""
        target = self.databases(move.mailbox).get((move.database or "").lower())
        return target or move.mailbox.server

    def finished_request(self, exchange_guid: str) -> User | None:
        """Return whose completed move request of this mailbox is still kept after its user (fact B23)."""
        user = self.moved_requests.get(exchange_guid)
        oldest = self.now - timedelta(days=self.options.request_days)
        completed = user.move.completed if user and user.move else None
        return user if completed is not None and completed > oldest else None

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
        for each in self._every:
            mailbox = each.mailbox
            names = [mailbox.exchange_guid, each.guid, each.directory_id, mailbox.alias, mailbox.display_name]
            for name in sorted({name.lower() for name in (*names, mailbox.legacy_dn, *each.addresses)}):
                index.setdefault(name, []).append(each)
        return index


def mailbox_guid(user: User) -> str | None:
    """Return the ExchangeGuid of a user's mailbox, None if nobody has its address."""
    return user.mailbox.exchange_guid if user.mailbox else None
