"""Pages under load: a person's pages at 200 requests a second beside 200 live streams, while the ledger is written to.

The load is open, in a process of its own, and says what it used of the processor itself; the ledger is written to by
this one. A stream more than is counted reads nothing: the others must get as many frames as without it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.areas.live_stores import NOW, REASON, fill
from bench.areas.web_load import Found
from bench.processes import ROOT
from bench.rows import ResultsDiffer, Row
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.core.states import MailboxState, Transition
from rehearsal import postgresql

AREA = "web"
MAILBOXES, LIVE = 2_100_000, 22_000
RATE, SECONDS, STREAMS = 200, 30, 200
EVERY = 1.0
"""Seconds between two writes."""

S = MailboxState
_ROUND = {S.SYNCING: S.SYNCED, S.SYNCED: S.COMPLETING, S.COMPLETING: S.SYNCED}
"""States that one can go round in for ever by legal steps."""


def rows(
    mailboxes: int = MAILBOXES,
    live: int = LIVE,
    rate: int = RATE,
    seconds: int = SECONDS,
    streams: int = STREAMS,
) -> Iterator[Row]:
    """Rows a store: the P95 in milliseconds (goal: under 100), what failed (none), frames of the streams, processor.

    Raises ResultsDiffer when the slow stream was closed, or cost another a frame.
    """
    asked = (rate, seconds, streams)
    with tempfile.TemporaryDirectory() as folder:
        yield from _in("SQLite", f"sqlite:///{folder}/ledger.db", mailboxes, live, asked)
    if postgresql.programs() is not None:
        with postgresql.running() as server:
            yield from _in("PostgreSQL", server.make("bench"), mailboxes, live, asked)


def _in(name: str, url: str, mailboxes: int, live: int, asked: tuple[int, int, int]) -> Iterator[Row]:
    with Ledger.open(url, lambda: NOW) as ledger:
        store = Store(url)
        states = fill(store, ledger, mailboxes, live)
        store.close()
        with _written(ledger, states), _served(url) as (port, session):
            found = _loaded(port, session, asked)
    if not found.slow_open or found.frames[0] < found.frames[-1] - 2:
        raise ResultsDiffer(area=AREA, name=f"{name}: one slow reader")
    rate, seconds, streams = asked
    work = f"{rate}/s for {seconds} s, {streams} streams, {mailboxes:,} mailboxes"
    taken = found.milliseconds
    figures = (
        ("P50 of an answer", taken[len(taken) // 2], "ms"),
        ("P95 of an answer", taken[int(len(taken) * 0.95)], "ms"),
        ("longest answer", taken[-1], "ms"),
        ("answers that failed", float(found.failed), "answers"),
        ("fewest frames of a stream", float(found.frames[0]), "frames"),
        ("most frames of a stream", float(found.frames[-1]), "frames"),
        ("the load's own processor", found.processor / found.seconds, "cores"),
        ("the load's own delay, longest", found.late, "ms"),
    )
    for what, figure, unit in figures:
        yield Row(AREA, f"{name}: {what}", work, figure, None, None, None, unit)


@contextmanager
def _served(url: str) -> Iterator[tuple[str, str]]:
    """The pages, served in a process of their own: the port, and a session."""
    command = [sys.executable, "-m", "bench.areas.web_server", url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        port, session = server.stdout.readline().split()
        yield port, session
        server.communicate()


def _loaded(port: str, session: str, asked: tuple[int, int, int]) -> Found:
    command = [sys.executable, "-m", "bench.areas.web_load", port, session, *map(str, asked)]
    said = subprocess.run(command, cwd=Path(ROOT), stdout=subprocess.PIPE, check=True).stdout
    return msgspec.json.decode(said, type=Found)


@contextmanager
def _written(ledger: Ledger, states: dict[str, MailboxState]) -> Iterator[None]:
    """Let a hundred mailboxes take a step every second for the time of the block."""
    some, over = dict(list(states.items())[:100]), threading.Event()

    def write() -> None:
        while not over.wait(EVERY):
            steps = [Transition(guid, _ROUND[state], "bench") for guid, state in some.items()]
            ledger.move_state(steps, REASON)
            some.update((step.guid, step.to) for step in steps)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()
