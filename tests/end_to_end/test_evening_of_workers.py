"""Two worker processes on one PostgreSQL that is killed again and again, and a worker that is frozen and wakes.

The engine is the real one, in virtual time; the outside is a process that none of the deaths reach. A commit runs an
evening of a few mailboxes, `make prove` one of 22,000 in 200 batches.

Whatever is waited for has an end of its own, before pytest-timeout's: that one ends the process that tests, and with it
a worker of pytest-xdist, so that nobody hears what the evening's workers said.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.areas.engine import _ends
from bench.evening import worker
from bench.evening.outside import number_of
from bench.evening.run import BEGIN, Shape, drawn, fill
from bench.evening.shared import served
from mailwave.adapters.ledger import Ledger
from rehearsal import postgresql

BATCHES, SIZE = map(int, os.environ.get("EVENING", "8x3").split("x"))
IS_SMALL = "EVENING" not in os.environ
SHAPE = Shape(1, BATCHES, SIZE, waves=min(4, BATCHES))
KILLS = int(os.environ.get("KILLS", "2"))
UP_SECONDS = 4.0
"""How long the database is up between its deaths."""

WATCH_MINUTES = 360 if IS_SMALL else 20
"""Virtual, between two looks at the waves that a worker does not have. All sleep as long when all have begun anew, and
people are to be told within eleven hours: a database that dies a hundred times leaves no room for many of six."""

SECONDS = 400 if IS_SMALL else 14_000
pytestmark = [pytest.mark.timeout(3 * SECONDS)] if IS_SMALL else []
ROOT = Path(__file__).resolve().parents[2]


class Evening:
    """A database with an approved evening, the world outside, and the workers that were started."""

    def __init__(self, database: postgresql.Killable, url: str, folder: Path, world: Any) -> None:
        self.database = database
        self.url = url
        self.folder = folder
        self.world = world
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, watch: int = WATCH_MINUTES) -> subprocess.Popen[bytes]:
        """A worker of this *name*, in a session of its own, that asks for others' waves every *watch* minutes."""
        self.world.time("come", name)
        command = [sys.executable, "-m", "bench.evening.worker", self.url, name, str(self.folder), str(watch)]
        self.workers.append(subprocess.Popen(command, cwd=ROOT, start_new_session=True))
        return self.workers[-1]

    def taken(self, what: str) -> bool:
        """Whether the journal has a lease of the worker *what* that another took."""
        with Ledger.open(self.url, lambda: BEGIN) as ledger:
            entries = [each for each in ledger.journal() if each.act == "worker.take"]
        return any(each.detail["worker"] == what != each.detail["holder"] for each in entries)

    def account(self) -> tuple[dict[int, object], set[int], set[int]]:
        """Where each mailbox ended, how often notices were sent, and how often batches were made."""
        with Ledger.open(self.url, lambda: BEGIN) as ledger:
            ledger.verify_journal()
            assert ledger.total().closed
            assert [] == [each for each in ledger.intents() if each.is_doubtful]
            states = {number_of(each.mailbox.address): each.state for each in ledger.mailboxes()}
        sent, made = self.world.accounts()
        return dict(states), set(sent.values()), set(made.values())

    def said(self) -> str:
        """What the attempts of the workers ended with."""
        return "\n".join(file.read_text(encoding="utf-8")[-3000:] for file in self.folder.glob("*.errors"))


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    with _begun(tmp_path) as found:
        try:
            yield found
        finally:
            for each in found.workers:
                if each.poll() is None:
                    os.killpg(each.pid, signal.SIGKILL)
                    each.wait()


@contextmanager
def _begun(folder: Path) -> Iterator[Evening]:
    with postgresql.killable() as database, served(folder / "world") as world:
        url = database.server.make("evening")
        with Ledger.open(url, lambda: BEGIN) as ledger:
            fill(ledger, SHAPE)
        yield Evening(database, url, folder, world)


EXPECTED = ({n: _ends(drawn(n)) for n in range(SHAPE.units)}, {1}, {1})


@pytest.mark.crash
def test_a_database_that_is_killed_again_and_again_loses_nothing(evening: Evening) -> None:
    """It should end everybody as drawn, told once and in one batch, while the database dies every few seconds."""
    workers = [evening.start("first"), evening.start("second")]
    kills = 0
    while kills < KILLS and any(each.poll() is None for each in workers):
        time.sleep(UP_SECONDS)
        evening.database.kill()
        evening.database.start()
        kills += 1

    codes = [each.wait(SECONDS) for each in workers]

    print(f"{kills} kills")
    assert [0, 0] == codes, evening.said()
    assert EXPECTED == evening.account()


@pytest.mark.crash
def test_a_worker_that_is_frozen_and_wakes_does_nothing_more(evening: Evening) -> None:
    """It should end everybody once by the other worker, and send the one that wakes away."""
    frozen = evening.start("first")
    _until(lambda: evening.world.accounts()[0], frozen)
    os.killpg(frozen.pid, signal.SIGSTOP)
    evening.world.time("go", "first")
    other = evening.start("second", watch=1)  # or the window is over before five seconds are
    _until(lambda: evening.taken("first"), other)
    os.killpg(frozen.pid, signal.SIGCONT)

    codes = (frozen.wait(SECONDS), other.wait(SECONDS))

    # Frozen in the middle of a write, it has lost its connection, and begins anew.
    assert codes in {(worker.TAKEN_OVER, 0), (0, 0)}, evening.said()
    governed = [by for name, by, _ in evening.world.noted() if name == "endpoints"]
    assert governed == sorted(governed), "once the second governs, the first does not any more"
    assert EXPECTED == evening.account()


@pytest.mark.crash
def test_two_workers_share_an_evening_and_one_of_them_governs(evening: Evening) -> None:
    """It should give each worker half of the waves and batches of both sites, and the endpoints to one of them."""
    workers = [evening.start(name) for name in NAMES]

    codes = [each.wait(SECONDS) for each in workers]

    assert [0, 0] == codes, evening.said()
    noted = evening.world.noted()
    started = {who: [batch for name, by, batch in noted if (name, by) == ("start", who)] for who in NAMES}
    assert {BATCHES // 2} == {len(batches) for batches in started.values()}
    assert all({"leeds", "bristol"} == {batch.split("-")[-2] for batch in its} for its in started.values())
    assert 1 == len({by for name, by, _ in noted if name == "endpoints"})
    assert EXPECTED == evening.account()


NAMES = ("first", "second")


def _until(what: Any, process: subprocess.Popen[bytes]) -> None:
    """Wait until *what* is so, or *process* has ended."""
    while process.poll() is None and not what():
        time.sleep(0.3)
