"""How Exchange shows a mailbox, a remote mailbox, their statistics, and what stands beside them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from rehearsal import draws
from rehearsal.estate import START, Mailbox
from rehearsal.site.directory import Directory, account
from rehearsal.site.surroundings import Row
from rehearsal.site.values import moment_pair, size_text

BORN = START - timedelta(days=3_000)
NOBODY = uuid.UUID(int=0)

MAILBOX_SETTINGS: Row = {
    **{f"CustomAttribute{n}": "" for n in range(2, 16)},
    "ProhibitSendQuota": "Unlimited",
    "ProhibitSendReceiveQuota": "Unlimited",
    "IssueWarningQuota": "Unlimited",
    "UseDatabaseQuotaDefaults": True,
    "RecoverableItemsQuota": size_text(30 * 1024**3),
    "LitigationHoldEnabled": False,
    "RetentionHoldEnabled": False,
    "SingleItemRecoveryEnabled": False,
    "RetentionPolicy": None,
    "RoleAssignmentPolicy": "Default Role Assignment Policy",
    "ForwardingAddress": None,
    "ForwardingSmtpAddress": None,
    "DeliverToMailboxAndForward": False,
    "HiddenFromAddressListsEnabled": False,
    "EmailAddressPolicyEnabled": True,
    "MaxSendSize": "Unlimited",
    "MaxReceiveSize": "Unlimited",
    "ModerationEnabled": False,
    "ModeratedBy": [],
    "RequireSenderAuthenticationEnabled": False,
    "MessageCopyForSentAsEnabled": False,
    "MessageCopyForSendOnBehalfEnabled": False,
}
"""What can be set on a mailbox, where nobody has."""

REMOTE_SETTINGS: Row = {
    **{f"CustomAttribute{n}": "" for n in range(2, 16)},
    "HiddenFromAddressListsEnabled": False,
    "EmailAddressPolicyEnabled": True,
    "ModerationEnabled": False,
    "ACLableSyncedObjectEnabled": False,
}

CAS_SETTINGS: Mapping[str, object] = {
    "ActiveSyncEnabled": True,
    "ECPEnabled": True,
    "EwsAllowOutlook": None,
    "EwsEnabled": None,
    "ImapEnabled": False,
    "MAPIBlockOutlookVersions": "",
    "MAPIEnabled": True,
    "MapiHttpEnabled": None,
    "OWAEnabled": True,
    "OWAforDevicesEnabled": True,
    "PopEnabled": False,
}


def mailbox_row(mailbox: Mailbox, directory: Directory, server: str, version: str) -> Row:
    """*mailbox* as Get-Mailbox shows it, mounted on *server* of *version*."""
    kind = mailbox.recipient_type
    resource = kind in ("RoomMailbox", "EquipmentMailbox")
    on_behalf = [
        directory.shown(right.trustee)
        for right in mailbox.rights
        if right.kind == "SendOnBehalf" and not right.folder
    ]
    return {
        "Database": mailbox.database,
        "ExchangeGuid": uuid.UUID(mailbox.exchange_guid),
        "AdminDisplayVersion": version,
        "IsMailboxEnabled": True,
        **MAILBOX_SETTINGS,
        "IsResource": resource,
        "IsLinked": kind == "LinkedMailbox",
        "IsShared": kind == "SharedMailbox",
        "ResourceType": kind.removesuffix("Mailbox") if resource else None,
        "SamAccountName": account(mailbox),
        "UserPrincipalName": mailbox.address,
        "ServerName": server.lower(),
        **_archive(mailbox, directory, [f"In-Place Archive - {mailbox.display_name}"]),
        "RemoteRecipientType": "None",
        "MailboxMoveStatus": "None",
        "InPlaceHolds": list(mailbox.in_place_holds),
        "AddressBookPolicy": None,
        "WhenMailboxCreated": BORN,
        "RecipientType": "UserMailbox",
        "GrantSendOnBehalfTo": on_behalf,
        **common_row(mailbox, directory),
        "RecipientTypeDetails": kind,
        "EmailAddresses": [f"SMTP:{mailbox.address}", f"smtp:{mailbox.routing_address}"],
    }


def _archive(mailbox: Mailbox, directory: Directory, names: list[str]) -> Row:
    """The archive of *mailbox*: in a database of the premises, or hosted where that has gone."""
    there, database = mailbox.archive_guid is not None, directory.archive_of(mailbox)
    return {
        "ArchiveDatabase": database,
        "ArchiveState": "Local" if database else "HostedProvisioned" if there else "None",
        "ArchiveGuid": uuid.UUID(mailbox.archive_guid) if mailbox.archive_guid else NOBODY,
        "ArchiveName": names if there else [],
        "ArchiveQuota": size_text(100 * 1024**3),
        "ArchiveWarningQuota": size_text(90 * 1024**3),
        "ArchiveStatus": "None",
    }


def common_row(mailbox: Mailbox, directory: Directory) -> Row:
    """What a mailbox and a remote mailbox have alike."""
    identity = directory.identity(mailbox)
    return {
        "Alias": mailbox.alias,
        "CustomAttribute1": mailbox.organisation,
        "DisplayName": mailbox.display_name,
        "LegacyExchangeDN": mailbox.legacy_dn,
        "OrganizationalUnit": identity.rpartition("/")[0],
        "PrimarySmtpAddress": mailbox.address,
        "Identity": identity,
        "IsValid": True,
        "Name": mailbox.alias,
        "DistinguishedName": directory.distinguished_name(mailbox),
        "Guid": uuid.UUID(directory.guid(mailbox)),
        "ObjectClass": ["top", "person", "organizationalPerson", "user"],
        **moment_pair("WhenChanged", START),
        **moment_pair("WhenCreated", BORN),
        "OriginatingServer": directory.controller,
    }


def remote_row(mailbox: Mailbox, moved: datetime, directory: Directory) -> Row:
    """A mailbox that *moved* to the tenant, as Get-RemoteMailbox shows it (facts B49, D24)."""
    routing = mailbox.routing_address
    kind = mailbox.recipient_type
    also = {"SharedMailbox", "RoomMailbox", "EquipmentMailbox"} & {kind}
    return {
        "RemoteRoutingAddress": f"SMTP:{routing}",
        "RemoteRecipientType": f"Migrated, {kind}" if also else "Migrated",
        "OnPremisesOrganizationalUnit": directory.identity(mailbox).rpartition("/")[0],
        "ExchangeGuid": uuid.UUID(mailbox.exchange_guid),
        **_archive(mailbox, directory, []),
        "SamAccountName": account(mailbox),
        "UserPrincipalName": mailbox.address,
        "RecipientType": "MailUser",
        **REMOTE_SETTINGS,
        **common_row(mailbox, directory),
        "RecipientTypeDetails": f"Remote{kind}",
        "EmailAddresses": [
            f"SMTP:{mailbox.address}",
            f"smtp:{routing}",
            f"smtp:{mailbox.alias}@{mailbox.tenant.domain}",
        ],
        **moment_pair("WhenChanged", moved),
    }


def statistics_row(
    mailbox: Mailbox, directory: Directory, place: tuple[str, str, str], moved: datetime | None, seed: int
) -> Row:
    """Size and use of *mailbox* in its *place*: the database, and its server by short and full name.

    *moved*: since then it is a soft-deleted rest, kept by its database (fact B50).
    """
    guid, (database, *server) = mailbox.exchange_guid, place
    deleted = int(mailbox.size_bytes * 0.08 * draws.uniform(seed, guid, "deleted-size"))
    logged_on = START - timedelta(hours=72 * draws.uniform(seed, guid, "last-logon"))
    return {
        "AssociatedItemCount": int(200 * draws.uniform(seed, guid, "associated")) + 20,
        "DeletedItemCount": deleted // 75_000,
        "DisconnectDate": moved,
        "DisconnectReason": "SoftDeleted" if moved else None,
        "DisplayName": mailbox.display_name,
        "ItemCount": mailbox.items,
        "LastLoggedOnUserAccount": mailbox.application
        or (directory.logon(mailbox.alias) if mailbox.client else None),
        "LastLogonTime": logged_on if mailbox.client else None,
        "LegacyDN": mailbox.legacy_dn.upper(),
        "MailboxGuid": uuid.UUID(guid),
        "MailboxType": "Private",
        "MailboxTypeDetail": mailbox.recipient_type,
        "StorageLimitStatus": "BelowLimit",
        "TotalDeletedItemSize": size_text(deleted),
        "TotalItemSize": size_text(mailbox.size_bytes),
        "IsArchiveMailbox": False,
        "IsQuarantined": False,
        "ServerName": server[0],
        "Database": database,
        "DatabaseName": database,
        "Identity": guid,
        "IsValid": True,
        "OriginatingServer": server[1],
    }


def archive_statistics(row: Row, mailbox: Mailbox) -> Row:
    """The statistics *row* of a mailbox turned into that of its archive."""
    return row | {
        "ItemCount": mailbox.archive_items,
        "TotalItemSize": size_text(mailbox.archive_bytes or 0),
        "DeletedItemCount": 0,
        "TotalDeletedItemSize": size_text(0),
        "IsArchiveMailbox": True,
        "MailboxGuid": uuid.UUID(mailbox.archive_guid) if mailbox.archive_guid else NOBODY,
        "DisplayName": f"In-Place Archive - {mailbox.display_name}",
        "Identity": mailbox.archive_guid,
    }
