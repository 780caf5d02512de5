"""`python -m bench.evening.worker URL NAME FOLDER WATCH`: `mailwave worker`, and the system that starts it again.

Each attempt is a fork, so that a start costs no imports. An attempt that ends with an error is followed by another, as
a service manager would have it; one whose work was taken over is not.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from datetime import timedelta
from pathlib import Path

from bench.evening.run import REASON, governing_of, runner
from bench.evening.shared import Remote, RemoteClock, joined
from mailwave.adapters.durable import Dbos, Scratch
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.adapters.ledger_workers import Lease, Leased, TakenOver

TAKEN_OVER = 45
"""The code with which `mailwave worker` ends then."""

PAUSE_SECONDS = 0.2
BEAT_SECONDS, DEAD_SECONDS = 0.5, 5.0
"""Shorter than a worker's own, and in the same proportion or a longer one."""


def attempt(url: str, name: str, folder: Path, watch: timedelta) -> None:
    """Run the waves until they have ended; those of another worker are asked for every *watch*."""
    world = joined(folder / "world")
    world.time("come", name)
    clock = RemoteClock(world, name)
    store = Store(url)
    with Ledger(store, clock.now) as ledger, ledger.alone(f"worker {name}"):
        lease = Lease(store, clock.now, name, REASON, beat_seconds=BEAT_SECONDS, dead_seconds=DEAD_SECONDS)
        with lease.kept():
            outside = Leased(Remote(world, name), lease)
            durably = Dbos(Scratch(url, name), lease)
            governing = governing_of(ledger, clock, outside)
            runner(ledger, clock, outside, folder, durably=durably, watch=watch, governing=governing).run()
    world.time("go", name)


def main(url: str, name: str, folder: Path, watch: timedelta) -> int:
    """Attempt it until it has ended, or was taken over; return how it ended."""
    while True:
        fork = os.fork()
        if fork == 0:
            _end(url, name, folder, watch)
        _, status = os.waitpid(fork, 0)
        code = os.waitstatus_to_exitcode(status)
        if code in (0, TAKEN_OVER):
            return code
        time.sleep(PAUSE_SECONDS)


def _end(url: str, name: str, folder: Path, watch: timedelta) -> None:
    code = 1
    try:
        attempt(url, name, folder, watch)
        code = 0
    except TakenOver:
        code = TAKEN_OVER
    except BaseException:  # noqa: BLE001  whatever it is, it ends this attempt
        with (folder / f"{name}.errors").open("a", encoding="utf-8") as said:
            said.write(traceback.format_exc()[-1500:] + "\n")
    finally:
        os._exit(code)


if __name__ == "__main__":
    place, minutes = Path(sys.argv[3]), int(sys.argv[4])
    sys.exit(main(sys.argv[1], sys.argv[2], place, timedelta(minutes=minutes)))
