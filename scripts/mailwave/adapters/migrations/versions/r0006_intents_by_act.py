"""Intents by act and subject, and those in doubt: a poll asks for few of what a campaign has begun."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"

_IN_DOUBT = text("settled_by IS NULL AND (outcome IS NULL OR outcome = 'unknown')")


def upgrade() -> None:
    """Add two indexes."""
    op.create_index("ix_intents_act", "intents", ["act", "subject"])
    op.create_index(
        "ix_intents_doubtful", "intents", ["act"], sqlite_where=_IN_DOUBT, postgresql_where=_IN_DOUBT
    )
