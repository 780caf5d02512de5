"""Why a move fails, in the words of the service (facts B51b and section B.10, by number of the error)."""

from __future__ import annotations

from datetime import datetime

from rehearsal.estate import GIB, Mailbox
from rehearsal.exchange_online import offboarding
from rehearsal.exchange_online.moves import Failure, User
from rehearsal.exchange_online.premises import Premises
from rehearsal.exchange_online.states import Direction
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import size

LARGEST = 200 * GIB
"""A larger mailbox cannot be moved (fact C2)."""
_PERMANENT = "MigrationPermanentException"


def in_validation(tenant: Tenant, premises: Premises, user: User) -> Failure | None:
    """Return why *user* cannot be given to the mover, None if it can; no move request exists then (fact B29)."""
    if user.mailbox is None:
        text = f'A recipient wasn\'t found for "{user.address}" on the target.'
        return Failure(_PERMANENT, text, tenant.now)
    if tenant.finished_request(user.mailbox.exchange_guid) and tenant.options.leftover_request:  # error 2
        text = f'The user "{user.address}" is already being moved. A completed move request is left over.'
        return Failure("UserAlreadyBeingMigratedException", text, tenant.now)
    there = user.batch.direction is Direction.ONBOARDING
    back = None if there else offboarding.refusal(tenant, premises, user)
    refused = back or _refusal(tenant, user, user.mailbox)
    return Failure(_PERMANENT, refused, tenant.now) if refused else None


def _refusal(tenant: Tenant, user: User, mailbox: Mailbox) -> str | None:
    recipient, options = tenant.recipient(mailbox.exchange_guid), tenant.options
    there = user.batch.direction is Direction.ONBOARDING
    if user.cause == "multiple_entries" and options.matches_multiple:  # error 12
        guid = mailbox.exchange_guid
        return f"The operation couldn't be performed because '{guid}' matches multiple entries."
    moved_before = bool(recipient.moved) and options.moves_once
    if there and (moved_before or tenant.own_mailbox(recipient)):  # error 11, fact D25
        return f"Target user '{recipient.mailbox.display_name}' already has a primary mailbox."
    domain = user.batch.target_domain.lower()
    routed = any(address.endswith(f"@{domain}") for address in recipient.addresses)
    if not routed and options.needs_routing_address:  # error 3
        return f"Target mailbox doesn't have an SMTP proxy matching '{domain}'."
    if user.archive_only and mailbox.archive_guid is None and options.archive_only_refused:  # error 10
        return f"The archive of mailbox '{recipient.mailbox.display_name}' isn't enabled."
    return None


def too_large(user: User, now: datetime) -> Failure:
    """The mailbox is larger than what can be moved (fact C2); the wording is not confirmed."""
    count = user.mailbox.size_bytes if user.mailbox else 0
    return Failure(_PERMANENT, f"Mailbox size {size(count)} exceeds target quota {size(LARGEST)}.", now)


def turned_away(tenant: Tenant, premises: Premises, user: User) -> Failure | None:
    """Why MRSProxy of the on-premises server takes no move at all, None where it does (facts B44, B46)."""
    move = user.live_move
    refusal = premises.door(move.mailbox.exchange_guid, tenant.server_of(move)).refusal()
    if refusal is None:
        return None
    side = move.direction.premises
    return Failure(refusal.exception, refusal.text, tenant.now, transient=True, side=side)


def connection_lost(tenant: Tenant, user: User) -> Failure:
    """The network or a load balancer got in the way (error 18); Start tries again."""
    server = tenant.endpoint(user.batch.endpoint).remote_server
    text = f"The call to 'https://{server}/EWS/mrsproxy.svc' timed out. The request channel timed out."
    side = user.batch.direction.premises
    return Failure("CommunicationErrorTransientException", text, tenant.now, transient=True, side=side)


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
