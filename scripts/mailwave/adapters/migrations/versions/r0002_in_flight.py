"""Mailboxes in flight apart from the others, the kept summary, and who has left."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)

from mailwave.adapters.migrations.columns import words

revision = "0002"
down_revision = "0001"

_MARK = (
    "UPDATE mailboxes SET state = 'in_flight', why = '' "
    "WHERE state IN ('syncing', 'synced', 'completing', 'unknown')"
)

_TAKE_OFF = (
    "INSERT INTO in_flight (guid, organisation, site, wave, batch, size_bytes, state, why) "
    "SELECT m.guid, m.organisation, m.site, coalesce(b.wave, ''), coalesce(m.batch, ''), coalesce(m.size_bytes, 0), "
    "m.state, m.why FROM mailboxes m LEFT JOIN batches b ON b.name = m.batch "
    "WHERE m.state IN ('syncing', 'synced', 'completing', 'unknown') ORDER BY m.guid"
)

_COUNT = (
    "INSERT INTO summary (face, name, state, mailboxes, size_bytes) "
    "SELECT '{face}', {name}, m.state, count(*), coalesce(sum(m.size_bytes), 0) "
    "FROM mailboxes m LEFT JOIN batches b ON b.name = m.batch GROUP BY {name}, m.state"
)

_NAMES = {
    "organisation": "m.organisation",
    "site": "m.site",
    "wave": "coalesce(b.wave, '')",
    "batch": "coalesce(m.batch, '')",
}


def upgrade() -> None:
    """Make the tables, count what there is, and move what is in flight."""
    _in_flight()
    _progress()
    _summary()
    op.create_table(
        "leavers",
        Column("guid", words(), nullable=False),
        Column("n", Integer, nullable=False),
        PrimaryKeyConstraint("guid", name="pk_leavers"),
        ForeignKeyConstraint(["guid"], ["mailboxes.guid"], name="fk_leavers_guid"),
        ForeignKeyConstraint(["n"], ["journal.n"], name="fk_leavers_n"),
    )
    for face, name in _NAMES.items():
        op.execute(_COUNT.format(face=face, name=name))
    op.execute(_TAKE_OFF)
    op.execute(_MARK)
    op.execute("INSERT INTO progress (slot, status, stall) SELECT slot, '', '' FROM in_flight")


def _in_flight() -> None:
    texts = (Column(name, words(), nullable=False) for name in ("organisation", "site", "wave", "batch"))
    op.create_table(
        "in_flight",
        Column("slot", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
        Column("guid", words(), nullable=False),
        *texts,
        Column("size_bytes", BigInteger, nullable=False),
        Column("state", words(), nullable=False),
        Column("why", words(), nullable=False),
        PrimaryKeyConstraint("slot", name="pk_in_flight"),
        UniqueConstraint("guid", name="uq_in_flight_guid"),
        ForeignKeyConstraint(["guid"], ["mailboxes.guid"], name="fk_in_flight_guid"),
        sqlite_autoincrement=True,
    )


def _progress() -> None:
    op.create_table(
        "progress",
        Column("slot", BigInteger().with_variant(Integer, "sqlite"), autoincrement=False, nullable=False),
        Column("status", words(), nullable=False),
        Column("percent", Integer),
        Column("bytes_moved", BigInteger),
        Column("items_moved", BigInteger),
        Column("stall", words(), nullable=False),
        Column("seen", BigInteger),
        PrimaryKeyConstraint("slot", name="pk_progress"),
        ForeignKeyConstraint(["slot"], ["in_flight.slot"], name="fk_progress_slot"),
        postgresql_with={"fillfactor": 50},
    )
    held_up = text("stall <> ''")
    op.create_index(
        "ix_progress_stall", "progress", ["stall"], sqlite_where=held_up, postgresql_where=held_up
    )


def _summary() -> None:
    op.create_table(
        "summary",
        *(Column(name, words(), nullable=False) for name in ("face", "name", "state")),
        Column("mailboxes", BigInteger, nullable=False),
        Column("size_bytes", BigInteger, nullable=False),
        PrimaryKeyConstraint("face", "name", "state", name="pk_summary"),
        sqlite_with_rowid=False,
    )
