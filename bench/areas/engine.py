"""The engine in virtual time: an evening against a plain loop over the same calls, a weekend, and a whole campaign.

The campaign's units are batches, each as slow as its slowest mailbox; three nights of it, drawn by chance, are run once
more mailbox by mailbox, and have to come to the same states. Seconds are the processor's.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from dbos import DBOS

from bench.evening.outside import PERMANENT, Clock, Fate, Outside, number_of
from bench.evening.run import BEGIN, LASTS, Shape, drawn, evening, runner
from bench.evening.tape import Tape, again
from bench.rows import ResultsDiffer, Row
from mailwave.adapters.durable import Dbos, Scratch
from mailwave.adapters.ledger import Ledger
from mailwave.core.courses import EARLIEST, Course, Step
from mailwave.core.states import MailboxState

AREA = "engine"
EVENING = Shape(1, 200, 110)
WEEKEND = Shape(2, 83, 500)
CAMPAIGN = Shape(171, 100, 1)
A_UNIT = 123
"""Mailboxes of a unit, a batch: 171 nights of 100 batches are 2.1 million mailboxes."""

COURSES, STEPS = 50, 20
UNIT = "s of processor"
TOO_LONG = timedelta(days=14)


def rows(
    night: Shape = EVENING, weekend: Shape = WEEKEND, campaign: Shape = CAMPAIGN, unit: int = A_UNIT
) -> Iterator[Row]:
    """Two rows of an evening, one of steps, of a weekend and of a campaign; raises ResultsDiffer."""
    yield from _evening(night)
    yield _steps()
    yield _weekend(weekend)
    yield from _campaign(campaign, unit)


def _evening(shape: Shape) -> Iterator[Row]:
    with _folder() as folder, evening(folder, shape) as (ledger, outside, clock):
        tape = Tape(outside, clock.now)
        ours = _timed(runner(ledger, clock, tape, folder).run)
        _account(ledger, outside, shape, drawn)
        second = Clock(BEGIN)
        plain = Outside(second.now, drawn)
        theirs = _timed(lambda: again(tape.made, plain, second))
        if (plain.calls, plain.sent) != (outside.calls, outside.sent):
            raise ResultsDiffer(area=AREA, name="plain loop")
        calls = outside.calls["exchange"] / shape.units
    workload = _told(shape)
    yield _row("admin calls a mailbox", workload, calls, None, None, "calls")
    yield _row(
        "an evening, a mailbox",
        workload,
        1000 * ours / shape.units,
        1000 * theirs / shape.units,
        "a plain loop over the same calls",
        f"m{UNIT}",
    )


def _weekend(shape: Shape) -> Row:
    with _folder() as folder, evening(folder, shape) as (ledger, outside, clock):
        used = _timed(runner(ledger, clock, outside, folder).run)
        _account(ledger, outside, shape, drawn)
    return _row("a weekend", _told(shape), used, None, None, UNIT)


def _campaign(shape: Shape, unit: int) -> Iterator[Row]:
    """The campaign by units, and three of its nights by mailboxes: what a unit's state says of its members is so."""
    with _folder() as folder, evening(folder, shape, lambda n: _slowest(n, unit)) as (ledger, outside, clock):
        used = _timed(runner(ledger, clock, outside, folder).run)
        moved = {number_of(each.mailbox.address) for each in ledger.mailboxes(MailboxState.MOVED)}
    mailboxes = f"{shape.units * unit:,} mailboxes, {shape.nights} nights, a unit is a batch of {unit}"
    yield _row("a campaign by batches", mailboxes, used, None, None, UNIT)
    nights = sorted(random.Random(7).sample(range(shape.nights), min(3, shape.nights)))  # noqa: S311  repeatable
    took = sum(_night_again(night, shape, unit, moved) for night in nights)
    yield _row("its nights by mailboxes", f"nights {nights}, states equal", took, None, None, UNIT)


def _night_again(night: int, shape: Shape, unit: int, moved: set[int]) -> float:
    """Run one night mailbox by mailbox; raises ResultsDiffer unless it ends as its units did."""
    first = night * shape.batches * unit
    whole = Shape(1, shape.batches, unit)
    with _folder() as folder, evening(folder, whole, lambda n: drawn(first + n)) as (ledger, outside, clock):
        used = _timed(runner(ledger, clock, outside, folder).run)
        found = {number_of(each.mailbox.address): each.state for each in ledger.mailboxes()}
    units = {n: night * shape.batches + n // unit in moved for n in range(whole.units)}
    if found != {n: _ends(drawn(first + n)) if units[n] else None for n in range(whole.units)}:
        raise ResultsDiffer(area=AREA, name=f"night {night}, mailbox by mailbox")
    return used


def _slowest(number: int, unit: int) -> Fate:
    """The fate of a unit: as slow as the slowest of those of its mailboxes that move."""
    members = [drawn(number * unit + each) for each in range(unit)]
    going = [each for each in members if _ends(each) is MailboxState.MOVED]
    return Fate(max(each.copies for each in going), max(each.completes for each in going))


def _ends(fate: Fate) -> MailboxState:
    """Where a mailbox of this fate ends, where nothing keeps its batch from moving."""
    if fate.fails == PERMANENT and not fate.once:
        return MailboxState.FAILED
    return MailboxState.DEFERRED if fate.copies > TOO_LONG else MailboxState.MOVED


def _account(ledger: Ledger, outside: Outside, shape: Shape, fate_of: Callable[[int], Fate]) -> None:
    """Raise ResultsDiffer unless everybody ended as drawn, was told each thing once, and is in one batch."""
    found = {number_of(each.mailbox.address): each.state for each in ledger.mailboxes()}
    if found != {n: _ends(fate_of(n)) for n in range(shape.units)}:
        raise ResultsDiffer(area=AREA, name="states")
    if set(outside.sent.values()) != {1} or set(outside.made.values()) != {1}:
        raise ResultsDiffer(area=AREA, name="notices or batches twice")
    if Counter(found.values()).total() != shape.units or not ledger.total().closed:
        raise ResultsDiffer(area=AREA, name="counts")


# --- steps


def _steps() -> Row:
    """Steps that do nothing, of courses by turns, against the engine's own workflows."""
    steps = COURSES * STEPS
    ours, theirs = _timed(_by_turns), _timed(_on_its_own)
    workload = f"{COURSES} courses of {STEPS} steps"
    return _row("steps a second", workload, steps / ours, steps / theirs, "DBOS alone", "steps", more=True)


def _by_turns() -> None:
    def find(course: str) -> Course:
        return Course(course, [Step(str(n), lambda: None) for n in range(STEPS)])

    with _folder() as folder, Dbos(Scratch(f"sqlite:///{folder}/durable.db"))(find) as durable:
        for n in range(COURSES):
            durable.begin(str(n))
        durable.turn(EARLIEST)


def _on_its_own() -> None:
    with _folder() as folder:
        DBOS(config=Scratch(f"sqlite:///{folder}/durable.db").config())
        DBOS.launch()
        try:
            handles = [DBOS.start_workflow(_plain) for _ in range(COURSES)]
            for handle in handles:
                handle.get_result(polling_interval_sec=0.01)
        finally:
            DBOS.destroy()


@DBOS.workflow(name="plain")
def _plain() -> None:
    for n in range(STEPS):
        DBOS.run_step({"name": str(n)}, lambda: None)


# --- what all share


def _row(
    name: str,
    workload: str,
    ours: float,
    baseline: float | None,
    told: str | None,
    unit: str,
    *,
    more: bool = False,
) -> Row:
    ratio = None if baseline is None else (ours / baseline if more else baseline / ours)
    return Row(AREA, name, workload, ours, baseline, told, ratio, unit)


def _told(shape: Shape) -> str:
    hours = LASTS // timedelta(hours=1)
    return f"{shape.units:,} mailboxes in {shape.nights * shape.batches} batches, {shape.nights} windows of {hours} h"


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder in memory where there is such a place: it is the processor's seconds that are measured."""
    fast = Path("/dev/shm")  # noqa: S108  the name of a file system
    with tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None) as name:
        yield Path(name)


def _timed(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began
