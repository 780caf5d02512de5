"""A night's polls and its dashboard, against one wide table: the same changes in the same store, with a reader beside.

The wide table has a row a mailbox with all that a poll updates, as a ledger without a table of its own for what is in
flight would have; its aggregates are counted from its rows. Ours also checks each step, journals it and keeps the
summary, which the wide table does not. After each poll the kept summary is compared with a recount. Seconds are the
processor's, of this process and of the server's for it, as one waits for the disk and for whoever else is at work; a
process of the server that is not counted ends the measurement.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from bench.areas.live_serving import Serving, without_helpers
from bench.areas.live_stores import NOW, REASON, Wide, fill
from bench.rows import ResultsDiffer, Row, pair
from mailwave.adapters import ledger_summary
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.core.progress import Face, Sighting, Tally
from mailwave.core.states import MailboxState, Transition
from rehearsal import postgresql

AREA = "live"
MAILBOXES = 2_100_000
CHANGES = 22_000
"""Mailboxes of an evening, all of which a poll finds changed."""

STEPS_A_POLL = 100
"""One in so many has come to another state. A mailbox has some five states in an evening of some hundreds of polls."""

PAIRS = 5
UNIT = "s of processor"
ROOT = Path(__file__).resolve().parents[2]

S = MailboxState
_ROUND = {S.SYNCING: S.SYNCED, S.SYNCED: S.COMPLETING, S.COMPLETING: S.SYNCED}
"""States that one can go round in for ever by legal steps."""


def rows(mailboxes: int = MAILBOXES, changes: int = CHANGES, pairs: int = PAIRS) -> Iterator[Row]:
    """Three rows a store. Goals at full size: SQLite 20 and 500 times, PostgreSQL 5 and 50 times.

    Raises ResultsDiffer, NotCounted.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield from _in("SQLite", f"sqlite:///{folder}/ledger.db", mailboxes, changes, pairs)
    if postgresql.programs() is not None:
        with postgresql.running() as server:
            url = server.make("bench")
            without_helpers(url)
            yield from _in("PostgreSQL", url, mailboxes, changes, pairs)


def _in(name: str, url: str, mailboxes: int, changes: int, pairs: int) -> Iterator[Row]:
    with ExitStack() as opened:
        ledger = opened.enter_context(Ledger.open(url, lambda: NOW))
        store = Store(url)
        opened.callback(store.close)
        live = fill(store, ledger, mailboxes, changes)
        opened.enter_context(_reader(url, mailboxes))
        night = Night(ledger, Wide.copied(store), name, live, Serving(store))
        yield night.polls(STEPS_A_POLL, pairs, mailboxes)
        yield night.polls(1, pairs, mailboxes)
        yield night.dashboards(pairs, mailboxes)


@contextmanager
def _reader(url: str, planned: int) -> Iterator[None]:
    """Another process that reads the dashboard for the time of the block."""
    command = [sys.executable, "-m", "bench.areas.live_reader", url, str(planned)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        if reader.stdout.readline() != "ready\n":
            raise ResultsDiffer(area=AREA, name="reader")
        yield
        said, _ = reader.communicate()
        if reader.returncode or not int(said):
            raise ResultsDiffer(area=AREA, name="reader")


class Night:
    """The mailboxes *live*, by their states, and what each poll finds of them."""

    def __init__(
        self,
        ledger: Ledger,
        wide: Wide,
        name: str,
        live: Mapping[str, MailboxState],
        serving: Serving,
    ) -> None:
        self._ledger = ledger
        self._wide = wide
        self._name = name
        self._states = dict(live)
        self._serving = serving
        self._polls = 0

    def polls(self, one_in: int, pairs: int, mailboxes: int) -> Row:
        """Polls in which one in *one_in* has come to another state."""
        found: list[tuple[list[Sighting], list[Transition]]] = [self._next(one_in)]

        def ours() -> int:
            sightings, steps = found[-1]
            return self._ledger.record_poll(sightings, steps, REASON)

        def theirs() -> int:
            sightings, steps = found[-1]
            return self._wide.poll(sightings, steps, NOW)

        def compare() -> None:
            self._serving.check()
            self._compare()
            self._states.update((step.guid, step.to) for step in found[-1][1])
            found.append(self._next(one_in))

        kind = "poll" if one_in > 1 else "poll, all in another state"
        return pair(
            area=AREA,
            name=f"{self._name}: {kind}",
            workload=f"{len(self._states):,} changes of {mailboxes:,} mailboxes",
            ours=ours,
            baseline=theirs,
            baseline_name="updating one wide table",
            pairs=pairs,
            after_each=compare,
            clock=self._serving.clock,
            unit=UNIT,
        )

    def dashboards(self, pairs: int, mailboxes: int) -> Row:
        """Mailboxes and bytes by wave and state."""

        def ours() -> Mapping[str, Mapping[MailboxState, Tally]]:
            return self._ledger.dashboard(Face.WAVE).tallies

        return pair(
            area=AREA,
            name=f"{self._name}: dashboard",
            workload=f"state by wave, {mailboxes:,} mailboxes",
            ours=ours,
            baseline=self._wide.by_wave,
            baseline_name="aggregating the wide table's rows",
            pairs=pairs,
            after_each=self._serving.check,
            clock=self._serving.clock,
            unit=UNIT,
        )

    def _next(self, one_in: int) -> tuple[list[Sighting], list[Transition]]:
        """What the next poll finds: everybody has got on, and some are in another state. It is read from JSON."""
        self._polls += 1
        moved = self._polls * 50_000_000
        steps = [
            Transition(guid, _ROUND[state], "Syncing")
            for n, (guid, state) in enumerate(self._states.items())
            if (n + self._polls) % one_in == 0
        ]
        percent = self._polls % 95
        answer = msgspec.json.encode(
            [
                Sighting(guid, "Syncing", percent, moved + n, self._polls, "")
                for n, guid in enumerate(self._states)
            ]
        )
        return msgspec.json.decode(answer, type=list[Sighting]), steps

    def _compare(self) -> None:
        """Raise ResultsDiffer unless the summary is what both tables of rows come to."""
        with self._wide.store.read() as connection:
            kept = ledger_summary.tallies(connection, Face.WAVE)
            counted = ledger_summary.recount(connection, Face.WAVE)
        if not kept == counted == self._wide.by_wave():
            raise ResultsDiffer(area=AREA, name="kept summary")
