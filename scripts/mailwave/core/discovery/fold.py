"""What is known after several readings: of each thing what the last reading that saw it said.

Every table has a column *reading*, the number of the reading that it comes from, and *source*, the site or service.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mailwave.core.discovery.tables import (
    ACCEPTED,
    CONNECTOR,
    DEVICE,
    GONE,
    MAIL_USER,
    MAILBOX,
    MEMBER,
    PROTOCOLS,
    PUBLIC_FOLDER,
    RECIPIENT,
    RIGHT,
    STATISTICS,
    SYNC,
    TABLES,
    USER,
    guid,
)

READING, SOURCE = "reading", "source"

KEYS: Mapping[str, str] = {MAILBOX: "ExchangeGuid", STATISTICS: "MailboxGuid", PROTOCOLS: "Guid", USER: "id"}
"""Tables of which a later reading holds only what changed, by the id that names a row."""

WHOLE = (DEVICE, RECIPIENT, MEMBER, CONNECTOR, PUBLIC_FOLDER, MAIL_USER, SYNC, ACCEPTED)
"""Tables that every reading holds whole, by source."""


def folded(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The state after all readings, by table; a mailbox that is *gone* is in none of them."""
    mailbox = tables[MAILBOX]
    found = {name: _last(tables[name], key) for name, key in KEYS.items()}
    found |= {name: _of_the_last(tables[name]) for name in WHOLE}
    left = tables[GONE].select(_id=guid("ExchangeGuid"), _left=READING).group_by("_id").agg(pl.max("_left"))
    found[MAILBOX] = (
        found[MAILBOX]
        .join(left, left_on=guid("ExchangeGuid"), right_on="_id", how="left", maintain_order="left")
        .filter(pl.col("_left").is_null() | (pl.col("_left") < pl.col(READING)))
        .select(mailbox.columns)
    )
    found[RIGHT] = _rights(tables[RIGHT], mailbox, found[MAILBOX])
    whole = tables[USER].filter("whole")[READING].max()
    if whole is not None:  # whoever is in no page of the last list of everybody is gone
        found[USER] = found[USER].filter(pl.col(READING) >= whole)
    found[USER] = found[USER].filter(~pl.col("removed").fill_null(value=False))
    return {name: frame.select(SOURCE, *TABLES[name], *_own(frame, name)) for name, frame in found.items()}


def _own(frame: pl.DataFrame, name: str) -> list[str]:
    return [
        column for column in frame.columns if column not in TABLES[name] and column not in (READING, SOURCE)
    ]


def _last(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    return (
        frame.with_columns(_id=guid(key))
        .filter(pl.col("_id").is_not_null())
        .sort(READING, maintain_order=True)
        .unique("_id", keep="last", maintain_order=True)
        .drop("_id")
    )


def _of_the_last(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col(READING) == pl.col(READING).max().over(SOURCE)).unique(maintain_order=True)


def _rights(rights: pl.DataFrame, read: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The rights on each of the *known* mailboxes as the last reading of that mailbox found them.

    A right names its mailbox by what it was called in that reading; *mailbox* is its ExchangeGuid.
    """
    named = read.select(READING, "Identity", mailbox=guid("ExchangeGuid")).unique(maintain_order=True)
    last = known.select(READING, mailbox=guid("ExchangeGuid"))
    return (
        rights.join(named, on=[READING, "Identity"], how="inner", maintain_order="left")
        .join(last, on=[READING, "mailbox"], how="semi")
        .unique(maintain_order=True)
    )
