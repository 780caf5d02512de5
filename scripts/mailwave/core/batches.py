"""The manifest of one migration batch, as the plays read it: who is in it, where from and where to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mailwave.core.estate import Mailbox


class User(msgspec.Struct, frozen=True):
    """One row of the batch's CSV; the field is named as the column (fact B10)."""

    EmailAddress: str


class BatchManifest(msgspec.Struct, frozen=True, kw_only=True):
    """One batch: *endpoint* is the migration endpoint it pulls from, *routing_domain* the delivery domain (fact B9)."""

    environment: str
    tenant: str
    batch: str
    endpoint: str
    routing_domain: str
    users: tuple[User, ...]
    notification_emails: tuple[str, ...] = ()


class Destination(msgspec.Struct, frozen=True):
    """Where the batches of an environment go, and the migration endpoint of each site."""

    environment: str
    tenant: str
    routing_domain: str
    endpoints: dict[str, str]

    def manifest(self, batch: str, site: str, mailboxes: Iterable[Mailbox]) -> BatchManifest:
        """The manifest of *batch*, whose *mailboxes* come from *site*; their order does not matter."""
        return BatchManifest(
            environment=self.environment,
            tenant=self.tenant,
            batch=batch,
            endpoint=self.endpoints[site],
            routing_domain=self.routing_domain,
            users=tuple(User(address) for address in sorted(mailbox.address for mailbox in mailboxes)),
        )
