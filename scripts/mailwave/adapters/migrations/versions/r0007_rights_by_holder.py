"""Rights are found by their holder, too: a page shows what somebody holds, out of millions of rights."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_permissions_trustee", "permissions", ["trustee"])
