"""Every kind of recipient in one list, the telephones that read mail, and the few public folders."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

from rehearsal import draws
from rehearsal.estate import START, Estate, Mailbox
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.directory import Directory
from rehearsal.site.groups import Groups
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.offer import Offer, joined, offered
from rehearsal.site.organisation import Organisation
from rehearsal.site.recipient_rows import common_row, remote_row
from rehearsal.site.recipients import Recipients
from rehearsal.site.replication import Replicated
from rehearsal.site.result_size import limited
from rehearsal.site.surroundings import Row
from rehearsal.site.values import size_text
from rehearsal.wire import CmdletResult

PHONES = 0.35
"""The part of people whose mail a telephone reads too."""

_ACTIVE_SYNC = "16.1"

PUBLIC_FOLDER = Kind(
    noun="PublicFolder",
    container="",
    verbs=("Get",),
    keys=("ParentPath",),
    looks=frozenset({"GetChildren", "Recurse", "ResultSize"}),
    defaults={
        "ParentPath": "\\",
        "FolderClass": "IPF.Note",
        "FolderSize": size_text(12 * 1024**2),
        "HasSubfolders": False,
        "MailEnabled": False,
        "ContentMailboxName": "PublicFolders01",
    },
)

MAIL_USER = Kind(
    noun="MailUser",
    container="",
    verbs=("Get", "Set"),
    keys=("Alias", "PrimarySmtpAddress", "UserPrincipalName"),
    looks=frozenset({"ResultSize"}),
    defaults={
        "Alias": None,
        "DisplayName": None,
        "EmailAddresses": [],
        "ExchangeGuid": uuid.UUID(int=0),
        "ArchiveGuid": uuid.UUID(int=0),
        "ExternalEmailAddress": None,
        "HiddenFromAddressListsEnabled": False,
        "PrimarySmtpAddress": None,
        "RecipientTypeDetails": "MailUser",
    },
)
"""People of partner bodies with an account here and a mailbox elsewhere; whoever moved is a remote mailbox instead."""


class AddressBook:
    """The recipients of *estate*'s one site; *read* finds its mailboxes, *groups* are its groups and contacts.

    *public_folders* are there until their owners have them migrated or deleted.
    """

    def __init__(
        self,
        estate: Estate,
        directory: Directory,
        organisation: Organisation,
        read: Recipients,
        groups: Groups,
    ) -> None:
        self._seed = estate.seed
        self._directory = directory
        self._organisation = organisation
        self._around = around = organisation.around
        self._read = read
        self._groups = groups
        folders: list[Row] = [
            {"Name": "IPM_SUBTREE"},
            {"Name": "Rotas"},
            {"Name": "Archive 2015"},
        ]
        self._mail_users = Objects(MAIL_USER, around)
        self._forgotten: Replicated[bool] = Replicated(around.clock, around.controllers)
        own: Offer = {
            "Get-Recipient": offered(
                "Filter Identity IgnoreDefaultScope RecipientTypeDetails ResultSize", self._recipients
            ),
            "Get-MobileDevice": offered("Identity Mailbox ResultSize", self._phones),
            "Get-MobileDeviceStatistics": offered("Identity Mailbox", self._statistics),
            "Remove-MobileDevice": offered("Identity", self._forget),
        }
        organisation.forest.join("Get-Recipient", self._in_domain)
        self.public_folders = Objects(PUBLIC_FOLDER, around, folders)
        self.cmdlets: Offer = {**joined([self.public_folders, self._mail_users]), **own}

    def _row(self, mailbox: Mailbox) -> Row:
        if gone := self._directory.find_remote(mailbox.exchange_guid):
            return remote_row(*gone[0], self._directory) | {"Database": None}
        return {
            **common_row(mailbox, self._directory),
            "RecipientType": "UserMailbox",
            "RecipientTypeDetails": mailbox.recipient_type,
            "ExchangeGuid": uuid.UUID(mailbox.exchange_guid),
            "Database": mailbox.database,
            "ArchiveDatabase": self._directory.archive_of(mailbox),
        }

    def _all(self, identity: str | None, controller: str) -> Iterator[Row]:
        """Every recipient, or those that *identity* names."""
        directory = self._directory
        here = directory.mailboxes() if identity is None else directory.find(identity)
        gone = directory.remote_mailboxes() if identity is None else directory.find_remote(identity)
        yield from (self._row(mailbox) for mailbox in (*here, *(mailbox for mailbox, _ in gone)))
        for objects in (*self._groups.objects, self._mail_users):
            yield from (
                objects.rows(controller) if identity is None else objects.matching(identity, controller)
            )

    def _recipients(self, bound: Bound) -> CmdletResult:
        rows = self._organisation.forest.rows(self._in_domain, bound)
        return limited(rows, bound, cuts=self._around.options.first_thousand)

    def _in_domain(self, bound: Bound) -> Iterator[Row]:
        """The recipients of this domain that *bound* names; of a filter by ArchiveDatabase it looks at no other row."""
        controller, text = self._around.controller(bound), bound.get("Filter")
        rows = self._all(bound.get("Identity"), controller)
        if text is not None:
            wanted = self._organisation.databases.filtered(text, controller)
            if (databases := wanted.only("ArchiveDatabase")) is not None:
                rows = (self._row(each) for each in self._directory.archives(databases))
            rows = filter(wanted.passes, rows)
        if (kinds := bound.get("RecipientTypeDetails")) is not None:
            named = {kind.casefold() for kind in kinds.split(", ")}
            rows = (row for row in rows if str(row["RecipientTypeDetails"]).casefold() in named)
        return rows

    def _versions(self, mailbox: Mailbox) -> tuple[str, ...]:
        """The ActiveSync version of each telephone that reads *mailbox*."""
        if mailbox.phones is not None:
            return mailbox.phones
        people = mailbox.recipient_type == "UserMailbox"
        drawn = people and draws.uniform(self._seed, mailbox.exchange_guid, "phone") < PHONES
        return (_ACTIVE_SYNC,) if drawn else ()

    def _owned(self, bound: Bound) -> list[tuple[Mailbox, Row]]:
        """Each telephone with whose it is, of those that *bound* names; those of moved people stay until removed."""
        if (asked := bound.get("Mailbox")) is not None:
            chosen = [self._read.named(bound, asked)]
        else:
            chosen = [*self._directory.mailboxes(), *(box for box, _ in self._directory.remote_mailboxes())]
        controller = self._around.controller(bound)
        owned = [
            (mailbox, row)
            for mailbox in chosen
            for number, version in enumerate(self._versions(mailbox))
            if not self._forgotten.read(
                str((row := self._phone(mailbox, number, version))["Identity"]), controller
            )
        ]
        if (identity := bound.get("Identity")) is None:
            return owned
        found = [each for each in owned if identity.casefold() == str(each[1]["Identity"]).casefold()]
        if not found:
            raise failures.not_found(identity, self._around.controller(bound))
        return found

    def _phones(self, bound: Bound) -> CmdletResult:
        rows = [row for _, row in self._owned(bound)]
        return limited(rows, bound)

    def _forget(self, bound: Bound) -> CmdletResult:
        ((_, row),) = self._owned(bound)
        identity = str(row["Identity"])
        if self._around.options.writes_ask and not (bound.get("Confirm") is False or bound.get("WhatIf")):
            raise failures.no_confirmation(f'Removing the mobile device "{identity}".')
        if bound.changes:
            self._forgotten.write(identity, item=True, controller=self._around.controller(bound))
        return CmdletResult()

    def _statistics(self, bound: Bound) -> CmdletResult:
        return CmdletResult(rows=[row | self._last_seen(owner) for owner, row in self._owned(bound)])

    def _phone(self, mailbox: Mailbox, number: int, version: str) -> Row:
        key = f"{mailbox.exchange_guid} {number}" if number else mailbox.exchange_guid
        mark = draws.guid(self._seed, key, "phone-id").replace("-", "").upper()
        model = draws.choice(("iPhone14C2", "SM-A536B", "Pixel 7"), self._seed, key, "phone-model")
        kind = "iPhone" if model.startswith("iPhone") else "Android"
        place = f"{self._directory.identity(mailbox)}/ExchangeActiveSyncDevices"
        return {
            "Identity": f"{place}/{kind}§{mark}",
            "Name": f"{kind}§{mark}",
            "DeviceId": mark,
            "DeviceType": kind,
            "DeviceModel": model,
            "DeviceOS": "iOS 18.1" if kind == "iPhone" else "Android 15",
            "ClientType": "EAS",
            "ClientVersion": version,
            "DeviceAccessState": "Allowed",
            "UserDisplayName": self._directory.identity(mailbox),
            "Guid": uuid.UUID(draws.guid(self._seed, key, "phone-guid")),
            "IsValid": True,
        }

    def _last_seen(self, mailbox: Mailbox) -> Row:
        hours = 2_000 * draws.uniform(self._seed, mailbox.exchange_guid, "phone-seen") ** 4
        return {
            "LastSuccessSync": START - timedelta(hours=hours),
            "LastSyncAttemptTime": START - timedelta(hours=hours),
            "NumberOfFoldersSynced": 9,
            "Status": "DeviceOk",
        }
