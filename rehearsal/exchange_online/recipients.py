"""Get-Mailbox, Get-MailUser and Get-Recipient (fact D24: a mail user until its mailbox has moved)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rehearsal import draws
from rehearsal.exchange_online.cmdlet import Bound, Handler, Output, filtered, guids_of, handler, limited
from rehearsal.exchange_online.errors import NotFound
from rehearsal.exchange_online.tenant import Recipient, Tenant
from rehearsal.exchange_online.values import Guid, Row

_ACCEPTED = "Identity Filter ResultSize RecipientTypeDetails"


class Recipients:
    """The cmdlets that read the directory."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-Mailbox": handler(self._mailboxes, f"{_ACCEPTED} SoftDeletedMailbox"),
            "Get-MailUser": handler(self._mail_users, "Identity Filter ResultSize"),
            "Get-Recipient": handler(self._recipients, f"{_ACCEPTED} RecipientType"),
        }

    def _mailboxes(self, bound: Bound) -> Output:
        if bound.flag("SoftDeletedMailbox"):
            return self._answer(bound, self._soft_deleted())
        return self._read(bound, lambda each: self._in_cloud(each) is not None)

    def _mail_users(self, bound: Bound) -> Output:
        return self._read(bound, lambda each: self._in_cloud(each) is None)

    def _recipients(self, bound: Bound) -> Output:
        return self._read(bound, lambda _: True)

    def _read(self, bound: Bound, suits: Callable[[Recipient], bool]) -> Output:
        identity = bound.text("Identity")
        if identity is None:
            guids = guids_of(bound.text("Filter"))
            among = self._tenant.recipients if guids is None else self._tenant.recipients_of(guids)
            return self._answer(bound, [self._row(each) for each in among if suits(each)])
        found = self._tenant.recipient(identity)
        by_other_guid = identity.lower().strip("{}") == found.mailbox.exchange_guid and self._own(found)
        if by_other_guid or not suits(found):
            raise NotFound(identity, status=404)
        return self._answer(bound, [self._row(found)])

    def _answer(self, bound: Bound, rows: list[Row]) -> Output:
        for name in ("RecipientTypeDetails", "RecipientType"):
            wanted = bound.get(name)
            if isinstance(wanted, list):
                rows = [row for row in rows if row[name] in wanted]
        chosen = filtered(rows, bound.text("Filter"))
        return limited(chosen, bound, honoured=self._tenant.options.honours_result_size)

    def _soft_deleted(self) -> list[Row]:
        """The leftovers that make a GUID match multiple entries (error 12)."""
        rows = []
        for each in self._tenant.recipients:
            if each.mailbox.cause == "multiple_entries":
                guid = draws.guid(self._tenant.seed, each.guid, "soft-deleted")
                rows.append(self._row(each) | {"Guid": Guid(guid), "IsSoftDeletedByRemove": True})
        return rows

    def _in_cloud(self, each: Recipient) -> datetime | None:
        """Since when somebody has a mailbox in the cloud: by a move, or by a licence that came too early."""
        return each.moved or self._tenant.own_mailbox(each)

    def _own(self, each: Recipient) -> str | None:
        """The ExchangeGuid of the mailbox that a licence made, which is not that of the one on premises (fact D25)."""
        made = self._tenant.own_mailbox(each)
        return draws.guid(self._tenant.seed, each.guid, "own-mailbox") if made else None

    def _row(self, each: Recipient) -> Row:
        mailbox, moved, own = each.mailbox, self._in_cloud(each), self._own(each)
        kind = "UserMailbox" if own else mailbox.recipient_type
        routing = f"smtp:{each.routing_address}"
        return {
            "Identity": mailbox.alias,
            "Name": mailbox.alias,
            "Alias": mailbox.alias,
            "DisplayName": mailbox.display_name,
            "Guid": Guid(each.guid),
            "ExchangeGuid": Guid(own or mailbox.exchange_guid),
            "ArchiveGuid": Guid("00000000-0000-0000-0000-000000000000"),
            "ExternalDirectoryObjectId": each.directory_id,
            "PrimarySmtpAddress": mailbox.address,
            "WindowsEmailAddress": mailbox.address,
            "UserPrincipalName": mailbox.address,
            "EmailAddresses": [f"SMTP:{mailbox.address}", routing, f"X500:{mailbox.legacy_dn}"],
            "ExternalEmailAddress": None if moved else f"SMTP:{mailbox.address}",
            "LegacyExchangeDN": mailbox.legacy_dn,
            "RecipientType": "UserMailbox" if moved else "MailUser",
            "RecipientTypeDetails": kind if moved else "MailUser",
            "CustomAttribute1": mailbox.organisation,
            "IsDirSynced": True,
            "HiddenFromAddressListsEnabled": False,
            "WhenMailboxCreated": moved,
            "WhenCreated": self._tenant.set_up,
            "WhenChanged": moved or each.moved_back or self._tenant.set_up,
        }
