"""Notices by night and audience: who is told of another night is told anew, and not only of their own mailbox.

What was written before has no night, and counts for any.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, UniqueConstraint, text

from mailwave.adapters.migrations.columns import words

revision = "0005"
down_revision = "0004"

_KEEP = "CREATE TABLE notices_before AS SELECT * FROM notices"
_TAKE = (
    "INSERT INTO notices (guid, milestone, night, audience, reference, state, detail, reserved) "
    "SELECT guid, milestone, '', 'user', reference, state, detail, reserved FROM notices_before"
)


def upgrade() -> None:
    """Make the table anew: a key cannot be changed in every database."""
    op.execute(_KEEP)
    op.drop_table("notices")
    op.create_table(
        "notices",
        *(
            Column(name, words(), nullable=False)
            for name in ("guid", "milestone", "night", "audience", "reference", "state", "detail")
        ),
        Column("reserved", Integer, nullable=False),
        Column("settled", Integer),
        PrimaryKeyConstraint("guid", "milestone", "night", "audience", name="pk_notices"),
        UniqueConstraint("reference", name="uq_notices_reference"),
        ForeignKeyConstraint(["reserved"], ["journal.n"], name="fk_notices_reserved"),
        ForeignKeyConstraint(["settled"], ["journal.n"], name="fk_notices_settled"),
    )
    op.execute(_TAKE)
    op.drop_table("notices_before")
    op.create_index("ix_notices_settled", "notices", ["settled"])
    astray = text("state IN ('failed', 'undelivered')")
    op.create_index("ix_notices_astray", "notices", ["guid"], sqlite_where=astray, postgresql_where=astray)
