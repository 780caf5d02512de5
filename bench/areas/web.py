"""Pages under load: a person's pages at 200 requests a second beside 200 dashboards, while the ledger is written to.

The load is open, in a process of its own, and says what it used of the processor itself; the ledger is written to by
this one. A stream more than is counted reads nothing: the others must get as many frames as each other, and it is let
go.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import msgspec

from bench.areas.live_stores import NOW, REASON, fill, person, share
from bench.areas.web_load import Asked, Found
from bench.processes import ROOT, family_clock
from bench.rows import ResultsDiffer, Row
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.core.states import MailboxState, Transition
from rehearsal import postgresql

AREA = "web"
MAILBOXES, LIVE = 2_100_000, 22_000
RATE, SECONDS, STREAMS = 200, 60, 200
PEOPLE = 1_000
"""Those who ask for their own page, in turn; each shares with two others, as every third person does."""

EVERY = 1.0
"""Seconds between two writes."""

S = MailboxState
_NEXT = {S.SYNCING: S.SYNCED, S.SYNCED: S.COMPLETING, S.COMPLETING: S.MOVED}
STEPS = 100
"""Mailboxes that take a step at each write, of all in flight in turn."""


class Filled(NamedTuple):
    """A ledger at *url* with so many *mailboxes*, the *states* of those in flight, and its *server*'s process, or 0."""

    url: str
    mailboxes: int
    states: dict[str, MailboxState]
    server: int = 0


class Load(NamedTuple):
    """Requests a second, for how many seconds, beside how many streams, which have some seconds to settle."""

    rate: int = RATE
    seconds: int = SECONDS
    streams: int = STREAMS
    settling: int = 5


def rows(mailboxes: int = MAILBOXES, live: int = LIVE, load: Load = Load()) -> Iterator[Row]:  # noqa: B008
    """Rows a store: the P95 in milliseconds (goal: under 100), what failed (none), frames of the streams, processor.

    Raises ResultsDiffer when the slow stream cost another a frame.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield from measured("SQLite", filled(f"sqlite:///{folder}/ledger.db", mailboxes, live), load)
    if postgresql.programs() is not None:
        with postgresql.running() as server:
            ledger = filled(server.make("bench"), mailboxes, live)
            yield from measured("PostgreSQL", ledger._replace(server=server.process), load)


def filled(url: str, mailboxes: int, live: int) -> Filled:
    """Fill the empty ledger at *url*."""
    with Ledger.open(url, lambda: NOW) as ledger:
        store = Store(url)
        states = fill(store, ledger, mailboxes, live)
        share(store, mailboxes)
        store.close()
    return Filled(url, mailboxes, states)


def measured(name: str, ledger: Filled, load: Load) -> Iterator[Row]:
    """The rows of *ledger*, which is called *name*, under *load*."""
    addresses = [f"{person(number)}@nhsmail.example" for number in _people(ledger.mailboxes)]
    with _written(ledger), _served(ledger.url, addresses) as (pages, port, sessions):
        clocks = [family_clock(each) for each in (pages, ledger.server) if each]
        found = _loaded(Asked(port, sessions, *load))
        used = [clock() for clock in clocks]
    if found.frames[0] < found.frames[-1] - 2:
        raise ResultsDiffer(area=AREA, name=f"{name}: one slow reader")
    work = f"{load.rate}/s for {load.seconds} s, {load.streams} dashboards, {ledger.mailboxes:,} mailboxes"
    for what, figure, unit in (*_answers(found), *_processors(found, used)):
        yield Row(AREA, f"{name}: {what}", work, figure, None, None, None, unit)


def _people(mailboxes: int) -> range:
    """The numbers of those who ask, far from each other, and of those who share."""
    return range(0, mailboxes, max(1, mailboxes // PEOPLE // 3) * 3)


def _answers(found: Found) -> list[tuple[str, float, str]]:
    taken, charts = found.milliseconds, found.charts or [0.0]
    return [
        *((f"P{part} of an answer", _part(taken, part), "ms") for part in (50, 95, 99)),
        ("longest answer", taken[-1], "ms"),
        ("answers that failed", float(found.failed), "answers"),
        ("fewest frames of a stream", float(found.frames[0]), "frames"),
        ("most frames of a stream", float(found.frames[-1]), "frames"),
        ("charts that the streams asked for", float(len(found.charts)), "charts"),
        ("P95 of a chart", _part(charts, 95), "ms"),
        ("slow readers let go", float(found.let_go), "of 1"),
        ("sent to the slow reader after its first bytes", found.slow / 1000, "kB"),
    ]


def _part(ordered: Sequence[float], part: int) -> float:
    return ordered[len(ordered) * part // 100]


def _processors(found: Found, used: Sequence[float]) -> list[tuple[str, float, str]]:
    """What each process used; the server's seconds hold the start of the streams, too."""
    names = ("the pages' own processor", "the database's own processor")
    return [
        *((name, each / found.seconds, "cores") for name, each in zip(names, used, strict=False)),
        ("the load's own processor", found.processor / found.seconds, "cores"),
        ("the load's own delay, longest", found.late, "ms"),
    ]


@contextmanager
def _served(url: str, addresses: Sequence[str]) -> Iterator[tuple[int, int, list[str]]]:
    """The pages, served in a process of their own: the process, its port, and a session of each of *addresses*."""
    command = [sys.executable, "-m", "bench.areas.web_server", url, *addresses]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        port, *sessions = server.stdout.readline().split()
        yield server.pid, int(port), sessions
        server.communicate()


def _loaded(asked: Asked) -> Found:
    command = [sys.executable, "-m", "bench.areas.web_load"]
    given = msgspec.json.encode(asked)
    said = subprocess.run(command, cwd=ROOT, input=given, stdout=subprocess.PIPE, check=True).stdout
    return msgspec.json.decode(said, type=Found)


@contextmanager
def _written(filled: Filled) -> Iterator[None]:
    """Let mailboxes take steps for the time of the block, so that each look sees other figures."""
    waiting, over = deque(filled.states.items()), threading.Event()

    def write() -> None:
        with Ledger.open(filled.url, lambda: NOW) as ledger:
            while not over.wait(EVERY):
                some = [waiting.popleft() for _ in range(min(STEPS, len(waiting)))]
                steps = [Transition(guid, _NEXT[state], "bench") for guid, state in some]
                ledger.move_state(steps, REASON)
                waiting.extend((step.guid, step.to) for step in steps if step.to in _NEXT)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()
