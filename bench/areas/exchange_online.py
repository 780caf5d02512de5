"""An evening of the simulated Exchange Online in virtual time, in a process of its own.

Nothing else does this, so there is no honest baseline. Goals: 2,000 mailboxes well under 1 s of CPU, 22,000 under 10 s.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.rows import Row

ROOT = Path(__file__).resolve().parents[2]
AREA = "rehearsal exchange online"
SIZES = (2_000, 22_000)
RUNS = 3


class Cost(msgspec.Struct):
    """What this area needs of `rehearsal.exchange_online.evening`: seconds of CPU."""

    syncing: float
    completing: float
    days: float


def rows(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """A row for each number of mailboxes, from the first batch made to the last mailbox moved."""
    for mailboxes in sizes:
        costs = [_cost(mailboxes) for _ in range(RUNS)]
        yield Row(
            area=AREA,
            name="sync and complete",
            workload=f"{mailboxes:,} mailboxes, {costs[0].days:.0f} virtual days",
            ours=statistics.median(cost.syncing + cost.completing for cost in costs),
            baseline=None,
            baseline_name=None,
            ratio=None,
            unit="s of CPU",
        )


def _cost(mailboxes: int) -> Cost:
    command = [sys.executable, "-m", "rehearsal.exchange_online.evening", str(mailboxes)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=Cost)
