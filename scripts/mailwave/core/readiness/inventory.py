"""The estate of a ledger as columns: its mailboxes and rights with what is known beside them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mailwave.core.estate import ClientSeen
from mailwave.core.estate_columns import folded
from mailwave.core.readiness.columns import (
    INVENTORY,
    MAILBOX_EVIDENCE,
    ORGANISATION_EVIDENCE,
    Estate,
    version_number,
)

ASKED = (*INVENTORY, "legacy_dn")
"""The columns of mailboxes that are looked at."""


def estate_columns(
    mailboxes: pl.DataFrame,
    rights: pl.DataFrame,
    clients: Mapping[str, ClientSeen],
    evidence: pl.DataFrame | None = None,
    organisations: pl.DataFrame | None = None,
) -> Estate:
    """The estate of *mailboxes*, with the columns `ASKED`, and of those of *rights* that are between two of them.

    *rights* have ``guid`` and ``trustee``. *clients* is by LegacyExchangeDN in lower case, as
    `client_log.read_client_logs` gives it. *evidence* has a row a mailbox, known by ``guid``, and columns of
    `MAILBOX_EVIDENCE`; *organisations* one an organisation.
    """
    inventory = _with_clients(mailboxes, clients)
    if evidence is not None:
        others = [name for name in evidence.columns if name not in inventory.columns]
        inventory = inventory.join(
            evidence.select("guid", *others), on="guid", how="left", maintain_order="left"
        )
    return Estate(
        _complete(inventory, MAILBOX_EVIDENCE),
        _of_organisations(organisations),
        _by_row(rights, mailboxes["guid"]),
    )


def _with_clients(mailboxes: pl.DataFrame, clients: Mapping[str, ClientSeen]) -> pl.DataFrame:
    seen = pl.DataFrame(
        [(name, version_number(each.lowest), each.last_seen.date()) for name, each in clients.items()],
        schema={"legacy_dn": pl.String, "client": pl.Int64, "client_on": pl.Date},
        orient="row",
    )
    return (
        mailboxes.select(
            folded(mailboxes["legacy_dn"]), *(pl.col(n).cast(kind) for n, kind in INVENTORY.items())
        )
        .join(seen, on="legacy_dn", how="left", maintain_order="left")
        .drop("legacy_dn")
    )


def _complete(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    missing = [name for name in schema if name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=schema[name]).alias(name) for name in missing)


def _of_organisations(found: pl.DataFrame | None) -> pl.DataFrame:
    schema: dict[str, type[pl.DataType]] = {"organisation": pl.String}
    for name, dtype in ORGANISATION_EVIDENCE.items():
        schema |= {name: dtype, f"{name}_on": pl.Date}
    return _complete(pl.DataFrame(schema={"organisation": pl.String}) if found is None else found, schema)


def _by_row(rights: pl.DataFrame, guids: pl.Series) -> pl.DataFrame:
    """Those of *rights* that are between mailboxes of *guids*, by their rows."""
    rows = pl.DataFrame([guids]).with_row_index("row")
    return (
        rights.join(rows.rename({"row": "mailbox"}), on="guid")
        .join(rows.rename({"row": "holder", "guid": "trustee"}), on="trustee")
        .select("mailbox", trustee="holder")
    )
