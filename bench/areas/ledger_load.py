"""One load of an estate into an empty ledger, ours or the store's own of rows that are ready, and how long it took."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import polars as pl
import psycopg

from mailwave.adapters.estate_tables import read_tables
from mailwave.adapters.ledger import Ledger
from mailwave.core.estate_columns import EstateColumns
from mailwave.core.reason import Reason

OURS, CONSTRAINED, BARE = "ours", "constrained", "bare"
"""Our import; the store's own load with every index and constraint in place; the same, with those made after it."""

REASON = Reason(who="bench", source="bench", ticket="CHG1", text="measuring")
TABLES = ("organisations", "mailboxes", "permissions")
_AT_ONCE = 2**20


class Told(msgspec.Struct):
    """What a load says: *seconds* by the clock, *processor* seconds of its own, and the rows of each table."""

    seconds: float
    processor: float
    rows: dict[str, int]


def main(how: str, folder: str, url: str) -> None:
    """Make the ledger at *url*, and load what is in *folder*."""
    Ledger.open(url, _now).close()
    load = (
        _ours(Path(folder), url) if how == OURS else _plain(read_tables(Path(folder)), url, bare=how == BARE)
    )
    began, used = time.perf_counter(), time.process_time()
    load()
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    with Ledger.open(url, _now) as ledger:
        rows = ledger.heights(TABLES)
    print(msgspec.json.encode(Told(seconds, processor, rows)).decode())


def _now() -> datetime:
    return datetime.now(UTC)


def _ours(folder: Path, url: str) -> Callable[[], None]:
    def load() -> None:
        with Ledger.open(url, _now) as ledger:
            ledger.import_columns(read_tables(folder), REASON)

    return load


def _plain(estate: EstateColumns, url: str, *, bare: bool) -> Callable[[], None]:
    boxes = estate.mailboxes.with_columns(state=pl.lit("waiting"), why=pl.lit(""))
    bodies = estate.organisations.with_columns(planned=pl.lit(0))
    tables = dict(zip(TABLES, (bodies, boxes, estate.permissions), strict=True))
    if url.startswith("sqlite"):
        return _sqlite(tables, url.removeprefix("sqlite:///"), bare=bare)
    parts = urlsplit(url)
    return _postgresql(tables, parse_qs(parts.query)["host"][0], parts.path.strip("/"), bare=bare)


_SQLITE_INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'mailboxes'"
)


def _sqlite(tables: dict[str, pl.DataFrame], file: str, *, bare: bool) -> Callable[[], None]:
    ready = {name: (table.columns, table.rows()) for name, table in tables.items()}

    def load() -> None:
        connection = sqlite3.connect(file, isolation_level=None)
        connection.executescript(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -262144;"
        )
        connection.execute("BEGIN IMMEDIATE")
        indexes = connection.execute(_SQLITE_INDEXES).fetchall() if bare else []
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        for name, (columns, rows) in ready.items():
            names, places = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} ({names}) VALUES ({places})", rows)  # noqa: S608
        for _, made in indexes:
            connection.execute(made)
        connection.execute("COMMIT")
        connection.close()

    return load


_HELD = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname,
       'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint
WHERE 'mailboxes'::regclass IN (conrelid, confrelid) OR 'permissions'::regclass IN (conrelid, confrelid)
ORDER BY contype <> 'f'
"""

_INDEXES = """
SELECT 'DROP INDEX ' || indexname, indexdef FROM pg_indexes
WHERE tablename = 'mailboxes' AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def _postgresql(
    tables: dict[str, pl.DataFrame], host: str, database: str, *, bare: bool
) -> Callable[[], None]:
    ready = {
        name: (table.columns, table.write_csv(include_header=False).encode())
        for name, table in tables.items()
    }

    def load() -> None:
        with psycopg.connect(host=host, dbname=database, user="ledger") as connection:
            held = [*connection.execute(_HELD), *connection.execute(_INDEXES)] if bare else []
            connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
            for drop, _ in held:
                connection.execute(drop)
            for name, (columns, rows) in ready.items():
                names = ", ".join(f'"{column}"' for column in columns)
                statement = f"COPY {name} ({names}) FROM STDIN (FORMAT csv)"
                with connection.cursor() as cursor, cursor.copy(statement) as copy:
                    for start in range(0, len(rows), _AT_ONCE):
                        copy.write(rows[start : start + _AT_ONCE])
            for _, made in reversed(held):
                connection.execute(made)

    return load


if __name__ == "__main__":
    main(*sys.argv[1:])
