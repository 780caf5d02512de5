"""Whose processor seconds a measurement in a database counts: this process's, and those of the server for it."""

from __future__ import annotations

import os
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

from bench.processes import processor_clock
from mailwave.adapters.ledger_store import Store

_MINE = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE %s"


class NotCounted(AssertionError):
    """Processes of the server worked for this one that the clock does not count, so its times mean nothing."""

    def __init__(self, *, processes: set[int]) -> None:
        self.processes = processes
        told = ", ".join(map(str, sorted(processes)))
        super().__init__(
            f"the clock does not count the server's processes {told}; open no transaction in another"
        )


def without_helpers(url: str) -> None:
    """Let each query in PostgreSQL's database at *url* be the work of one process of the server.

    Helpers live for one query and are listed nowhere afterwards, so nobody could count them. The seconds of the
    processor are the same in total, and a few fewer, as nobody has to be started.
    """
    parts = urlsplit(url)
    name = parts.path.strip("/")
    setting = sql.SQL("ALTER DATABASE {} SET max_parallel_workers_per_gather = 0").format(
        sql.Identifier(name)
    )
    with psycopg.connect(host=parse_qs(parts.query)["host"][0], dbname=name, user=parts.username) as here:
        here.execute(setting)


class Serving:
    """The processes of *store*'s server that serve this one now; a file has none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted = self._found()
        self.clock = processor_clock(self._counted)

    def check(self) -> None:
        """Raise `NotCounted` when others serve this process, too."""
        others = self._found() - self._counted
        if others:
            raise NotCounted(processes=others)

    def _found(self) -> set[int]:
        with self._store.read() as connection:
            if connection.dialect.name != "postgresql":
                return set()
            return set(connection.exec_driver_sql(_MINE, (f"%process {os.getpid()}",)).scalars())
