"""The campaign's core against a simpy process for each mailbox: the same plan, draws and rules, and equal counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bench.areas.campaign_processes import Processes
from bench.rows import Row, pair
from rehearsal.campaign import estate, profile
from rehearsal.campaign.run import run
from rehearsal.campaign.world import World

MAILBOXES = 30_000
SEED = 7
SMALL: dict[str, int] = {
    "weeks": 7,
    "endpoints": 2,
    "initial_slots_tenant": 450,
    "initial_slots": 300,
    "incremental_slots": 900,
    "gb_per_hour_tenant": 180,
    "mailboxes_weekday": 1050,
    "mailboxes_weekend_day": 1950,
}
"""The record move's limits, made small with its mailboxes."""

Counts = tuple[int, int, int, int]


def rows() -> Iterator[Row]:
    """One row: thirty thousand mailboxes from the first night to the last."""
    small = replace(profile.load("record-move"), **SMALL)  # type: ignore[arg-type] # the values are whole numbers
    mailboxes = estate.made_up(MAILBOXES, seed=SEED)
    yield pair(
        area="rehearsal",
        name="campaign",
        workload=f"{MAILBOXES} mailboxes, {small.weeks} weeks, profile record-move made small",
        ours=lambda: ours(mailboxes, small),
        baseline=lambda: Processes(World(mailboxes, small, SEED)).run(),
        baseline_name="simpy, a process a mailbox",
    )


def ours(mailboxes: estate.Mailboxes, small: profile.Profile, *, seed: int = SEED) -> Counts:
    """What came of the campaign: moved, failed, left over, incremental syncs."""
    summary = run(mailboxes, small, seed=seed).summary
    return summary.moved, summary.failed, summary.deferred, summary.increments
