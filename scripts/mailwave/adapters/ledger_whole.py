"""Whole tables of a ledger as columns of polars."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from msgspec.structs import astuple
from sqlalchemy import ColumnElement, Connection, select

from mailwave.adapters import ledger_bulk, ledger_estate
from mailwave.adapters.ledger_schema import batches, in_flight, mailboxes, organisations, permissions, summary
from mailwave.adapters.ledger_summary import STATE
from mailwave.core.delegates.held import NAMES, held
from mailwave.core.estate import Permission
from mailwave.core.estate_columns import (
    MAILBOX_FIELDS,
    NUMBERS,
    ORGANISATION_FIELDS,
    EstateColumns,
    guid_halves,
)
from mailwave.core.everybody import STATES, Everybody
from mailwave.core.population import Numbers, ordered
from mailwave.core.progress import Face
from mailwave.core.states import MailboxState


def load_estate(connection: Connection, estate: EstateColumns) -> None:
    """Write *estate* into empty tables; every mailbox waits."""
    waiting = [pl.lit(MailboxState.WAITING.value).alias("state"), pl.lit("").alias("why")]
    with ledger_bulk.loading(connection, [mailboxes, permissions]):
        ledger_bulk.load(connection, organisations, _with_planned(estate))
        ledger_bulk.load(connection, mailboxes, estate.mailboxes.with_columns(waiting))
        ledger_bulk.load(connection, permissions, estate.permissions)
    ledger_estate.keep_planned(connection)
    connection.execute(summary.delete())
    ledger_bulk.load(connection, summary, _summary(estate.mailboxes))


def _with_planned(estate: EstateColumns) -> pl.DataFrame:
    planned = estate.mailboxes.group_by("organisation").agg(pl.len().alias("planned"))
    return estate.organisations.join(
        planned, left_on="code", right_on="organisation", how="left", maintain_order="left"
    ).with_columns(pl.col("planned").fill_null(0))


def _summary(boxes: pl.DataFrame) -> pl.DataFrame:
    """The kept summary of mailboxes that all wait and are in no batch (see `ledger_summary`)."""
    names = {
        Face.ORGANISATION: pl.col("organisation"),
        Face.SITE: pl.col("site"),
        Face.WAVE: pl.lit(""),
        Face.BATCH: pl.lit(""),
    }
    counted = [
        boxes.group_by(name.alias("name"))
        .agg(pl.len().cast(pl.Int64).alias("mailboxes"), pl.col("size_bytes").sum())
        .select(
            pl.lit(face.value).alias("face"),
            "name",
            pl.lit(MailboxState.WAITING.value).alias("state"),
            "mailboxes",
            "size_bytes",
        )
        for face, name in names.items()
    ]
    return pl.concat(counted)


def read_estate(connection: Connection) -> EstateColumns:
    """The mailboxes as imported, their organisations and rights, in the order of their keys."""
    number = dict.fromkeys(NUMBERS, pl.Int64())
    return EstateColumns(
        _table(connection, "organisations", ORGANISATION_FIELDS).sort("code"),
        _table(connection, "mailboxes", MAILBOX_FIELDS, number).sort("guid"),
        read_rights(connection).sort("guid", "trustee", "kind"),
    )


_STANDS: Mapping[str, ColumnElement[Any]] = {
    "state": STATE,
    "why": ledger_estate.WHY,
    "wave": batches.c.wave,
    "batch": mailboxes.c.batch,
}
"""Where a mailbox stands, by the name that `mailwave.core.estate.Record` has for it."""


def read_mailboxes(connection: Connection, names: Sequence[str], organisation: str | None) -> pl.DataFrame:
    """The columns *names* of every mailbox, or of those of *organisation*, in the order of the guids."""
    wanted = list(dict.fromkeys(("guid", *names)))
    query = (
        select(*((_STANDS[name] if name in _STANDS else mailboxes.c[name]).label(name) for name in wanted))
        .select_from(mailboxes)
        .join(in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True)
        .join(batches, batches.c.name == mailboxes.c.batch, isouter=True)
    )
    if organisation is not None:
        query = query.where(mailboxes.c.organisation == organisation)
    text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    schema = {name: pl.Int64() if name in NUMBERS else pl.String() for name in wanted}
    # PostgreSQL's CSV tells an empty text from none, and polars does not
    empty = pl.col([name for name in wanted if name not in (*NUMBERS, "wave", "batch")]).fill_null("")
    return ledger_bulk.read(connection, text, schema).with_columns(empty).sort("guid")


def read_rights(connection: Connection) -> pl.DataFrame:
    """Every right, with the columns of `mailwave.core.estate.Permission`, in no order."""
    return _table(connection, "permissions", ("guid", "trustee", "kind"))


def without(
    estate: EstateColumns,
    joined: Collection[str],
    first: Mapping[str, str],
    came: Collection[Permission],
) -> EstateColumns:
    """*estate* without who *joined* and the rights that *came*, and where mailboxes were *first*, by their guid."""
    boxes = estate.mailboxes.filter(~pl.col("guid").is_in(list(joined)))
    if first:
        was = pl.col("guid").replace_strict(dict(first), default=pl.col("organisation"))
        boxes = boxes.with_columns(organisation=was)
    names = estate.permissions.columns
    rights = pl.DataFrame([astuple(right) for right in came], schema=estate.permissions.schema, orient="row")
    left = estate.permissions.join(rights, on=names, how="anti", maintain_order="left")
    return EstateColumns(estate.organisations, boxes, left)


def read_everybody(connection: Connection) -> Everybody:
    """Every mailbox and every right as a plan takes them, and where each mailbox stands."""
    boxes = read_mailboxes(connection, ("organisation", "site", "database", "size_bytes", "state"), None)
    bodies = tuple(ledger_estate.all_organisations(connection))
    sites, databases = (sorted(boxes[name].unique().to_list()) for name in ("site", "database"))
    guid = guid_halves(boxes["guid"])
    places = (
        _places(boxes["organisation"], [body.code for body in bodies]),
        _places(boxes["site"], sites),
        _places(boxes["database"], databases),
    )
    sizes = boxes["size_bytes"].fill_null(0).to_numpy()
    population = ordered(guid, places, sizes, (bodies, tuple(sites), tuple(databases)))
    rights = read_rights(connection)
    mailbox, trustee = (population.places(guid_halves(rights[end])) for end in ("guid", "trustee"))
    between = held(mailbox, trustee, _places(rights["kind"], NAMES), max(population.size, 1))
    state = _places(boxes["state"], [state.value for state in STATES])
    return Everybody(population, between, state.astype(np.int8))


def _table(
    connection: Connection, table: str, names: Sequence[str], numbers: dict[str, pl.Int64] | None = None
) -> pl.DataFrame:
    columns = ", ".join(f'"{name}"' for name in names)
    schema = {name: (numbers or {}).get(name, pl.String()) for name in names}
    return ledger_bulk.read(connection, f"SELECT {columns} FROM {table}", schema)  # noqa: S608  our own names


def _places(values: pl.Series, names: Sequence[str]) -> Numbers:
    found: Numbers = values.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
    return found
