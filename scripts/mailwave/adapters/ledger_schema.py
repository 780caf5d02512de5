"""The tables of the ledger. No SQL leaves the ledger's own files."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

VERSION = "2"
"""Raised whenever a table changes, or what an entry holds; a ledger of another version is refused."""

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A UTC moment as text of one width, the same in every database; text order is time order."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect | None) -> str | None:
        """Write a moment, which must know its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect | None) -> datetime | None:
        """Read a moment."""
        return None if value is None else datetime.fromisoformat(value)


meta = Table(
    "meta", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False)
)

organisations = Table(
    "organisations",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("region", String(8), nullable=False),
    Column("icb", String(8), nullable=False),
    Column("postcode", String(10), nullable=False),
    Column("planned", Integer, nullable=False),  # its mailboxes at import; never changed
)

waves = Table(
    "waves",
    metadata,
    Column("id", String(40), primary_key=True),
    Column[date]("night", Date, nullable=False),
    Column("window_start", Moment, nullable=False),
    Column("window_end", Moment, nullable=False),
    Column("digest", String(71), nullable=False, unique=True),
)

batches = Table(
    "batches",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("wave", ForeignKey(waves.c.id), nullable=False, index=True),
    Column("site", String(40), nullable=False),
    Column("place", Integer, nullable=False),  # its order in the plan
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("guid", String(36), primary_key=True),
    Column("address", Text, nullable=False, unique=True),
    Column("alias", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("organisation", ForeignKey(organisations.c.code), nullable=False),
    Column("site", String(40), nullable=False),
    Column("recipient_type", String(40), nullable=False),
    Column("legacy_dn", Text, nullable=False),
    Column("server", Text, nullable=False),
    Column("database", Text, nullable=False),
    Column("size_bytes", BigInteger),
    Column("items", BigInteger),
    Column("state", String(10), nullable=False),
    Column("why", Text, nullable=False),
    Column("batch", ForeignKey(batches.c.name), index=True),
    Column("place", Integer),  # its order in its batch
    Index("ix_mailboxes_counts", "organisation", "state"),
    Index("ix_mailboxes_state", "state"),
)

permissions = Table(
    "permissions",
    metadata,
    Column("guid", ForeignKey(mailboxes.c.guid), primary_key=True),
    Column("trustee", ForeignKey(mailboxes.c.guid), primary_key=True),
    Column("kind", String(16), primary_key=True),
)

approvals = Table(
    "approvals",
    metadata,
    Column("n", ForeignKey("journal.n"), primary_key=True),
    Column("digest", String(71), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("approved_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("ticket", Text, nullable=False),
)

intents = Table(
    "intents",
    metadata,
    Column("n", ForeignKey("journal.n"), primary_key=True),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("outcome", String(8)),
    Column("settled_by", ForeignKey("intents.n")),
    # Of one act on one subject, at most one may be under way.
    Index(
        "ix_intents_open",
        "act",
        "subject",
        unique=True,
        sqlite_where=text("outcome IS NULL"),
        postgresql_where=text("outcome IS NULL"),
    ),
)

notices = Table(
    "notices",
    metadata,
    Column("guid", ForeignKey(mailboxes.c.guid), primary_key=True),
    Column("milestone", String(16), primary_key=True),
    Column("reference", String(80), nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("detail", Text, nullable=False),
    Column("reserved", ForeignKey("journal.n"), nullable=False),  # the entry that reserved it
)

journal = Table(
    "journal",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),  # RFC 8785 JSON
    Column("who", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("previous", String(71), nullable=False),
    Column("digest", String(71), nullable=False, unique=True),
)
