"""Many rows in one go, by each database's own means.

SQLite runs a statement a row on the driver, PostgreSQL one statement over arrays. Values go to the driver as they are:
who calls makes text storable first. Names of tables and columns are the ledger's own, never a caller's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

TEXT = "text"
NUMBER = "bigint"
BYTES = "bytea"


@dataclass(frozen=True)
class Bulk:
    """One act on many rows of tuples, whose places are *columns*: name and type."""

    columns: tuple[tuple[str, str], ...]
    sqlite: str
    postgresql: str

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """Do it for *rows*, and return how many rows of the table were changed."""
        if not rows:
            return 0
        if connection.dialect.name == "sqlite":
            return connection.exec_driver_sql(self.sqlite, list(rows)).rowcount
        arrays = tuple(list(column) for column in zip(*rows, strict=True))
        return connection.exec_driver_sql(self.postgresql, arrays).rowcount


def updating(table: str, key: tuple[str, str], *columns: tuple[str, str]) -> Bulk:
    """Set *columns* of the rows with *key*, the last place of each tuple."""
    places = (*columns, key)
    sets = [name for name, _ in columns]
    return Bulk(
        places,
        f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in sets)} WHERE {key[0]} = ?",  # noqa: S608
        f"UPDATE {table} SET {', '.join(f'{name} = given.{name}' for name in sets)} "  # noqa: S608
        f"FROM {_unnest(places)} WHERE {table}.{key[0]} = given.{key[0]}",
    )


def inserting(table: str, *columns: tuple[str, str], conflict: str = "") -> Bulk:
    """Insert rows of *columns*; *conflict* is what follows where one is there already."""
    names = ", ".join(name for name, _ in columns)
    marks = ", ".join("?" for _ in columns)
    return Bulk(
        columns,
        f"INSERT INTO {table} ({names}) VALUES ({marks}) {conflict}",  # noqa: S608
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {_unnest(columns)} {conflict}",  # noqa: S608
    )


def deleting(table: str, key: tuple[str, str]) -> Bulk:
    """Delete the rows with *key*."""
    return Bulk(
        (key,),
        f"DELETE FROM {table} WHERE {key[0]} = ?",  # noqa: S608
        f"DELETE FROM {table} WHERE {key[0]} = ANY(%s::{key[1]}[])",  # noqa: S608
    )


def among(connection: Connection, query: str, keys: Sequence[str], *given: str) -> Sequence[Any]:
    """The rows of *query*, with *given* for its question marks; its last column has to be one of *keys*."""
    if connection.dialect.name == "sqlite":
        whole = f"{query} IN (SELECT value FROM json_each(?))"  # noqa: S608
        return connection.exec_driver_sql(whole, (*given, json.dumps(list(keys)))).all()
    whole = f"{query.replace('?', '%s')} = ANY(%s::text[])"
    return connection.exec_driver_sql(whole, (*given, list(keys))).all()


def _unnest(columns: Sequence[tuple[str, str]]) -> str:
    arrays = ", ".join(f"%s::{kind}[]" for _, kind in columns)
    return f"unnest({arrays}) AS given({', '.join(name for name, _ in columns)})"
