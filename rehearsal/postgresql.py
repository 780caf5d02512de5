"""A throw-away PostgreSQL server, as the operator of a shared ledger would have one: Debian's own, in a folder.

It is reached by a Unix socket in that folder only, syncs each commit as in production, and orders text by the language
of the place, as a server does that nobody set up with ledgers in mind.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from rehearsal.errors import RehearsalError

OWNER = "ledger"
"""The role that owns everything; it needs no password."""

GUARDED = "guarded"
"""The role that has to give `PASSWORD`."""
PASSWORD = "throw-away-4711"

_DEBIAN = Path("/usr/lib/postgresql")
_ACCOUNT = "postgres"
"""Debian's account for servers, which take no orders from root."""

_ACCESS = f"local all {GUARDED} scram-sha-256\nlocal all all trust\n"
_SECONDS = 60


class DatabaseFailed(RehearsalError):
    """A throw-away PostgreSQL server cannot be had."""

    advice = "install PostgreSQL 15 or newer: `make setup` as root, or on Debian `apt-get install postgresql`"

    def __init__(self, *, problem: str) -> None:
        self.problem = problem
        super().__init__(f"no PostgreSQL server can be run here: {problem}")


@dataclass(frozen=True)
class Server:
    """A running server, whose socket is in *folder*."""

    folder: Path

    @property
    def process(self) -> int:
        """The id of the process that has started all others."""
        return int((self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def url(self, database: str, role: str = OWNER) -> str:
        """The address of *database* for *role*, as the ledger takes it."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def make(self, database: str, template: str = "template1") -> str:
        """Make *database* as a copy of *template*, and return its address."""
        self._do("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove *database*, whoever is connected to it."""
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _do(self, statement: str, *names: str) -> None:
        told = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True) as here:
            here.execute(told)


def programs() -> Path | None:
    """The folder with the newest `initdb` and `postgres`; None where there are none."""
    debian = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Killable:
    """A server that can be killed as by a power cut, and started again in the same place."""

    def __init__(self, folder: Path, lead: list[str]) -> None:
        self.server = Server(folder)
        self._lead = lead
        self._process = _started(folder, lead)

    def kill(self) -> None:
        """End it at once: nothing is written any more, and what it has promised is in its log."""
        self._process.kill()
        self._process.wait(_SECONDS)

    def start(self) -> None:
        """Start it again, once those whom it left behind have noticed and gone."""
        (self.server.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        for _ in range(_SECONDS):
            try:
                self._process = _started(self.server.folder, self._lead)
            except DatabaseFailed:
                time.sleep(0.2)
            else:
                return
        raise DatabaseFailed(problem="it does not come up after it was killed")

    def close(self) -> None:
        """End it: nothing of it is needed any more."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(_SECONDS)


@contextmanager
def killable() -> Iterator[Killable]:
    """Run a new server for the time of the block; it ends with this process, however that ends.

    Raises `DatabaseFailed`.
    """
    with tempfile.TemporaryDirectory(prefix="mailwave-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        lead = _unprivileged(folder)
        _initialise(folder, lead)
        found = Killable(folder, lead)
        try:
            with psycopg.connect(host=name, user=OWNER, dbname="postgres", autocommit=True) as here:
                here.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
            yield found
        finally:
            found.close()


@contextmanager
def running() -> Iterator[Server]:
    """The same of a server that nobody kills."""
    with killable() as found:
        yield found.server


def _program(name: str) -> str:
    folder = programs()
    if folder is None:
        raise DatabaseFailed(problem="initdb and postgres were not found")
    return str(folder / name)


def _unprivileged(folder: Path) -> list[str]:
    """What to put before a program so that it does not run as root, and ends with this process; *folder* is its own."""
    if shutil.which("setpriv") is None:
        raise DatabaseFailed(problem="setpriv, which is part of util-linux, was not found")
    lead = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() != 0:
        return lead
    try:
        account = pwd.getpwnam(_ACCOUNT)
    except KeyError as error:
        raise DatabaseFailed(problem=f"root may not run it, and there is no account {_ACCOUNT}") from error
    os.chown(folder, account.pw_uid, account.pw_gid)
    return [*lead, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _initialise(folder: Path, lead: list[str]) -> None:
    data = folder / "data"
    how = [
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--locale-provider=icu",
        "--icu-locale=en-GB",
    ]
    done = subprocess.run(
        [*lead, _program("initdb"), "-D", str(data), "-U", OWNER, "--no-sync", *how],
        capture_output=True,
        cwd="/",
        text=True,
        check=False,
    )
    if done.returncode:
        raise DatabaseFailed(problem=f"initdb said: {' '.join(done.stderr.split())[-300:]}")
    (data / "pg_hba.conf").write_text(_ACCESS, encoding="utf-8")


def _started(folder: Path, lead: list[str]) -> subprocess.Popen[bytes]:
    """Start the server, and wait until it says in its own file that it is ready."""
    data, log = folder / "data", folder / "log"
    settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
    with log.open("wb") as words:
        server = subprocess.Popen(
            [*lead, _program("postgres"), "-D", str(data), *settings],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            cwd="/",
        )
    for _ in range(_SECONDS * 20):
        if server.poll() is not None:
            break
        with suppress(OSError, IndexError):
            if (data / "postmaster.pid").read_text(encoding="utf-8").split()[-1] == "ready":
                return server
        time.sleep(0.05)
    server.kill()
    raise DatabaseFailed(problem=f"postgres said: {' '.join(log.read_text(errors='replace').split())[-300:]}")
