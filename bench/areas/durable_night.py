"""A night in a process that can be killed: `durable_night FOLDER KILL_AT BATCHES MAILBOXES POLLS`.

Everybody is told, then every batch is polled through four states. What the outside remembers is in a file of its own,
so that a kill takes nothing of it along. The process ends itself by SIGKILL at its tick KILL_AT (0: at none); a tick is
a handful of notices or a poll. At its first tick it prints for how long it has run by then, and how long the processor
worked for it, in seconds.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from mailwave.adapters.durable import Dbos, Scratch
from mailwave.core.courses import NEVER, Course, Step

START = datetime(2026, 9, 1, 20, tzinfo=UTC)
POLL = timedelta(minutes=1)
AT_ONCE = 25
STATES = 4
WAVE = "wave"

_OUTSIDE = """
CREATE TABLE IF NOT EXISTS sent (mailbox INTEGER);
CREATE INDEX IF NOT EXISTS sent_mailbox ON sent (mailbox);
CREATE TABLE IF NOT EXISTS users (mailbox INTEGER PRIMARY KEY, state INTEGER);
CREATE TABLE IF NOT EXISTS polls (n INTEGER);
"""


class Night:
    """The night over the outside that is kept in *folder*."""

    def __init__(self, folder: Path, kill_at: int, batches: int, mailboxes: int, polls: int) -> None:
        self._outside = sqlite3.connect(folder / "outside.db", check_same_thread=False, isolation_level=None)
        self._outside.executescript(_OUTSIDE)
        self._kill_at = kill_at
        self._ticks = 0
        self._batches, self._mailboxes, self._polls = batches, mailboxes, polls

    def polled(self) -> int:
        """How often everybody was polled."""
        return int(self._outside.execute("SELECT count(*) FROM polls").fetchone()[0])

    def find(self, course: str) -> Course:
        """The wave's course, or a batch's by its number."""
        if course == WAVE:
            return Course(course, (Step("tell", self._tell), Step("follow", self._follow)))
        ends = [
            int(course) + (self._polls - self._batches) * state // STATES for state in range(1, STATES + 1)
        ]
        return Course(course, [Step(f"state {end}", partial(self._until, end)) for end in ends])

    def run(self, folder: Path) -> None:
        """Go on until the night is over."""
        with Dbos(Scratch(f"sqlite:///{folder / 'durable.db'}"))(self.find) as durable:
            for course in (WAVE, *map(str, range(self._batches))):
                durable.begin(course, anew=False)
            while durable.turn(START + self.polled() * POLL) != NEVER:
                pass

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks == 1:
            print(time.time() - _started(), time.process_time(), flush=True)
        if self._ticks == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _tell(self) -> None:
        for first in range(0, self._mailboxes, AT_ONCE):
            some = range(first, min(first + AT_ONCE, self._mailboxes))
            told = self._outside.execute(
                "SELECT mailbox FROM sent WHERE mailbox BETWEEN ? AND ?", (some[0], some[-1])
            )
            missing = set(some) - {row[0] for row in told}
            if missing:
                self._write("INSERT INTO sent VALUES (?)", [(one,) for one in sorted(missing)])
                self._tick()

    def _follow(self) -> datetime | None:
        """One poll of everybody: the users of a batch change together, as their batch's states end."""
        polls = self.polled()
        if polls >= self._polls:
            return None
        some = range(polls % self._batches, self._mailboxes, self._batches)
        self._write("INSERT OR REPLACE INTO users VALUES (?, ?)", [(one, polls) for one in some])
        self._write("INSERT INTO polls VALUES (?)", [(polls,)])
        self._tick()
        return START + (polls + 1) * POLL

    def _write(self, statement: str, rows: list[tuple[int, ...]]) -> None:
        self._outside.execute("BEGIN")
        self._outside.executemany(statement, rows)
        self._outside.execute("COMMIT")

    def _until(self, end: int) -> datetime | None:
        return None if self.polled() >= end else START + end * POLL


def _started() -> float:
    """When this process was begun, by the wall's clock: field 22 of its line in /proc, in ticks since the boot."""
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    place, numbers = Path(sys.argv[1]), list(map(int, sys.argv[2:]))
    Night(place, *numbers).run(place)
