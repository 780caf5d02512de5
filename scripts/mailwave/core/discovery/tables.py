"""The tables of a reading: what is kept of each answer, under the names that Exchange and Graph themselves use.

Texts stay as they came, lists stay lists, and what an answer has not got is null, which means that it is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

Schema = Mapping[str, pl.DataType]
Rows = Iterable[Mapping[str, Any]]
Part = Mapping[str, pl.DataFrame]
"""Tables by name: what one question, or a few that belong together, was answered with."""

TEXT, YES, LIST = pl.String(), pl.Boolean(), pl.List(pl.String())


def _schema(texts: str, flags: str = "", lists: str = "") -> Schema:
    kinds = ((texts, TEXT), (flags, YES), (lists, LIST))
    return {name: kind for names, kind in kinds for name in names.split()}


MAILBOX, STATISTICS, RIGHT = "mailbox", "statistics", "right"
PROTOCOLS, DEVICE, RECIPIENT, MEMBER = "protocols", "device", "recipient", "member"
CONNECTOR, PUBLIC_FOLDER, GONE = "connector", "public_folder", "gone"
USER, MAIL_USER, SYNC, ACCEPTED = "user", "mail_user", "sync", "accepted"

TABLES: Mapping[str, Schema] = {
    MAILBOX: _schema(
        "ExchangeGuid Guid Identity DistinguishedName SamAccountName UserPrincipalName PrimarySmtpAddress Alias "
        "DisplayName RecipientTypeDetails LegacyExchangeDN ServerName Database CustomAttribute1 ArchiveGuid "
        "ArchiveState MailboxMoveStatus AddressBookPolicy WhenChangedUTC",
        "LitigationHoldEnabled RetentionHoldEnabled ModerationEnabled",
        "EmailAddresses InPlaceHolds ModeratedBy GrantSendOnBehalfTo",
    ),
    STATISTICS: _schema(
        "MailboxGuid TotalItemSize ItemCount TotalDeletedItemSize DisconnectDate LastLoggedOnUserAccount",
        "IsArchiveMailbox IsQuarantined",
    ),
    RIGHT: _schema("Identity User Kind Folder", "Deny"),
    PROTOCOLS: _schema("Guid Identity", "PopEnabled ImapEnabled ActiveSyncEnabled"),
    DEVICE: _schema("UserDisplayName DeviceId DeviceType ClientType ClientVersion"),
    RECIPIENT: _schema(
        "Noun Guid Identity DistinguishedName SamAccountName Name Alias PrimarySmtpAddress RecipientTypeDetails "
        "RecipientFilter ExternalEmailAddress",
        "ModerationEnabled",
        "ManagedBy ModeratedBy",
    ),
    MEMBER: _schema("Group Guid Identity RecipientTypeDetails"),
    CONNECTOR: _schema(
        "Identity Server PermissionGroups AuthMechanism TransportRole", "Enabled", "RemoteIPRanges"
    ),
    PUBLIC_FOLDER: _schema("Identity Name ParentPath FolderSize ContentMailboxName", "MailEnabled"),
    GONE: _schema("ExchangeGuid"),
    USER: _schema(
        "id onPremisesImmutableId userPrincipalName usageLocation",
        "removed whole accountEnabled",
        "proxyAddresses licences",
    ),
    MAIL_USER: _schema(
        "ExternalDirectoryObjectId ExchangeGuid ArchiveGuid RecipientTypeDetails", "", "EmailAddresses"
    ),
    SYNC: _schema("onPremisesLastSyncDateTime", "onPremisesSyncEnabled"),
    ACCEPTED: _schema("DomainName DomainType"),
}
"""What is kept of each kind of answer.

A row of `right` is an entry of an access list, *Deny* with its sense; of `member`, a direct member of the group with
the GUID *Group*, of the type `UNSEEN` and without anything else where its list could not be read; of `gone`, a mailbox
that a later reading did not find any more. `user` is Graph's, *whole* where it
comes from a list of everybody; `mail_user` and `accepted`, the domains that it takes mail for, are Exchange Online's.
"""

UNSEEN = "Unseen"
"""Stands where the members of a group could not be read."""

NO_GUID = "00000000-0000-0000-0000-000000000000"


def table(name: str, rows: Rows) -> pl.DataFrame:
    """*rows*, as Exchange or Graph gave them, with the columns of the table *name* and nothing else."""
    schema, kept = TABLES[name], list(rows)
    columns = {
        column: pl.Series(column, [_cell(row.get(column), kind) for row in kept], dtype=kind)
        for column, kind in schema.items()
    }
    return pl.DataFrame(columns, schema=dict(schema))


def empty(name: str) -> pl.DataFrame:
    """The table *name* without a row."""
    return pl.DataFrame(schema=dict(TABLES[name]))


def _cell(value: object, kind: pl.DataType) -> object:
    if value is None:
        return None
    if kind == YES:
        return value if isinstance(value, bool) else str(value).casefold() == "true"
    if kind == LIST:
        return values(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def values(value: object) -> list[str]:
    """A multi-valued property as texts, whether it came as a list, as text with commas, or not at all."""
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(item) for item in value]
    return [part.strip() for part in str(value).split(",") if part.strip()]


def guid(column: str) -> pl.Expr:
    """The ids in *column* as they are compared: in lower case, and null where there are none."""
    text = pl.col(column).str.to_lowercase().str.strip_chars("{}")
    return pl.when(text.is_in([NO_GUID, ""])).then(None).otherwise(text)
