"""The estate that was found: a row a mailbox, with everything that says whether and how it can move.

Joined by ExchangeGuid, by the GUID of the directory's object, and by the immutable id of its user in the tenant, which
is made of that GUID; never by an address.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping

import polars as pl

from mailwave.core.discovery.tables import (
    DEVICE,
    MAIL_USER,
    MAILBOX,
    PROTOCOLS,
    STATISTICS,
    SYNC,
    USER,
    guid,
)
from mailwave.core.exchange_export import parse_size
from mailwave.core.readiness.columns import NONE, looked_up, version_number

NOT_READ = "not read"
"""In `tenant`: the tenant was not asked, or its user could not be joined to anything."""

_COLUMNS: Mapping[str, str] = {
    "address": "PrimarySmtpAddress",
    "alias": "Alias",
    "display_name": "DisplayName",
    "organisation": "CustomAttribute1",
    "recipient_type": "RecipientTypeDetails",
    "legacy_dn": "LegacyExchangeDN",
    "server": "ServerName",
    "database": "Database",
    "account": "SamAccountName",
    "upn": "UserPrincipalName",
    "identity": "Identity",
    "addresses": "EmailAddresses",
    "archive_state": "ArchiveState",
    "move_status": "MailboxMoveStatus",
    "litigation_hold": "LitigationHoldEnabled",
    "retention_hold": "RetentionHoldEnabled",
    "in_place_holds": "InPlaceHolds",
    "moderated": "ModerationEnabled",
    "moderators": "ModeratedBy",
    "address_book_policy": "AddressBookPolicy",
}


def estate(tables: Mapping[str, pl.DataFrame], others: pl.DataFrame) -> pl.DataFrame:
    """A row a mailbox of *tables*, which are folded, in the order of ExchangeGuids.

    *others* are the rights of `holders.Holding.others`. Beside the texts of Exchange: ``site``; ``size_bytes``,
    ``items``, ``deleted_bytes``, ``archive_bytes`` (null where Exchange keeps none); ``pop``, ``imap``; ``mobile``, the
    lowest ActiveSync of its devices, 0 with none; ``stranger``, an account without a mailbox that logged on last;
    ``unknown_rights``, how many rights nobody can account for; and of the tenant ``tenant_user`` (its id),
    ``mail_user`` (its ExchangeGuid or ``none``), ``tenant_archive``, ``tenant_type``, ``tenant_addresses``,
    ``usage_location``, ``licensed``.
    """
    box = tables[MAILBOX].select(
        guid("ExchangeGuid").alias("guid"),
        guid("Guid").alias("object_guid"),
        guid("ArchiveGuid").alias("archive_guid"),
        pl.col("source").alias("site"),
        *(pl.col(name).alias(column) for column, name in _COLUMNS.items()),
    )
    unknown = others.group_by("mailbox").agg(
        unknown_rights=(pl.col("holder") == "unknown").sum().cast(pl.Int64)
    )
    accounts = tables[MAILBOX]["SamAccountName"].str.to_lowercase().unique()
    whole = (
        box.join(_sizes(tables[STATISTICS]), on="guid", how="left")
        .join(_archives(tables[STATISTICS]), on="archive_guid", how="left")
        .join(_protocols(tables[PROTOCOLS]), on="object_guid", how="left")
        .join(_devices(tables[DEVICE]), on="identity", how="left")
        .join(unknown, left_on="guid", right_on="mailbox", how="left")
        .join(_tenant(tables), on="object_guid", how="left")
        .with_columns(
            pl.col("unknown_rights").fill_null(0),
            _stranger(accounts),
            _mobile(tables),
            *_tenant_known(tables),
        )
    )
    return whole.sort("guid")


def _stranger(accounts: pl.Series) -> pl.Expr:
    """Who logged on last, where no mailbox has that account; the server itself counts for nobody."""
    shown = pl.col("logged_on").str.to_lowercase()
    name = shown.str.split("\\").list.last()
    strange = ~name.is_in(accounts.implode()) & ~shown.str.starts_with("nt authority")
    return pl.when(strange).then(pl.col("logged_on")).alias("stranger")


def _bytes(column: str) -> pl.Expr:
    return pl.col(column).map_batches(
        lambda texts: looked_up(texts, parse_size, pl.Int64), return_dtype=pl.Int64
    )


def _sizes(statistics: pl.DataFrame) -> pl.DataFrame:
    """Sizes of mailboxes that are connected; what is left of one that moved away is none (fact B50)."""
    here = ~pl.col("IsArchiveMailbox").fill_null(value=False) & pl.col("DisconnectDate").is_null()
    return (
        statistics.filter(here)
        .select(
            guid("MailboxGuid").alias("guid"),
            _bytes("TotalItemSize").alias("size_bytes"),
            pl.col("ItemCount").cast(pl.Int64, strict=False).alias("items"),
            _bytes("TotalDeletedItemSize").alias("deleted_bytes"),
            pl.col("LastLoggedOnUserAccount").alias("logged_on"),
            pl.col("IsQuarantined").alias("quarantined"),
        )
        .unique("guid", keep="last")
    )


def _archives(statistics: pl.DataFrame) -> pl.DataFrame:
    archive = statistics.filter(pl.col("IsArchiveMailbox"))
    size = _bytes("TotalItemSize").alias("archive_bytes")
    return archive.select(guid("MailboxGuid").alias("archive_guid"), size).unique("archive_guid", keep="last")


def _protocols(protocols: pl.DataFrame) -> pl.DataFrame:
    return protocols.select(
        guid("Guid").alias("object_guid"),
        pl.col("PopEnabled").alias("pop"),
        pl.col("ImapEnabled").alias("imap"),
    ).unique("object_guid", keep="last")


def _devices(devices: pl.DataFrame) -> pl.DataFrame:
    """The lowest ActiveSync of the devices of each mailbox, by its canonical name; null where one says none."""

    def number(text: str) -> int | None:
        parts = text.split(".")
        return version_number(tuple(map(int, parts))) if all(part.isdigit() for part in parts) else None

    version = pl.col("ClientVersion").map_batches(
        lambda texts: looked_up(texts, number, pl.Int64), return_dtype=pl.Int64
    )
    synced = devices.filter(pl.col("ClientType").fill_null("EAS") == "EAS")
    return synced.group_by(pl.col("UserDisplayName").alias("identity")).agg(
        mobile=pl.when(version.is_null().any()).then(None).otherwise(version.min()),
        devices=pl.len().cast(pl.Int64),
    )


def _mobile(tables: Mapping[str, pl.DataFrame]) -> pl.Expr:
    """No device is 0 where the site's devices were read at all, and else not known."""
    read = tables[DEVICE]["source"].unique().to_list()
    none = pl.col("devices").is_null() & pl.col("site").is_in(read)
    return pl.when(none).then(0).otherwise(pl.col("mobile")).alias("mobile")


def anchor(object_guid: str) -> str:
    """The immutable id that the directory sync makes of an object's GUID: its bytes in Windows' order, as base64."""
    return base64.b64encode(uuid.UUID(object_guid).bytes_le).decode()


def object_of(anchor_: str) -> str | None:
    """The GUID of the object that the immutable id *anchor_* was made of; None when it was made of something else."""
    try:
        return str(uuid.UUID(bytes_le=base64.b64decode(anchor_, validate=True)))
    except ValueError:
        return None


def _tenant(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The users of the tenant by the object they were made of, each with its mail user."""
    users = tables[USER].select(
        pl.col("onPremisesImmutableId").map_elements(object_of, return_dtype=pl.String).alias("object_guid"),
        guid("id").alias("tenant_user"),
        pl.col("usageLocation").alias("usage_location"),
        (pl.col("licences").list.len() > 0).alias("licensed"),
    )
    mail_users = tables[MAIL_USER].select(
        guid("ExternalDirectoryObjectId").alias("tenant_user"),
        guid("ExchangeGuid").fill_null(NONE).alias("mail_user"),
        guid("ArchiveGuid").alias("tenant_archive"),
        pl.col("RecipientTypeDetails").alias("tenant_type"),
        pl.col("EmailAddresses").alias("tenant_addresses"),
        (guid("ExchangeGuid").is_not_null() & guid("ExchangeGuid").is_duplicated()).alias("tenant_twins"),
    )
    joined = users.filter(pl.col("object_guid").is_not_null()).join(mail_users, on="tenant_user", how="left")
    return joined.unique("object_guid", keep="last")


def _tenant_known(tables: Mapping[str, pl.DataFrame]) -> list[pl.Expr]:
    """Where the tenant was read whole, whoever is not in it has no mail user and no usage location."""
    if tables[MAIL_USER].is_empty():
        return []
    user = pl.col("tenant_user").is_not_null()
    return [
        pl.col("mail_user").fill_null(NONE),
        pl.when(user).then(pl.col("usage_location").fill_null(NONE)).otherwise(pl.col("usage_location")),
    ]


def synced_at(tables: Mapping[str, pl.DataFrame]) -> str | None:
    """When the directory sync ran last, as Graph says; None where that was not read."""
    times = tables[SYNC]["onPremisesLastSyncDateTime"].drop_nulls()
    return str(times.max()) if len(times) else None
