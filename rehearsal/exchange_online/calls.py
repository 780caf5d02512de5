"""`python -m rehearsal.exchange_online.calls 2000`: what calls cost, of the model itself and over sockets, as JSON.

The same batch is moved twice: by calling the model as a function, and through a served rehearsal in a process of its
own, with TLS and real host names. Both take the same calls and come to the same states.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import httpx2
import msgspec

from rehearsal import reach
from rehearsal.estate import Estate, generate
from rehearsal.exchange_online.lab import Lab, batch, csv_of

SEED = 7
SIZE = "full"
POLL_HOURS = 3
ONCE, PAGES = 200, 10
SECONDS = 100


class Door(Protocol):
    """A way to the cmdlets and the clock of a tenant; *calls* are those made so far."""

    calls: int

    def rows(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Run a cmdlet and return the rows of its first page."""
        ...

    def advance(self, **span: float) -> None:
        """Let virtual time pass."""
        ...


class Called:
    """The model, called as a function."""

    def __init__(self, estate: Estate) -> None:
        self._lab = Lab(estate=estate)
        self.calls = 0

    def rows(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """See `Door`."""
        self.calls += 1
        return self._lab.rows(cmdlet, **parameters)

    def advance(self, **span: float) -> None:
        """See `Door`."""
        self._lab.advance(**span)


class Served:
    """The same behind TLS, in the process that wrote *endpoints*."""

    def __init__(self, endpoints: dict[str, Any], http: httpx2.Client) -> None:
        self._http = http
        self._endpoints = endpoints
        self._where = f"{endpoints['exchange_online']}/adminapi/beta/{endpoints['tenant']}/InvokeCommand"
        self._headers = {"authorization": f"Bearer {self._token()}"}
        self.calls = 0

    def rows(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """See `Door`."""
        self.calls += 1
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
        rows: list[dict[str, Any]] = self._read(
            self._http.post(self._where, json=body, headers=self._headers)
        )["value"]
        return rows

    def advance(self, **span: float) -> None:
        """See `Door`."""
        clock = self._endpoints["clock"]
        until = datetime.fromisoformat(self._read(self._http.get(clock))["now"]) + timedelta(**span)
        self._read(self._http.post(clock, json={"until": until.isoformat()}))

    def _token(self) -> str:
        credential = self._endpoints["credentials"]["exchange_online"]
        form = {
            "grant_type": "client_credentials",
            "client_id": credential["client_id"],
            "client_secret": Path(credential["secret_file"]).read_text(encoding="ascii"),
            "scope": "https://outlook.office365.com/.default",
        }
        where = f"{self._endpoints['token']}/{self._endpoints['tenant']}/oauth2/v2.0/token"
        return str(self._read(self._http.post(where, data=form))["access_token"])

    @staticmethod
    def _read(answer: httpx2.Response) -> dict[str, Any]:
        read: dict[str, Any] = answer.raise_for_status().json()
        return read


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """Serve the estate in a process of its own, without faults, for as long as this lasts."""
    options = ("--home", str(home), "--size", SIZE, "--seed", str(SEED), "--faults", "[]", "--lifeline")
    command = [sys.executable, "-m", "rehearsal", "serve", *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        endpoints = json.loads(_written(home / "endpoints.json", process))
        with reach.client(endpoints) as http:
            yield Served(endpoints, http)
    finally:
        process.communicate()  # which ends its standard input, and with that the server


def _written(file: Path, process: subprocess.Popen[bytes]) -> bytes:
    deadline = time.monotonic() + SECONDS
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError(str(file))
        time.sleep(0.05)
    return file.read_bytes()


@dataclass(frozen=True)
class Cost:
    """Seconds of real time: the whole *move*, *one* call for one user, and one for a *page* of them.

    *ended*: how many users the move left in which status, by *calls* calls.
    """

    move: float
    one: float
    page: float
    calls: int
    ended: dict[str, int]


def measure(door: Door, addresses: list[str]) -> Cost:
    """Move one batch of *addresses* from its creation to its completion through *door*, and time calls after it."""
    began = time.perf_counter()
    ended = move(door, addresses)
    took, calls = time.perf_counter() - began, door.calls
    one = median(_timed(door, Identity=address) for address in (addresses * ONCE)[:ONCE])
    page = median(_timed(door, Identity=None) for _ in range(PAGES))
    return Cost(took, one, page, calls, ended)


def move(door: Door, addresses: list[str]) -> dict[str, int]:
    """Move one batch until nothing in it changes any more; how many users it left in which status."""
    door.rows("New-MigrationBatch", **batch("wave-1"), CSVData=csv_of(addresses), AutoStart=True)
    _poll_while(door, {"Starting", "Syncing"})
    door.rows("Set-MigrationBatch", Identity="wave-1", ApproveSkippedItems=True)
    door.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    door.advance(hours=1)
    before = -1
    while (done := _finalised(door)) != before:
        before = done
        door.advance(hours=2 * POLL_HOURS)
    users = [door.rows("Get-MigrationUser", Identity=address)[0] for address in addresses]
    return dict(Counter(str(user["Status"]) for user in users))


def _poll_while(door: Door, states: set[str]) -> None:
    while door.rows("Get-MigrationBatch", Identity="wave-1")[0]["Status"] in states:
        door.advance(hours=POLL_HOURS)


def _finalised(door: Door) -> int:
    return int(door.rows("Get-MigrationBatch", Identity="wave-1")[0]["FinalizedCount"])


def _timed(door: Door, **given: object) -> float:
    began = time.perf_counter()
    door.rows("Get-MigrationUser", **given)
    return time.perf_counter() - began


def main(mailboxes: int) -> None:
    """Measure both and print them."""
    estate = generate(SEED, SIZE)
    addresses = [each.address for each in estate.mailboxes][:mailboxes]
    model = measure(Called(estate), addresses)
    with TemporaryDirectory() as home, served(Path(home)) as door:
        sockets = measure(door, addresses)
    sys.stdout.buffer.write(msgspec.json.encode({"model": model, "sockets": sockets}) + b"\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m rehearsal.exchange_online.calls", description=__doc__)
    parser.add_argument("mailboxes", type=int, help="how many of the estate are moved, each time")
    main(parser.parse_args().mailboxes)
