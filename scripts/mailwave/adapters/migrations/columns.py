"""Types of columns as migrations know them; what is here never changes, a new kind gets a new name."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import TEXT


def words() -> Text:
    """Text in the order of its bytes."""
    return Text().with_variant(TEXT(collation="C"), "postgresql")
