"""A second process that looks at the dashboard all the time, as a screen in an operations room does.

`python -m bench.areas.live_reader URL PLANNED` reads until its standard input ends, and prints how often it has read.
It fails when a reading does not add up.
"""

from __future__ import annotations

import select
import sys
from datetime import UTC, datetime

from mailwave.adapters.ledger import Ledger
from mailwave.core.progress import Face

PAUSE = 0.25
"""Seconds between two readings."""


def main(url: str, planned: int) -> None:
    """Read the dashboard until somebody closes standard input."""
    readings = 0
    with Ledger.open(url, lambda: datetime.now(UTC)) as ledger:
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], PAUSE)[0]:
            found = ledger.dashboard(Face.WAVE)
            counted = sum(tally.mailboxes for tally in found.by_state.values())
            if (planned, planned) != (found.planned, counted):
                sys.exit(f"{found.planned} mailboxes are planned and {counted} counted, of {planned}")
            readings += 1
    print(readings)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
