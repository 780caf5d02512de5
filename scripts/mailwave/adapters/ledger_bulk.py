"""Whole tables into and out of a ledger's database, as columns, by the fastest road that each database has.

PostgreSQL copies text in and CSV out; SQLite takes rows through one prepared statement. Both keep every constraint:
what is taken away before a load is made anew after it, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import polars as pl
from sqlalchemy import Connection, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.schema import AddConstraint, CreateIndex, DropConstraint, DropIndex

from mailwave.adapters.ledger_schema import metadata

_ROWS_AT_ONCE = 10_000

Constraint = ForeignKeyConstraint | PrimaryKeyConstraint | UniqueConstraint


@contextmanager
def loading(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Let go, for the time of a load, of whatever on *tables* is made faster afterwards.

    That is every index and constraint in PostgreSQL, and in SQLite, which has constraints only inside a table's own
    definition, the indexes.
    """
    indexes = [index for table in tables for index in sorted(table.indexes, key=_name)]
    constraints = _constraints(tables) if connection.dialect.name == "postgresql" else []
    _make_room(connection)
    for constraint in constraints:
        connection.execute(DropConstraint(constraint))
    for index in indexes:
        connection.execute(DropIndex(index))
    yield
    for index in indexes:
        connection.execute(CreateIndex(index))
    for constraint in reversed(constraints):
        connection.execute(AddConstraint(constraint))
    for table in tables:
        connection.exec_driver_sql(f"ANALYZE {table.name}")


def _constraints(tables: Sequence[Table]) -> list[Constraint]:
    """References from and to *tables* first, then what they refer to."""
    references = [
        constraint
        for table in metadata.sorted_tables
        for constraint in sorted(table.foreign_key_constraints, key=_name)
        if table in tables or constraint.referred_table in tables
    ]
    keys = [
        constraint
        for table in tables
        for constraint in sorted(table.constraints, key=_name)
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
    ]
    return [*references, *keys]


def _name(named: Index | Any) -> str:
    return str(named.name)


def _make_room(connection: Connection) -> None:
    """Give sorting the memory that making an index of millions needs."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '256MB'")
    else:
        connection.exec_driver_sql("PRAGMA cache_size = -262144")
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")  # rows of each index that ANALYZE looks at


def load(connection: Connection, table: Table, rows: pl.DataFrame) -> None:
    """Write *rows*, whose columns are some of *table*'s."""
    names = ", ".join(f'"{name}"' for name in rows.columns)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy,
        ):
            for part in rows.iter_slices(_ROWS_AT_ONCE):
                copy.write(as_copied(part))
        return
    places = ", ".join("?" * rows.width)
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608  names of our own schema
    for part in rows.iter_slices(_ROWS_AT_ONCE):
        connection.connection.driver_connection.executemany(statement, part.rows())  # type: ignore[union-attr]


def as_copied(rows: pl.DataFrame) -> bytes:
    r"""*rows* in the form that COPY takes by default, which its server reads in four fifths of the time of CSV.

    There is a tab between cells and a line end after each row, ``\N`` stands for null, and whatever a text has of these
    letters itself is written with a backslash. Few texts have any, so they are looked for in the bytes first.
    """
    text = _lines(rows)
    nulls = sum(column.null_count() for column in rows)
    expected = (rows.height * (rows.width - 1), rows.height, nulls, 0)
    if expected == tuple(map(text.count, (b"\t", b"\n", b"\\", b"\r"))):
        return text
    escaped = pl.col(pl.String)
    for letter, name in (("\\", "\\"), ("\t", "t"), ("\n", "n"), ("\r", "r")):
        escaped = escaped.str.replace_all(letter, f"\\{name}", literal=True)
    return _lines(rows.with_columns(escaped))


def _lines(rows: pl.DataFrame) -> bytes:
    text = BytesIO()
    rows.write_csv(text, include_header=False, separator="\t", quote_style="never", null_value="\\N")
    return text.getvalue()


def read(connection: Connection, query: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """What *query* finds, as columns of *schema*; no more than some rows are objects of Python at any time."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        text = BytesIO()
        with driver.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
            for part in copy:
                text.write(part)
        if not text.tell():
            return pl.DataFrame(schema=schema)
        return pl.read_csv(text.getvalue(), has_header=False, schema=schema)
    cursor = driver.execute(query)
    parts = [pl.DataFrame(schema=schema)]
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        parts.append(pl.DataFrame(rows, schema=schema, orient="row"))
    return pl.concat(parts)
