"""Why a move fails, in the words of the service (facts B51b and section B.10, by number of the error)."""

from __future__ import annotations

from datetime import datetime

from rehearsal.estate import GIB
from rehearsal.exchange_online.moves import Failure, User
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import size

LARGEST = 200 * GIB
"""A larger mailbox cannot be moved (fact C2)."""
_PERMANENT = "MigrationPermanentException"


def in_validation(tenant: Tenant, user: User) -> Failure | None:
    """Return why *user* cannot be given to the mover, None if it can; no move request exists then (fact B29)."""
    text = _refusal(tenant, user)
    return Failure(_PERMANENT, text, tenant.now) if text else None


def _refusal(tenant: Tenant, user: User) -> str | None:
    if user.mailbox is None:
        return f'A recipient wasn\'t found for "{user.address}" on the target.'
    recipient, options = tenant.recipient(user.mailbox.exchange_guid), tenant.options
    if user.cause == "multiple_entries" and options.matches_multiple:  # error 12
        guid = user.mailbox.exchange_guid
        return f"The operation couldn't be performed because '{guid}' matches multiple entries."
    if recipient.moved and options.moves_once:  # error 11
        return f"Target user '{recipient.mailbox.display_name}' already has a primary mailbox."
    domain = user.batch.target_domain.lower()
    routed = any(address.endswith(f"@{domain}") for address in recipient.addresses)
    if not routed and options.needs_routing_address:  # error 3
        return f"Target mailbox doesn't have an SMTP proxy matching '{domain}'."
    if user.archive_only and options.archive_only_refused:  # error 10; nobody here has an archive
        return f"The archive of mailbox '{recipient.mailbox.display_name}' isn't enabled."
    return None


def too_large(user: User, now: datetime) -> Failure:
    """The mailbox is larger than what can be moved (fact C2); the wording is not confirmed."""
    count = user.mailbox.size_bytes if user.mailbox else 0
    return Failure(_PERMANENT, f"Mailbox size {size(count)} exceeds target quota {size(LARGEST)}.", now)


def connection_lost(tenant: Tenant, user: User) -> Failure:
    """The network or a load balancer got in the way (error 18); Start tries again."""
    server = tenant.endpoint(user.batch.endpoint).remote_server
    text = f"The call to 'https://{server}/EWS/mrsproxy.svc' timed out. The request channel timed out."
    return Failure("CommunicationErrorTransientException", text, tenant.now, transient=True, side="Source")


def increment_failed(tenant: Tenant) -> Failure:
    """An incremental sync gave up for good (fact B27); Start tries again."""
    text = "The incremental sync failed too many times. Too many transient failures."
    return Failure("StoragePermanentException", text, tenant.now)


def completion_failed(tenant: Tenant, user: User) -> Failure:
    """The switch did not take place, and the source is as it was (facts B19, B27); Start tries again."""
    name = user.mailbox.display_name if user.mailbox else user.address
    text = f"The source mailbox '{name}' couldn't be locked for the final sync."
    return Failure("MailboxLockedPermanentException", text, tenant.now, side="Source")


def record_corrupted(tenant: Tenant) -> Failure:
    """The service cannot read its own record of the user (fact B34b)."""
    return Failure(
        "MigrationDataCorruptionException", "The migration user's record is corrupted.", tenant.now
    )


def stall_name(side: str, cause: str, tenant: Tenant) -> str:
    """Return the status detail of a stall; the older names have no side (facts B37, B38)."""
    if tenant.options.stall_names == "current":
        return f"StalledDueTo{side}_{cause}"
    return {"Processor": "StalledDueToWriteCpu"}.get(cause, "StalledDueToHA")


def source_not_converted(tenant: Tenant, user: User) -> Failure:
    """The move is complete, and the source is still a mailbox: two are live (error 27)."""
    name = user.mailbox.display_name if user.mailbox else user.address
    text = f"The source mailbox '{name}' couldn't be converted to a mail user after the move."
    return Failure("Warning", text, tenant.now, side="Source")
