"""A small estate as columns: the ledger's mailboxes and rights with what is known beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from mailwave.core.estate import ClientSeen, Mailbox, Permission
from mailwave.core.readiness.columns import (
    INVENTORY,
    MAILBOX_EVIDENCE,
    ORGANISATION_EVIDENCE,
    Estate,
    version_number,
)


def estate_columns(
    mailboxes: Sequence[Mailbox],
    permissions: Iterable[Permission],
    clients: Mapping[str, ClientSeen],
    evidence: pl.DataFrame | None = None,
    organisations: pl.DataFrame | None = None,
) -> Estate:
    """The estate of *mailboxes* and the rights on them.

    *clients* is by LegacyExchangeDN in lower case, as `client_log.read_client_logs` gives it. *evidence* has a row a
    mailbox, known by ``guid``, and columns of `MAILBOX_EVIDENCE`; *organisations* one an organisation.
    """
    inventory = pl.DataFrame(
        {
            "guid": [mailbox.guid for mailbox in mailboxes],
            "organisation": [mailbox.organisation for mailbox in mailboxes],
            "recipient_type": [mailbox.recipient_type for mailbox in mailboxes],
            "size_bytes": [mailbox.size_bytes for mailbox in mailboxes],
        },
        schema=dict(INVENTORY),
    )
    seen = [clients.get(mailbox.legacy_dn.casefold()) for mailbox in mailboxes]
    inventory = inventory.with_columns(
        pl.Series("client", [client and version_number(client.lowest) for client in seen], dtype=pl.Int64),
        pl.Series("client_on", [client and client.last_seen.date() for client in seen], dtype=pl.Date),
    )
    if evidence is not None:
        others = [name for name in evidence.columns if name not in inventory.columns]
        inventory = inventory.join(
            evidence.select("guid", *others), on="guid", how="left", maintain_order="left"
        )
    return Estate(
        _complete(inventory, MAILBOX_EVIDENCE),
        _of_organisations(organisations),
        _rights(mailboxes, permissions),
    )


def _complete(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    missing = [name for name in schema if name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=schema[name]).alias(name) for name in missing)


def _of_organisations(found: pl.DataFrame | None) -> pl.DataFrame:
    schema: dict[str, type[pl.DataType]] = {"organisation": pl.String}
    for name, dtype in ORGANISATION_EVIDENCE.items():
        schema |= {name: dtype, f"{name}_on": pl.Date}
    return _complete(pl.DataFrame(schema={"organisation": pl.String}) if found is None else found, schema)


def _rights(mailboxes: Sequence[Mailbox], permissions: Iterable[Permission]) -> pl.DataFrame:
    row = {mailbox.guid: n for n, mailbox in enumerate(mailboxes)}
    pairs = [(row[right.guid], row[right.trustee]) for right in permissions]
    return pl.DataFrame(pairs, schema={"mailbox": pl.UInt32, "trustee": pl.UInt32}, orient="row")
