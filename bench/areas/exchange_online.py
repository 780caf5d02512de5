"""The simulated Exchange Online, in processes of their own: an evening in virtual time, and the price of sockets.

Nothing else does the evening, so there is no honest baseline. Goals: 2,000 mailboxes well under 1 s of CPU, 22,000
under 10 s. Over sockets the baseline is the same model, called as a function: what it costs to be a server.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.rows import ResultsDiffer, Row

ROOT = Path(__file__).resolve().parents[2]
AREA = "rehearsal exchange online"
SIZES = (2_000, 22_000)
SERVED = 2_000
RUNS = 3


class Cost(msgspec.Struct):
    """What this area needs of `rehearsal.exchange_online.evening`: seconds of CPU."""

    syncing: float
    completing: float
    days: float


class Calls(msgspec.Struct):
    """What this area needs of `rehearsal.exchange_online.calls`: seconds of real time."""

    move: float
    one: float
    page: float
    calls: int
    ended: dict[str, int]


def rows(sizes: tuple[int, ...] = SIZES, served: int = SERVED) -> Iterator[Row]:
    """The evening of each number of mailboxes, and the calls with *served* mailboxes over sockets."""
    yield from evening(sizes)
    yield from sockets(served)


def evening(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
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


def sockets(mailboxes: int) -> Iterator[Row]:
    """What the same calls cost over sockets and without, in one run; both have to come to the same states."""
    found = msgspec.json.decode(_printed("calls", mailboxes), type=dict[str, Calls])
    served, model = found["sockets"], found["model"]
    if (served.calls, served.ended) != (model.calls, model.ended):
        raise ResultsDiffer(area=AREA, name="over sockets")
    for name, ours, baseline, workload in (
        ("a batch over sockets", served.move, model.move, f"{mailboxes:,} mailboxes, {served.calls:,} calls"),
        ("a call over sockets", served.one, model.one, "one migration user"),
        (
            "a page over sockets",
            served.page,
            model.page,
            f"a page of {min(mailboxes, 1000):,} migration users",
        ),
    ):
        yield Row(AREA, name, workload, ours, baseline, "the model as a function", baseline / ours, "s")


def _cost(mailboxes: int) -> Cost:
    return msgspec.json.decode(_printed("evening", mailboxes), type=Cost)


def _printed(module: str, mailboxes: int) -> bytes:
    command = [sys.executable, "-m", f"rehearsal.exchange_online.{module}", str(mailboxes)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
