"""Small tables of a reading, made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from mailwave.core.discovery.fold import READING, SOURCE
from mailwave.core.discovery.tables import MAILBOX, TABLES, table

Rows = Iterable[Mapping[str, Any]]


def guid(n: int) -> str:
    """An ExchangeGuid."""
    return f"00000000-0000-4000-8000-{n:012x}"


def object_guid(n: int) -> str:
    """The GUID of an object of the directory."""
    return f"0b1ec700-0000-4000-8000-{n:012x}"


def a_box(n: int, **more: object) -> dict[str, object]:
    """The mailbox of the person *n*, as Get-Mailbox shows it."""
    return {
        "ExchangeGuid": guid(n),
        "Guid": object_guid(n),
        "Identity": f"leeds.example/People/p{n}",
        "DistinguishedName": f"CN=p{n},OU=People,DC=leeds,DC=example",
        "SamAccountName": f"p{n}",
        "UserPrincipalName": f"p{n}@nhs.example",
        "PrimarySmtpAddress": f"p{n}@nhs.example",
        "EmailAddresses": [f"SMTP:p{n}@nhs.example"],
        "Alias": f"p{n}",
        "DisplayName": f"Person {n}",
        "RecipientTypeDetails": "UserMailbox",
        "LegacyExchangeDN": f"/o=NHS/cn=p{n}",
        "ServerName": "EX01",
        "Database": "DB01",
        "CustomAttribute1": "RR8",
        "ArchiveState": "None",
        "MailboxMoveStatus": "None",
        "LitigationHoldEnabled": False,
        "RetentionHoldEnabled": False,
        "ModerationEnabled": False,
        "InPlaceHolds": [],
    } | more


def a_group(n: int, **more: object) -> dict[str, object]:
    """The group *n*, as Get-DistributionGroup shows it."""
    return {
        "Noun": "DistributionGroup",
        "Guid": object_guid(1_000 + n),
        "Identity": f"leeds.example/Groups/g{n}",
        "SamAccountName": f"g{n}",
        "Name": f"g{n}",
        "RecipientTypeDetails": "MailUniversalSecurityGroup",
    } | more


def a_right(n: int, user: str, kind: str = "FullAccess", **more: object) -> dict[str, object]:
    """A right of *user* on the mailbox *n*."""
    return {
        "Identity": f"leeds.example/People/p{n}",
        "User": user,
        "Kind": kind,
        "Folder": "",
        "Deny": False,
    } | more


def member(group: int, of: Mapping[str, object]) -> dict[str, object]:
    """*of*, a mailbox or group, as a member of *group*."""
    return {"Group": object_guid(1_000 + group), **of}


def read(reading: int = 1, source: str = "leeds", **tables: Rows) -> dict[str, pl.DataFrame]:
    """What one reading found, by table; those not given are empty."""
    return {
        name: table(name, tables.get(name, ())).with_columns(
            pl.lit(reading, dtype=pl.Int32).alias(READING), pl.lit(source).alias(SOURCE)
        )
        for name in TABLES
    }


def after(*readings: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What several readings found, one after the other."""
    return {name: pl.concat([each[name] for each in readings]) for name in TABLES}


def people(*numbers: int, **more: object) -> dict[str, Rows]:
    """The mailboxes *numbers*."""
    return {MAILBOX: [a_box(n, **more) for n in numbers]}
