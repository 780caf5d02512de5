"""Get-Mailbox, Get-MailUser and Get-Recipient (fact D24: a mail user until its mailbox has moved)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rehearsal import draws
from rehearsal.exchange_online.cmdlet import Bound, Handler, Output, filtered, guids_of, handler, limited
from rehearsal.exchange_online.errors import NotFound
from rehearsal.exchange_online.licences import Standing
from rehearsal.exchange_online.mailbox_values import BORN
from rehearsal.exchange_online.premises import Premises
from rehearsal.exchange_online.tenant import Recipient, Tenant
from rehearsal.exchange_online.values import Guid, Row

_ACCEPTED = "Identity Filter ResultSize RecipientTypeDetails"
_NO_ARCHIVE = "00000000-0000-0000-0000-000000000000"


class Recipients:
    """The cmdlets that read the directory."""

    def __init__(self, tenant: Tenant, premises: Premises) -> None:
        self._tenant = tenant
        self._premises = premises

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
        return self._read(bound, self._in_cloud)

    def _mail_users(self, bound: Bound) -> Output:
        by_hand = [row for row in self._tenant.by_hand if row["RecipientType"] == "MailUser"]
        return self._read(bound, lambda each: not self._in_cloud(each), by_hand)

    def _recipients(self, bound: Bound) -> Output:
        return self._read(bound, lambda _: True, self._tenant.by_hand)

    def _read(self, bound: Bound, suits: Callable[[Recipient], bool], others: Sequence[Row] = ()) -> Output:
        """Those whom a call means, of the recipients that *suit* and, where it names nobody, of *others*."""
        identity = bound.text("Identity")
        if identity is None:
            guids = guids_of(bound.text("Filter"))
            among = self._tenant.recipients if guids is None else self._tenant.recipients_of(guids)
            return self._answer(bound, [*(self.row(each) for each in among if suits(each)), *others])
        found = self._tenant.recipient(identity)
        by_other_guid = (
            identity.lower().strip("{}") == found.mailbox.exchange_guid and self._tenant.standing(found).own
        )
        if by_other_guid or not suits(found):
            raise NotFound(identity, status=404)
        return self._answer(bound, [self.row(found)])

    def _answer(self, bound: Bound, rows: list[Row]) -> Output:
        for name in ("RecipientTypeDetails", "RecipientType"):
            wanted = bound.get(name)
            if isinstance(wanted, list):
                rows = [row for row in rows if row[name] in wanted]
        chosen = filtered(rows, bound.text("Filter"))
        return limited(chosen, bound, honoured=self._tenant.options.honours_result_size)

    def _soft_deleted(self) -> list[Row]:
        """The leftovers that make a GUID match multiple entries (error 12), and who had no licence (fact B51)."""
        rows = []
        for each in self._tenant.recipients:
            standing = self._tenant.standing(each)
            if each.mailbox.cause == "multiple_entries":
                guid = draws.guid(self._tenant.seed, each.guid, "soft-deleted")
                rows.append(self.row(each) | {"Guid": Guid(guid), "IsSoftDeletedByRemove": True})
            if standing.disconnected and not standing.lost:
                there = Standing(each.moved)
                gone = {"IsSoftDeletedByDisable": True, "WhenSoftDeleted": standing.disconnected}
                rows.append(self._row(each, there) | gone)
        return rows

    def _in_cloud(self, each: Recipient) -> bool:
        return self._tenant.standing(each).since is not None

    def _own(self, each: Recipient, standing: Standing) -> str | None:
        """The ExchangeGuid of the mailbox that a licence made, which is not that of the one on premises (fact D25)."""
        return draws.guid(self._tenant.seed, each.guid, "own-mailbox") if standing.own else None

    def row(self, each: Recipient) -> Row:
        """Return somebody as Get-Recipient shows them."""
        return self._row(each, self._tenant.standing(each))

    def _row(self, each: Recipient, standing: Standing) -> Row:
        mailbox, moved, own = each.mailbox, standing.since, self._own(each, standing)
        kind = "UserMailbox" if own else mailbox.recipient_type
        forwarded = each.routing_address if each.moved else mailbox.address
        at_home = self._premises.at_home(mailbox.exchange_guid).settings(mailbox)
        settings = self._settings(each, own=own is not None) if moved else {}
        if moved and not own and not mailbox.archive_guid and _remote_archive(at_home):
            settings |= {"ArchiveStatus": "Active"}  # provisioned once its GUID has come
        addresses = self._addresses(each, at_home)
        primary = next(text[5:] for text in addresses if text.startswith("SMTP:"))
        return {
            "Identity": mailbox.alias,
            "Name": mailbox.alias,
            "Alias": mailbox.alias,
            "DisplayName": mailbox.display_name,
            "Guid": Guid(each.guid),
            "ExchangeGuid": Guid(own or mailbox.exchange_guid),
            "ArchiveGuid": Guid(
                (None if own else mailbox.archive_guid or _remote_archive(at_home)) or _NO_ARCHIVE
            ),  # synchronised (fact D24)
            "ExternalDirectoryObjectId": each.directory_id,
            "PrimarySmtpAddress": primary,
            "WindowsEmailAddress": primary,
            "UserPrincipalName": mailbox.address,
            "EmailAddresses": addresses,
            "ExternalEmailAddress": None if moved else f"SMTP:{forwarded}",
            "LegacyExchangeDN": mailbox.legacy_dn,
            "RecipientType": "UserMailbox" if moved else "MailUser",
            "RecipientTypeDetails": kind if moved else "MailUser",
            "CustomAttribute1": mailbox.organisation,
            "IsDirSynced": True,
            "HiddenFromAddressListsEnabled": at_home.get("HiddenFromAddressListsEnabled", False),
            "WhenMailboxCreated": moved,
            "WhenCreated": self._tenant.set_up,
            "WhenChanged": moved or each.moved_back or self._tenant.set_up,
            **settings,
        }

    def _addresses(self, each: Recipient, at_home: Mapping[str, object]) -> list[str]:
        """The synchronised addresses, with the LegacyExchangeDN as X500 (fact D24), but for what was lost."""
        mailbox = each.mailbox
        usual = [f"SMTP:{mailbox.address}", f"smtp:{each.routing_address}"]
        given = at_home.get("EmailAddresses")
        found = [str(item) for item in given] if isinstance(given, list) else usual
        lost = self._tenant.values.lost.get(each.guid, set())
        legacy = f"X500:{mailbox.legacy_dn}"
        every = [*found, *([] if legacy.lower() in lost else [legacy])]
        return list(dict.fromkeys(every))

    def _settings(self, each: Recipient, *, own: bool) -> Row:
        """What only a mailbox shows; one that a licence made is as it was born."""
        tenant = self._tenant
        behalf = tenant.access.of(each.guid).on_behalf or []
        holds = list(each.mailbox.in_place_holds)
        if own:
            return {**BORN, "ArchiveStatus": "None", "InPlaceHolds": [], "GrantSendOnBehalfTo": []}
        return {**tenant.values.of(each.guid), "InPlaceHolds": holds, "GrantSendOnBehalfTo": behalf}


def _remote_archive(at_home: Mapping[str, object]) -> str | None:
    """The GUID of an archive that the site has enabled for a remote mailbox."""
    given = at_home.get("ArchiveGuid")
    return str(given) if given else None
