"""The manifest of one migration batch, as the plays read it: who is in it, where from and where to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from mailwave.core.approval import Approval
from mailwave.core.estate import Mailbox


class User(msgspec.Struct, frozen=True):
    """One row of the batch's CSV; the field is named as the column (fact B10)."""

    EmailAddress: str


class BatchManifest(msgspec.Struct, frozen=True, kw_only=True):
    """One batch: *endpoint* is the migration endpoint it pulls from, *routing_domain* the delivery domain (fact B9).

    On the way back *direction* is offboarding, the endpoint is the one it pushes to, the domain one of the sites', and
    *databases* are where the mailboxes may go (fact B48).
    """

    environment: str
    tenant: str
    batch: str
    endpoint: str
    routing_domain: str
    users: tuple[User, ...]
    notification_emails: tuple[str, ...] = ()
    direction: str = "onboarding"
    databases: tuple[str, ...] = ()


class Release(msgspec.Struct, frozen=True):
    """When completions may be released: from *opens* until before *closes*, in UTC.

    That is a wave's window, cut short where the approval of exactly its list ends earlier.
    """

    opens: datetime
    closes: datetime

    @classmethod
    def of(cls, start: datetime, end: datetime, approval: Approval) -> Release:
        """The part of the window from *start* to *end* in which *approval* is live."""
        return cls(max(start, approval.approved_at), min(end, approval.expires_at))


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
