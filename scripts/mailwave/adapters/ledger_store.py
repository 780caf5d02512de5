"""The ledger's database: how it is opened, and what a transaction is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from mailwave.adapters.ledger_schema import VERSION, meta, metadata
from mailwave.core.refusals import LedgerBusy, LedgerUnusable

CHUNK = 10_000
"""Values in one IN list, below the limits of SQLite and PostgreSQL."""

_PRAGMAS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
)


class Store:
    """One database. `read` and `write` open a transaction; a write is whole or nothing."""

    def __init__(self, url: str) -> None:
        self._engine, self.name = _engine(url)
        self._writer = self._engine.execution_options(writes=True)
        with ExitStack() as unless_ready:
            unless_ready.callback(self.close)
            with self.write() as connection:
                self._prepare(connection)
            unless_ready.pop_all()

    def _prepare(self, connection: Connection) -> None:
        metadata.create_all(connection)
        held = get_meta(connection, "version")
        if held is None:
            put_meta(connection, "version", VERSION)
        elif held != VERSION:
            raise LedgerUnusable(
                ledger=self.name, why=f"it has version {held}; this program writes {VERSION}"
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the ledger."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may change the ledger, alone."""
        with self._translated(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            why = str(error.orig)
            if "locked" in why or "busy" in why:
                raise LedgerBusy(ledger=self.name) from error
            raise LedgerUnusable(ledger=self.name, why=why) from error
        except DatabaseError as error:
            if type(error) is DatabaseError:  # its kinds, such as IntegrityError, are faults of this program
                raise LedgerUnusable(ledger=self.name, why=str(error.orig)) from error
            raise


def _engine(url: str) -> tuple[Engine, str]:
    try:
        parsed = make_url(url)
        engine = create_engine(parsed)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise LedgerUnusable(ledger=url.split("://", 1)[0], why="it is no database address") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine, parsed.render_as_string(hide_password=True)


def database_file(url: str) -> Path | None:
    """The file that *url* names; None when it names a server's database, one in memory, or nothing."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions begin too late, see _begin_sqlite
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A writer that first reads takes the lock at once; else two of them would each wait for the other.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def get_meta(connection: Connection, key: str) -> str | None:
    """One remembered value."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()


def put_meta(connection: Connection, key: str, value: str) -> None:
    """Remember one value, in place of any older one."""
    connection.execute(meta.delete().where(meta.c.key == key))
    connection.execute(insert(meta), {"key": key, "value": value})


def chunks[Value](values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """*values* in parts that fit one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
