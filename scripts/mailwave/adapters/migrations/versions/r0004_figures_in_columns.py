"""What polls see, packed a column a field and by slot: a third of the bytes that a poll writes."""

from __future__ import annotations

from typing import Any

import msgspec
from alembic import op
from sqlalchemy import LargeBinary, bindparam, column, table, update

revision = "0004"
down_revision = "0003"

_PROGRESS = table("progress", column("page"), column("figures", LargeBinary()))


def upgrade() -> None:
    """Pack what was seen last once more."""
    database = op.get_bind()
    slots = {row.guid: row.slot for row in database.exec_driver_sql("SELECT guid, slot FROM in_flight")}
    rows = [
        {"number": page, "packed": _in_columns(bytes(figures), slots)}
        for page, figures in database.exec_driver_sql("SELECT page, figures FROM progress").all()
    ]
    if rows:
        its_own = _PROGRESS.c.page == bindparam("number")
        database.execute(update(_PROGRESS).where(its_own).values(figures=bindparam("packed")), rows)


def _in_columns(figures: bytes, slots: dict[str, int]) -> bytes:
    held = msgspec.msgpack.decode(figures, type=dict[int, list[tuple[Any, ...]]])
    seen = [
        (moment, *zip(*((slots[guid], *figures) for guid, *figures in some), strict=True))
        for moment, some in held.items()
    ]
    return msgspec.msgpack.encode(seen)
