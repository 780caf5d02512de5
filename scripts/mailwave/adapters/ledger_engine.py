"""The databases that can hold a ledger: SQLite and PostgreSQL, how each is opened, locked and understood.

See docs/decisions/0040-postgresql-beside-sqlite.md.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
)

from mailwave.adapters.run_lock import AlreadyRunning
from mailwave.core.refusals import LedgerBusy, LedgerUnusable, Refusal

WAIT_MS = 10_000
"""How long a writer waits for another before the ledger counts as busy."""

IDLE_MS = 60_000
"""How long a writer may hold the lock and say nothing: a worker that is frozen with it would hold all others up."""

_PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")

_BUSY = {"40001", "40P01", "55P03"}
"""PostgreSQL's codes of a lock that was not had in time, or not without a circle."""

_FORBIDDEN = "42501"
"""PostgreSQL's code of a right that the role lacks."""

_SECRETS = {"password", "sslpassword"}
_PROVED = "verify-full"


@dataclass(frozen=True)
class Database:
    """One database: its engines begin transactions, and *name* is its address without any secret.

    *rebuilder* writes as *writer* does; in SQLite, where a table is changed by making it anew, without looking whether
    references lead somewhere: whoever uses it asks `broken_references` at the end.
    """

    reader: Engine
    writer: Engine
    rebuilder: Engine
    name: str

    @classmethod
    def at(cls, url: str) -> Database:
        """The database at *url*; nothing is opened yet. Raises `LedgerUnusable`."""
        parsed = _parsed(url)
        make = {"sqlite": _sqlite, "postgresql": _postgresql}.get(parsed.get_backend_name())
        name = parsed.render_as_string(hide_password=True)
        if make is None:
            raise LedgerUnusable(ledger=name, why="a ledger is kept in SQLite or PostgreSQL only")
        engine = make(parsed, name)
        return cls(
            reader=_reader(engine),
            writer=engine.execution_options(writes=True),
            rebuilder=engine.execution_options(writes=True, rebuilds=True),
            name=name,
        )

    def close(self) -> None:
        """Let go of all connections."""
        self.writer.dispose()

    def refusal(self, error: DBAPIError) -> Refusal | None:
        """What *error* of the driver means to an operator; None where it is a fault of this program."""
        why = " ".join(str(error.orig).removeprefix("connection failed: ").split())
        code = getattr(error.orig, "sqlstate", None)
        if code in _BUSY or (isinstance(error, OperationalError) and _is_locked(error)):
            return LedgerBusy(ledger=self.name)
        down = isinstance(error, OperationalError | InternalError) or type(error) is DatabaseError
        return LedgerUnusable(ledger=self.name, why=why) if down or code == _FORBIDDEN else None


def _is_locked(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def database_file(url: str) -> Path | None:
    """The file that *url* names; None when it names a server's database, one in memory, or nothing."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def holds_a_secret(url: str) -> bool:
    """Whether *url* has a password in it."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return False
    return bool(parsed.password) or bool(_SECRETS & set(parsed.query))


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
        scheme, found, _ = url.partition("://")
        raise LedgerUnusable(
            ledger=f"{scheme}://…" if found else "at that address", why="it is no database address"
        ) from error
    if _SECRETS & set(parsed.query):
        raise LedgerUnusable(
            ledger=parsed.set(query={}).render_as_string(), why="a password does not belong into its query"
        )
    return parsed


def _reader(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":  # a transaction sees one moment of a file in WAL mode
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


# --- SQLite


def _sqlite(parsed: URL, _name: str) -> Engine:
    engine = create_engine(parsed)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions begin too late, see _begin_sqlite
    connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A writer that first reads takes the lock at once; else two of them would each wait for the other.
    how = connection.get_execution_options()
    if not how.get("writes"):  # references are of no concern to who only reads
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA foreign_keys = {'OFF' if how.get('rebuilds') else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def broken_references(connection: Connection) -> list[str]:
    """The tables with rows that lead nowhere, as SQLite finds them; PostgreSQL does not let them be."""
    if connection.dialect.name != "sqlite":
        return []
    return sorted({str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})


# --- PostgreSQL


def _postgresql(parsed: URL, name: str) -> Engine:
    if parsed.get_driver_name() != "psycopg":
        raise LedgerUnusable(ledger=name, why="its address has to begin with postgresql+psycopg://")
    host = str(parsed.query.get("host") or parsed.host or "")
    proof = str(parsed.query.get("sslmode", _PROVED))
    if _is_elsewhere(host) and proof != _PROVED:
        raise LedgerUnusable(
            ledger=name, why=f"it is on another machine, so sslmode has to be {_PROVED}, not {proof}"
        )
    asked = {"sslmode": _PROVED} if _is_elsewhere(host) else {}
    engine = create_engine(
        parsed,
        pool_pre_ping=True,  # a wave takes a night, and what lies between may cut a quiet connection
        connect_args={
            "connect_timeout": 10,
            "client_encoding": "utf8",
            "application_name": f"mailwave on {socket.gethostname()[:30]}, process {os.getpid()}",
            **asked,
        },
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _is_elsewhere(host: str) -> bool:
    return bool(host) and not host.startswith("/") and host not in {"localhost", "127.0.0.1", "::1"}


def _begin_postgresql(connection: Connection) -> None:
    # The lock comes first, and in READ COMMITTED each later statement sees what the writer before has committed.
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {WAIT_MS}")
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {IDLE_MS}")
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
        connection.exec_driver_sql(
            "SELECT pg_advisory_xact_lock(hashtext('mailwave ledger'), hashtext(current_schema()))"
        )


_TAKE = "SELECT pg_try_advisory_lock(hashtext(%s), hashtext(current_schema()))"
_LET_GO = "SELECT pg_advisory_unlock(hashtext(%s), hashtext(current_schema()))"
"""Said aloud: the server notices a closed connection a moment later than the next one who asks."""

_HOLDER = """
SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
WHERE locktype = 'advisory' AND granted AND classid::bigint = hashtext(%s)::bigint & 4294967295
AND datname = current_database()
"""
"""Locks of every database of the server are listed, and this one's alone are meant."""


@contextmanager
def held_alone(database: Database, act: str) -> Iterator[None]:
    """Hold *act* for the time of the block against every process on every machine, as long as the connection lasts.

    A ledger in a file is on one machine, where a lock beside the file does that.

    Raises:
        AlreadyRunning: another process holds it.
    """
    if database.writer.dialect.name != "postgresql":
        yield
        return
    with database.writer.connect().execution_options(
        isolation_level="AUTOCOMMIT", writes=False
    ) as connection:
        if not connection.exec_driver_sql(_TAKE, (act,)).scalar():
            holder = connection.exec_driver_sql(_HOLDER, (act,)).scalar()
            raise AlreadyRunning(holder=str(holder or "another process"))
        try:
            yield
        finally:
            with suppress(DBAPIError):  # a connection that is gone has let go of the lock
                connection.exec_driver_sql(_LET_GO, (act,))
            connection.invalidate()
