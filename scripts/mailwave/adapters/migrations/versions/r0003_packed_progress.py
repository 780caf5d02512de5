"""What polls see, packed into a row a thousand mailboxes in flight, and the planned number of all organisations."""

from __future__ import annotations

from collections import Counter, defaultdict

import msgspec
from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, column, insert, table

from mailwave.adapters.migrations.columns import words

revision = "0003"
down_revision = "0002"

Page = dict[int, list[list[object]]]

_SEEN = (
    "SELECT slot / 1000, seen, guid, status, percent, bytes_moved, items_moved, stall "
    "FROM progress JOIN in_flight USING (slot) WHERE seen IS NOT NULL ORDER BY slot"
)

_PLANNED = (
    "INSERT INTO meta (key, value) SELECT 'scope.planned', CAST(sum(planned) AS TEXT) FROM organisations "
    "HAVING count(*) > 0"
)


def upgrade() -> None:
    """Pack what was seen last."""
    pages: defaultdict[int, Page] = defaultdict(lambda: defaultdict(list))
    for page, moment, *seen in op.get_bind().exec_driver_sql(_SEEN):
        pages[page][moment].append(seen)
    op.drop_table("progress")
    op.create_table(
        "progress",
        Column("page", BigInteger().with_variant(Integer, "sqlite"), autoincrement=False, nullable=False),
        Column("stalls", words(), nullable=False),
        Column("figures", LargeBinary, nullable=False),
        PrimaryKeyConstraint("page", name="pk_progress"),
    )
    if (
        op.get_bind().dialect.name == "postgresql"
    ):  # every poll writes it anew: to compress it would take longer
        op.execute("ALTER TABLE progress ALTER COLUMN figures SET STORAGE EXTERNAL")
    _write(pages)
    op.execute(_PLANNED)


def _write(pages: dict[int, Page]) -> None:
    rows = []
    for number, page in pages.items():
        stalls = Counter(str(seen[-1]) for some in page.values() for seen in some if seen[-1])
        counted = msgspec.json.encode(stalls, order="sorted").decode()
        rows.append({"page": number, "stalls": counted, "figures": msgspec.msgpack.encode(page)})
    if rows:
        made = table("progress", column("page"), column("stalls"), column("figures", LargeBinary()))
        op.get_bind().execute(insert(made), rows)
