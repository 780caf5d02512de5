"""The cmdlets that read mailboxes, their sizes, their rights, and what has moved."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.estate import ROUTING_DOMAIN, START, TENANT_DOMAIN, Estate, Mailbox, Server
from rehearsal.site import failures
from rehearsal.site.binding import UNLIMITED, Bound
from rehearsal.site.directory import NETBIOS_DOMAIN, Directory, account
from rehearsal.site.values import moment_pair, size_text
from rehearsal.wire import CmdletResult

Row = dict[str, object]

MODELLED: Mapping[str, frozenset[str]] = {
    "Get-ADPermission": frozenset({"Identity", "User"}),
    "Get-Mailbox": frozenset({"Identity", "Database", "Server", "RecipientTypeDetails", "ResultSize"}),
    "Get-MailboxPermission": frozenset({"Identity", "User"}),
    "Get-MailboxStatistics": frozenset({"Identity", "Database", "Server"}),
    "Get-RemoteMailbox": frozenset({"Identity", "ResultSize"}),
}

DEFAULT_RESULT_SIZE = 1_000
_BORN = START - timedelta(days=3_000)

_DEFAULT_WARNING = (
    "By default, only the first 1000 items are returned. Use the ResultSize parameter to specify the number of items "
    'returned. To return all items, specify "-ResultSize Unlimited". Be aware that, depending on the actual number of '
    "items, returning all items can take a long time and consume a large amount of memory. Also, we don't recommend "
    "storing the results in a variable. Instead, pipe the results to another task or script to perform batch changes."
)
_MORE_WARNING = (
    "There are more results available than are currently displayed. To view them, increase the value for the "
    "ResultSize parameter."
)


class Recipients:
    """Recipient cmdlets over a *directory*."""

    def __init__(self, estate: Estate, clock: VirtualClock, directory: Directory) -> None:
        self._estate = estate
        self._clock = clock
        self._directory = directory
        self._servers = {server.name: server for server in estate.site.servers}
        self.cmdlets: Mapping[str, Callable[[Bound], CmdletResult]] = {
            "Get-ADPermission": self._ad_permission,
            "Get-Mailbox": self._mailbox,
            "Get-MailboxPermission": self._mailbox_permission,
            "Get-MailboxStatistics": self._statistics,
            "Get-RemoteMailbox": self._remote_mailbox,
        }

    def _mailbox(self, bound: Bound) -> CmdletResult:
        _one_set(bound)
        if (identity := bound.get("Identity")) is not None:
            return CmdletResult(rows=[self._mailbox_row(found) for found in self._named(identity)])
        chosen = self._in(self._directory.mailboxes(), bound)
        if (kinds := bound.get("RecipientTypeDetails")) is not None:
            wanted = {kind.strip().casefold() for kind in kinds.split(",")}
            chosen = [mailbox for mailbox in chosen if mailbox.recipient_type.casefold() in wanted]
        return _limited(map(self._mailbox_row, chosen), len(chosen), bound.get("ResultSize"))

    def _named(self, identity: str) -> list[Mailbox]:
        found = self._directory.find(identity)
        if not found:
            raise failures.not_found(identity, self._directory.controller)
        return found

    def _one(self, identity: str) -> Mailbox:
        found = self._named(identity)
        if len(found) > 1:
            raise failures.not_unique(identity)
        return found[0]

    def _in(self, mailboxes: Sequence[Mailbox], bound: Bound) -> list[Mailbox]:
        """Those of *mailboxes* that are in the database, or on the server, that *bound* names."""
        chosen = list(mailboxes)
        if (database := bound.get("Database")) is not None:
            if database.casefold() not in {
                name.casefold() for s in self._servers.values() for name in s.databases
            }:
                raise failures.not_found(database, self._directory.controller)
            chosen = [mailbox for mailbox in chosen if mailbox.database.casefold() == database.casefold()]
        if (asked := bound.get("Server")) is not None:
            server = server_named(self._servers.values(), asked, self._directory)
            chosen = [mailbox for mailbox in chosen if mailbox.server == server.name]
        return chosen

    def _mailbox_row(self, mailbox: Mailbox) -> Row:
        directory = self._directory
        server = self._servers[mailbox.server]
        shared = mailbox.recipient_type == "SharedMailbox"
        on_behalf = [
            directory.identity(directory.person(right.trustee))
            for right in mailbox.rights
            if right.kind == "SendOnBehalf"
        ]
        return {
            "Database": mailbox.database,
            "ExchangeGuid": uuid.UUID(mailbox.exchange_guid),
            "AdminDisplayVersion": server.version,
            "IsMailboxEnabled": True,
            "ProhibitSendQuota": "Unlimited",
            "ProhibitSendReceiveQuota": "Unlimited",
            "IssueWarningQuota": "Unlimited",
            "UseDatabaseQuotaDefaults": True,
            "RecoverableItemsQuota": size_text(30 * 1024**3),
            "LitigationHoldEnabled": False,
            "ForwardingAddress": None,
            "ForwardingSmtpAddress": None,
            "DeliverToMailboxAndForward": False,
            "IsResource": False,
            "IsLinked": False,
            "IsShared": shared,
            "SamAccountName": account(mailbox),
            "UserPrincipalName": mailbox.address,
            "ServerName": server.name.lower(),
            "ArchiveDatabase": None,
            "ArchiveGuid": uuid.UUID(int=0),
            "ArchiveName": [],
            "ArchiveState": "None",
            "RemoteRecipientType": "None",
            "MailboxMoveStatus": "None",
            "WhenMailboxCreated": _BORN,
            "RecipientType": "UserMailbox",
            "GrantSendOnBehalfTo": on_behalf,
            **self._common(mailbox),
            "RecipientTypeDetails": mailbox.recipient_type,
            "EmailAddresses": [f"SMTP:{mailbox.address}", f"smtp:{mailbox.alias}@{ROUTING_DOMAIN}"],
        }

    def _common(self, mailbox: Mailbox) -> Row:
        """What a mailbox and a remote mailbox have alike."""
        directory = self._directory
        return {
            "Alias": mailbox.alias,
            "CustomAttribute1": mailbox.organisation,
            "DisplayName": mailbox.display_name,
            "HiddenFromAddressListsEnabled": False,
            "LegacyExchangeDN": mailbox.legacy_dn,
            "OrganizationalUnit": directory.identity(mailbox).rpartition("/")[0],
            "PrimarySmtpAddress": mailbox.address,
            "EmailAddressPolicyEnabled": True,
            "Identity": directory.identity(mailbox),
            "IsValid": True,
            "Name": mailbox.alias,
            "DistinguishedName": directory.distinguished_name(mailbox),
            "Guid": uuid.UUID(directory.guid(mailbox)),
            "ObjectClass": ["top", "person", "organizationalPerson", "user"],
            **moment_pair("WhenChanged", START),
            **moment_pair("WhenCreated", _BORN),
            "OriginatingServer": directory.controller,
        }

    def _statistics(self, bound: Bound) -> CmdletResult:
        _one_set(bound)
        if (identity := bound.get("Identity")) is not None:
            return CmdletResult(rows=[self._statistics_row(self._one(identity), None)])
        if bound.get("Database") is None and bound.get("Server") is None:
            raise failures.missing_parameters(["Identity"])
        live = [
            self._statistics_row(mailbox, None) for mailbox in self._in(self._directory.mailboxes(), bound)
        ]
        moved = dict(self._directory.remote_mailboxes())
        left = [self._statistics_row(mailbox, moved[mailbox]) for mailbox in self._in(list(moved), bound)]
        return CmdletResult(rows=live + left)

    def _statistics_row(self, mailbox: Mailbox, moved: datetime | None) -> Row:
        """*moved*: since then the mailbox here is a soft-deleted rest, kept by its database (fact B50)."""
        seed, guid = self._estate.seed, mailbox.exchange_guid
        deleted = int(mailbox.size_bytes * 0.08 * draws.uniform(seed, guid, "deleted-size"))
        logged_on = START - timedelta(hours=72 * draws.uniform(seed, guid, "last-logon"))
        return {
            "AssociatedItemCount": int(200 * draws.uniform(seed, guid, "associated")) + 20,
            "DeletedItemCount": deleted // 75_000,
            "DisconnectDate": moved,
            "DisconnectReason": "SoftDeleted" if moved else None,
            "DisplayName": mailbox.display_name,
            "ItemCount": mailbox.items,
            "LastLoggedOnUserAccount": f"{NETBIOS_DOMAIN}\\{account(mailbox)}" if mailbox.client else None,
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
            "ServerName": mailbox.server,
            "Database": mailbox.database,
            "DatabaseName": mailbox.database,
            "Identity": guid,
            "IsValid": True,
            "OriginatingServer": self._servers[mailbox.server].fqdn,
        }

    def _mailbox_permission(self, bound: Bound) -> CmdletResult:
        mailbox = self._one(bound.get("Identity"))
        own = self._right_row(mailbox, "NT AUTHORITY\\SELF", AccessRights=["FullAccess", "ReadPermission"])
        rows = [own, *self._right_rows(mailbox, "FullAccess", AccessRights=["FullAccess"])]
        return CmdletResult(rows=_of_user(rows, bound.get("User")))

    def _ad_permission(self, bound: Bound) -> CmdletResult:
        mailbox = self._one(bound.get("Identity"))
        kind: Row = {"AccessRights": ["ExtendedRight"], "ExtendedRights": ["Send-As"]}
        own = self._right_row(mailbox, "NT AUTHORITY\\SELF", **kind)
        rows = [own, *self._right_rows(mailbox, "SendAs", **kind)]
        return CmdletResult(rows=_of_user(rows, bound.get("User")))

    def _right_rows(self, mailbox: Mailbox, kind: str, **rights: object) -> list[Row]:
        people = [self._directory.person(right.trustee) for right in mailbox.rights if right.kind == kind]
        return [
            self._right_row(mailbox, f"{NETBIOS_DOMAIN}\\{account(person)}", **rights) for person in people
        ]

    def _right_row(self, mailbox: Mailbox, user: str, **rights: object) -> Row:
        return {
            "Identity": self._directory.identity(mailbox),
            "User": user,
            "Deny": False,
            "IsInherited": False,
            "InheritanceType": "All",
            "IsValid": True,
            **rights,
        }

    def _remote_mailbox(self, bound: Bound) -> CmdletResult:
        identity = bound.get("Identity")
        if identity is not None:
            found = self._directory.find_remote(identity)
            if not found:
                raise failures.not_found(identity, self._directory.controller)
            return CmdletResult(rows=[self._remote_row(mailbox, moved) for mailbox, moved in found])
        remote = self._directory.remote_mailboxes()
        return _limited((self._remote_row(*each) for each in remote), len(remote), bound.get("ResultSize"))

    def _remote_row(self, mailbox: Mailbox, moved: datetime) -> Row:
        routing = f"{mailbox.alias}@{ROUTING_DOMAIN}"
        shared = mailbox.recipient_type == "SharedMailbox"
        return {
            "RemoteRoutingAddress": f"SMTP:{routing}",
            "RemoteRecipientType": "Migrated, SharedMailbox" if shared else "Migrated",
            "OnPremisesOrganizationalUnit": self._directory.identity(mailbox).rpartition("/")[0],
            "ExchangeGuid": uuid.UUID(mailbox.exchange_guid),
            "ArchiveGuid": uuid.UUID(int=0),
            "ArchiveState": "None",
            "SamAccountName": account(mailbox),
            "UserPrincipalName": mailbox.address,
            "RecipientType": "MailUser",
            **self._common(mailbox),
            "RecipientTypeDetails": f"Remote{mailbox.recipient_type}",
            "EmailAddresses": [
                f"SMTP:{mailbox.address}",
                f"smtp:{routing}",
                f"smtp:{mailbox.alias}@{TENANT_DOMAIN}",
            ],
            **moment_pair("WhenChanged", moved),
        }


def server_named(servers: Iterable[Server], asked: str, directory: Directory) -> Server:
    """The server called *asked*, by name or in full; raise the failure of not finding it."""
    for server in servers:
        if asked.casefold() in {server.name.casefold(), server.fqdn.casefold()}:
            return server
    raise failures.not_found(asked, directory.controller)


def _one_set(bound: Bound) -> None:
    """Refuse what belongs to more than one parameter set."""
    if sum(bound.get(name) is not None for name in ("Identity", "Database", "Server")) > 1:
        raise failures.ambiguous_set()


def _of_user(rows: list[Row], user: str | None) -> list[Row]:
    return rows if user is None else [row for row in rows if str(row["User"]).casefold() == user.casefold()]


def _limited(rows: Iterable[Row], available: int, asked: float | None) -> CmdletResult:
    """The first of *rows*, as many as *asked*, with the warning that Exchange gives where there are more."""
    limit = DEFAULT_RESULT_SIZE if asked is None else asked
    if limit == UNLIMITED or available <= limit:
        return CmdletResult(rows=list(rows))
    warning = _DEFAULT_WARNING if asked is None else _MORE_WARNING
    return CmdletResult(rows=list(islice(rows, int(limit))), warnings=[warning])
