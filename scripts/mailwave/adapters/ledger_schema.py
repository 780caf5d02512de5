"""The tables of the ledger. No SQL leaves the ledger's own files.

A change here needs a migration in `migrations/versions`, which a test compares with these tables.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.types import TypeEngine

from mailwave.core.texts import LONGEST_KEY, refuse_unstorable

REVISION = "0007"
"""The last of the migrations, which brings a ledger to what is written here."""

VERSION_TABLE = "ledger_version"
"""Where a database says which migration it is at."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of indexes and constraints: the same in every database, so that a migration can speak of them."""

metadata = MetaData(naming_convention=NAMES)


class Words(TypeDecorator[str]):
    """Text of at most *longest* characters, ordered by its bytes in UTF-8, and refused alike in every database.

    PostgreSQL takes no NUL and no half of a surrogate pair, and orders by the language of the place unless it is told
    otherwise; SQLite takes and keeps all of that.
    """

    impl = Text
    cache_ok = True

    def __init__(self, longest: int | None = None) -> None:
        super().__init__()
        self.longest = longest

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of the database: its own text."""
        return TEXT(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Let *value* through, or raise `Unstorable`."""
        if value is None:
            return None
        refuse_unstorable(value, self.longest)
        return value


class Moment(TypeDecorator[datetime]):
    """A UTC moment as text of one width, the same in every database; text order is time order."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of the database: text in the order of its bytes."""
        return TEXT(collation="C") if dialect.name == "postgresql" else Text()

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


Key = Words(LONGEST_KEY)
"""Text that is indexed."""

meta = Table("meta", metadata, Column("key", Key, primary_key=True), Column("value", Words, nullable=False))

organisations = Table(
    "organisations",
    metadata,
    Column("code", Key, primary_key=True),
    Column("name", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("region", Words, nullable=False),
    Column("icb", Words, nullable=False),
    Column("postcode", Words, nullable=False),
    Column("planned", Integer, nullable=False),  # its mailboxes at import; never changed
)

waves = Table(
    "waves",
    metadata,
    Column("id", Key, primary_key=True),
    Column[date]("night", Date, nullable=False),
    Column("window_start", Moment, nullable=False),
    Column("window_end", Moment, nullable=False),
    Column("digest", Key, nullable=False, unique=True),
)

batches = Table(
    "batches",
    metadata,
    Column("name", Key, primary_key=True),
    Column("wave", ForeignKey(waves.c.id), nullable=False, index=True),
    Column("site", Words, nullable=False),
    Column("place", Integer, nullable=False),  # its order in the plan
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("guid", Key, primary_key=True),
    Column("address", Key, nullable=False, unique=True),
    Column("alias", Words, nullable=False),
    Column("display_name", Words, nullable=False),
    Column("organisation", ForeignKey(organisations.c.code), nullable=False),
    Column("site", Words, nullable=False),
    Column("recipient_type", Words, nullable=False),
    Column("legacy_dn", Words, nullable=False),
    Column("server", Words, nullable=False),
    Column("database", Words, nullable=False),
    Column("size_bytes", BigInteger),
    Column("items", BigInteger),
    Column("state", Key, nullable=False),
    Column("why", Words, nullable=False),
    Column("batch", ForeignKey(batches.c.name), index=True),
    Column("place", Integer),  # its order in its batch
    Index("ix_mailboxes_counts", "organisation", "state"),
    Index("ix_mailboxes_state", "state"),
)

ALOFT_ROW = "in_flight"
"""What `mailboxes` has for the state of a mailbox whose state is in the table `in_flight`."""

in_flight = Table(
    "in_flight",
    metadata,
    # never given twice, so that a poll may remember it
    Column("slot", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("guid", ForeignKey(mailboxes.c.guid), nullable=False, unique=True),
    # where it is counted; the same as in mailboxes and batches
    Column("organisation", Words, nullable=False),
    Column("site", Words, nullable=False),
    Column("wave", Words, nullable=False),
    Column("batch", Words, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("state", Words, nullable=False),
    Column("why", Words, nullable=False),
    sqlite_autoincrement=True,
)

progress = Table(
    "progress",
    metadata,
    Column("page", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("stalls", Words, nullable=False),  # JSON: mailboxes by what holds them up
    Column("figures", LargeBinary, nullable=False),  # see ledger_progress
)

summary = Table(
    "summary",
    metadata,
    Column("face", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    Column("state", Key, primary_key=True),
    Column("mailboxes", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

leavers = Table(
    "leavers",
    metadata,
    Column("guid", ForeignKey(mailboxes.c.guid), primary_key=True),
    Column("n", ForeignKey("journal.n"), nullable=False),  # the amendment that says so
)

permissions = Table(
    "permissions",
    metadata,
    Column("guid", ForeignKey(mailboxes.c.guid), primary_key=True),
    Column(
        "trustee", ForeignKey(mailboxes.c.guid), primary_key=True, index=True
    ),  # whose rights a page shows
    Column("kind", Key, primary_key=True),
)

approvals = Table(
    "approvals",
    metadata,
    Column("n", ForeignKey("journal.n"), primary_key=True),
    Column("digest", Key, nullable=False, index=True),
    Column("subject", Words, nullable=False),
    Column("approved_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("ticket", Words, nullable=False),
)

IN_DOUBT = "settled_by IS NULL AND (outcome IS NULL OR outcome = 'unknown')"
"""Of intents, `Intent.is_doubtful`. A query says it word for word, or the index is not used."""

intents = Table(
    "intents",
    metadata,
    Column("n", ForeignKey("journal.n"), primary_key=True),
    Column("act", Key, nullable=False),
    Column("subject", Key, nullable=False),
    Column("detail", Words, nullable=False),
    Column("outcome", Words),
    Column("settled_by", ForeignKey("intents.n")),
    Index("ix_intents_act", "act", "subject"),
    # What polls ask for, of all that was ever begun.
    Index("ix_intents_doubtful", "act", sqlite_where=text(IN_DOUBT), postgresql_where=text(IN_DOUBT)),
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
    # A mailbox's ExchangeGuid; of a local administrator, the organisation and the person.
    Column("guid", Key, primary_key=True),
    Column("milestone", Key, primary_key=True),
    Column("night", Key, primary_key=True),  # as ISO 8601 has it; empty in what was written before 0005
    Column("audience", Key, primary_key=True),
    Column("reference", Key, nullable=False, unique=True),
    Column("state", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("reserved", ForeignKey("journal.n"), nullable=False),  # the entry that reserved it
    Column("settled", ForeignKey("journal.n"), index=True),  # the entry that says whether it went out
    # What an organisation's page asks for, of millions that went out.
    Index(
        "ix_notices_astray",
        "guid",
        sqlite_where=text("state IN ('failed', 'undelivered')"),
        postgresql_where=text("state IN ('failed', 'undelivered')"),
    ),
)

journal = Table(
    "journal",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("act", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("detail", Words, nullable=False),  # RFC 8785 JSON
    Column("who", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("ticket", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("previous", Words, nullable=False),
    Column("digest", Key, nullable=False, unique=True),
)
