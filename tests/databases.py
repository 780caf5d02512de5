"""Places for ledgers in each of the two databases: SQLite files, and databases of a server run for the tests.

Each process that runs tests has a server of its own, started when the first test asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from rehearsal import postgresql

NewUrl = Callable[[], str]

_CLEAR = """
SELECT format('DELETE FROM %I', relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = 'public' AND relkind = 'r' AND relname <> 'ledger_version'
"""


class Pool:
    """Databases of one server. One with an empty ledger is lent, cleared, and lent again."""

    def __init__(self, server: postgresql.Server) -> None:
        self.server = server
        self._free: list[str] = []
        self._numbers = count(1)
        self._made = self._make_ledger()

    def empty(self) -> str:
        """The address of a new database that holds nothing."""
        return self.server.make(f"empty{next(self._numbers)}")

    def lend(self) -> str:
        """The name of a database with an empty ledger."""
        if self._free:
            return self._free.pop()
        name = f"ledger{next(self._numbers)}"
        self.server.make(name, self._made)
        return name

    def take_back(self, name: str) -> None:
        """Clear what a test has left in *name*."""
        where = {"host": str(self.server.folder), "user": postgresql.OWNER, "dbname": name}
        with psycopg.connect(**where) as connection:
            connection.execute(
                "SET session_replication_role = replica"
            )  # or rows would have to go in an order
            for (statement,) in connection.execute(_CLEAR).fetchall():
                connection.execute(statement)
        self._free.append(name)

    def _make_ledger(self) -> str:
        from datetime import UTC, datetime

        from mailwave.adapters.ledger import Ledger

        name = "made"
        Ledger.open(self.server.make(name), lambda: datetime.now(UTC)).close()
        return name


@pytest.fixture(scope="session")
def databases() -> Iterator[Pool]:
    """The databases of this process's server; a machine without PostgreSQL fails, unless it was told to do without."""
    refused = os.environ.get("MAILWAVE_SYSTEM_PACKAGES") == "no" and os.environ.get("CI") != "true"
    if postgresql.programs() is None and refused:
        pytest.skip("PostgreSQL is not installed, and MAILWAVE_SYSTEM_PACKAGES=no says to do without")
    try:
        with postgresql.running() as server:
            yield Pool(server)
    except postgresql.DatabaseFailed as failed:
        pytest.fail(f"{failed}; {failed.advice}", pytrace=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewUrl]:
    """Makes places for ledgers that do not know of each other, in each database in turn."""
    if request.param == "sqlite":
        numbers = count(1)
        yield lambda: f"sqlite:///{tmp_path / f'ledger{next(numbers)}.db'}"
        return
    pool: Pool = request.getfixturevalue("databases")
    lent: list[str] = []

    def lend() -> str:
        lent.append(pool.lend())
        return pool.server.url(lent[-1])

    yield lend
    for name in lent:
        pool.take_back(name)


@pytest.fixture
def ledger_url(new_ledger_url: NewUrl) -> str:
    """A place for one ledger, in each database in turn."""
    return new_ledger_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> NewUrl:
    """Makes databases that hold nothing, of each kind in turn; what a test does to them is nobody else's."""
    if request.param == "sqlite":
        numbers = count(1)
        return lambda: f"sqlite:///{tmp_path / f'empty{next(numbers)}.db'}"
    pool: Pool = request.getfixturevalue("databases")
    return pool.empty


@pytest.fixture
def empty_database_url(new_database_url: NewUrl) -> str:
    """A database that holds nothing, of each kind in turn."""
    return new_database_url()
