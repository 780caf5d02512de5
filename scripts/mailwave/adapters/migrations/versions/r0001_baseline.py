"""The estate, the plan, the acts and the journal."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)

from mailwave.adapters.migrations.columns import words

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, those first that others lead to."""
    op.create_table("meta", *_words("key", "value"), PrimaryKeyConstraint("key", name="pk_meta"))
    _journal()
    _estate()
    _mailboxes()
    _acts()
    _notices()


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, words(), nullable=False) for name in names]


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _key(table: str, *names: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint(*names, name=f"pk_{table}")


def _leads(table: str, name: str, to: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([name], [to], name=f"fk_{table}_{name}")


def _once(table: str, name: str) -> UniqueConstraint:
    return UniqueConstraint(name, name=f"uq_{table}_{name}")


def _journal() -> None:
    op.create_table(
        "journal",
        Column("n", Integer, nullable=False, autoincrement=False),
        *_words("at", "act", "subject", "detail", "who", "source", "ticket", "why", "previous", "digest"),
        _key("journal", "n"),
        _once("journal", "digest"),
    )


def _estate() -> None:
    op.create_table(
        "organisations",
        *_words("code", "name", "kind", "region", "icb", "postcode"),
        _number("planned"),
        _key("organisations", "code"),
    )
    op.create_table(
        "waves",
        *_words("id"),
        Column("night", Date, nullable=False),
        *_words("window_start", "window_end", "digest"),
        _key("waves", "id"),
        _once("waves", "digest"),
    )
    op.create_table(
        "batches",
        *_words("name", "wave", "site"),
        _number("place"),
        _key("batches", "name"),
        _leads("batches", "wave", "waves.id"),
    )
    op.create_index("ix_batches_wave", "batches", ["wave"])


def _mailboxes() -> None:
    op.create_table(
        "mailboxes",
        *_words("guid", "address", "alias", "display_name", "organisation", "site", "recipient_type"),
        *_words("legacy_dn", "server", "database"),
        Column("size_bytes", BigInteger),
        Column("items", BigInteger),
        *_words("state", "why"),
        Column("batch", words()),
        Column("place", Integer),
        _key("mailboxes", "guid"),
        _once("mailboxes", "address"),
        _leads("mailboxes", "organisation", "organisations.code"),
        _leads("mailboxes", "batch", "batches.name"),
    )
    op.create_index("ix_mailboxes_batch", "mailboxes", ["batch"])
    op.create_index("ix_mailboxes_counts", "mailboxes", ["organisation", "state"])
    op.create_index("ix_mailboxes_state", "mailboxes", ["state"])
    op.create_table(
        "permissions",
        *_words("guid", "trustee", "kind"),
        _key("permissions", "guid", "trustee", "kind"),
        _leads("permissions", "guid", "mailboxes.guid"),
        _leads("permissions", "trustee", "mailboxes.guid"),
    )


def _acts() -> None:
    op.create_table(
        "approvals",
        _number("n"),
        *_words("digest", "subject", "approved_at", "expires_at", "who", "ticket"),
        _key("approvals", "n"),
        _leads("approvals", "n", "journal.n"),
    )
    op.create_index("ix_approvals_digest", "approvals", ["digest"])
    op.create_table(
        "intents",
        _number("n"),
        *_words("act", "subject", "detail"),
        Column("outcome", words()),
        Column("settled_by", Integer),
        _key("intents", "n"),
        _leads("intents", "n", "journal.n"),
        _leads("intents", "settled_by", "intents.n"),
    )
    under_way = text("outcome IS NULL")
    op.create_index(
        "ix_intents_open",
        "intents",
        ["act", "subject"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )


def _notices() -> None:
    op.create_table(
        "notices",
        *_words("guid", "milestone", "reference", "state", "detail"),
        _number("reserved"),
        _key("notices", "guid", "milestone"),
        _once("notices", "reference"),
        _leads("notices", "guid", "mailboxes.guid"),
        _leads("notices", "reserved", "journal.n"),
    )
