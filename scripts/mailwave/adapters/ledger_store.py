"""The ledger's database: what a transaction is, and which version it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.exc import DBAPIError, StatementError

from mailwave.adapters.ledger_engine import Database, broken_references, held_alone
from mailwave.adapters.ledger_schema import REVISION, VERSION_TABLE, meta
from mailwave.core.refusals import LedgerOutdated, LedgerUnusable, Refusal

_VERSION = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608  a name of ours

CHUNK = 10_000
"""Values in one IN list, below the limits of SQLite and PostgreSQL."""


class Store:
    """One database. `read` and `write` open a transaction; a write is whole or nothing.

    One that holds nothing is made a ledger. *of_any_version*: one of another version, or none yet, is opened as it is.
    A *fence* that is put up looks at every write, in its transaction, and raises where it may not be.
    """

    def __init__(self, url: str, *, of_any_version: bool = False) -> None:
        self._database = Database.at(url)
        self.fence: Callable[[Connection], None] | None = None
        self.name = self._database.name
        with ExitStack() as unless_ready:
            unless_ready.callback(self.close)
            with self.read() as connection:
                held = held_revision(connection, self.name)
            if not of_any_version:
                self._check(self.upgrade() if held is None else held)
            unless_ready.pop_all()

    @property
    def revision(self) -> str | None:
        """The migration that the ledger is at."""
        with self.read() as connection:
            return held_revision(connection, self.name)

    def upgrade(self) -> str:
        """Bring the ledger to this program's version, whole or not at all, and return that version."""
        from mailwave.adapters.ledger_migrations import upgrade  # Alembic takes a moment to import

        with self._translated(), self._database.rebuilder.begin() as connection:
            held = held_revision(connection, self.name)  # another process may have been faster
            if held is None or held < REVISION:
                upgrade(connection)
                broken = broken_references(connection)
                if broken:
                    why = f"after the upgrade, rows of {', '.join(broken)} would lead nowhere; nothing was changed"
                    raise LedgerUnusable(ledger=self.name, why=why)
            return max(held or REVISION, REVISION)

    def _check(self, held: str) -> None:
        if held > REVISION:
            why = f"it is of version {held}, which a newer program made; this one works on {REVISION}"
            raise LedgerUnusable(ledger=self.name, why=why)
        if held < REVISION:
            raise LedgerOutdated(ledger=self.name, held=held, needed=REVISION)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the ledger."""
        with self._translated(), self._database.reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may change the ledger, alone.

        Raises:
            LedgerOutdated, LedgerUnusable: the ledger was brought to another version since it was opened.
        """
        with self._translated(), self._database.writer.begin() as connection:
            self._check(connection.exec_driver_sql(_VERSION).scalar_one())
            if self.fence is not None:
                self.fence(connection)
            yield connection

    @contextmanager
    def alone(self, act: str) -> Iterator[None]:
        """Hold *act* for the time of the block, as `ledger_engine.held_alone` does."""
        with self._translated(), held_alone(self._database, act):
            yield

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            refusal = self._database.refusal(error)
            if refusal is None:
                raise
            raise refusal from error
        except StatementError as error:  # what is raised where a value is bound is wrapped
            if isinstance(error.orig, Refusal):
                raise error.orig from error
            raise


def held_revision(connection: Connection, name: str) -> str | None:
    """The migration that the ledger called *name* is at; None for an empty database. Raises `LedgerUnusable`."""
    if connection.dialect.name == "postgresql":
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if encoding != "UTF8":
            raise LedgerUnusable(ledger=name, why=f"its database is in {encoding}; make one in UTF8")
    tables = inspect(connection)
    if tables.has_table(VERSION_TABLE):
        held = connection.exec_driver_sql(_VERSION).scalar()
        return None if held is None else str(held)
    if tables.has_table(meta.name):
        raise LedgerUnusable(
            ledger=name, why="it was made before ledgers could be upgraded, or by another program"
        )
    return None


def get_meta(connection: Connection, key: str) -> str | None:
    """One remembered value."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()


def put_meta(connection: Connection, key: str, value: str) -> None:
    """Remember one value, in place of any older one."""
    forget_meta(connection, key)
    connection.execute(insert(meta), {"key": key, "value": value})


def forget_meta(connection: Connection, key: str) -> None:
    """Remember nothing more under *key*."""
    connection.execute(meta.delete().where(meta.c.key == key))


def chunks[Value](values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """*values* in parts that fit one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
