"""A campaign from its first day to its last, or from the day after the last one in its log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rehearsal.campaign import closing, keeping, plan, syncing
from rehearsal.campaign.day import Day
from rehearsal.campaign.estate import Mailboxes
from rehearsal.campaign.events import EventLog, Kind
from rehearsal.campaign.plan import Capacity, Replan, carry_forward
from rehearsal.campaign.profile import Profile
from rehearsal.campaign.state import State
from rehearsal.campaign.summary import DayCounts, Summary, Tally, observe
from rehearsal.campaign.world import World

Progress = Callable[[DayCounts], None]


@dataclass(frozen=True)
class Outcome:
    """The log of a whole campaign, the state that it led to, and its figures."""

    log: EventLog
    state: State
    summary: Summary


def run(
    mailboxes: Mailboxes,
    profile: Profile,
    *,
    seed: int,
    replan: Replan = carry_forward,
    log: EventLog | None = None,
    lived: Callable[[int], None] = lambda _: None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Carry out the campaign of *mailboxes* under *profile*; *seed* decides all that chance decides.

    *replan* is asked every morning. The days that are in *log* are not lived again: the state is rebuilt from them, and
    the campaign goes on. *lived* is called with each day's number after its completions and before it is written.
    Raises what `plan.changes` raises of a replan that asks for too much.
    """
    world = World(mailboxes, profile, seed)
    capacity, log = Capacity.of(world), EventLog() if log is None else log
    state, tally = rebuild(world, capacity, log)
    for number in range(len(log.days), profile.days):
        day = Day(state, number)
        _live(day, capacity, replan)
        lived(number)
        closing.close_night(day)
        if number == profile.days - 1:
            closing.close_campaign(day, capacity)
        log.append(day.words())
        state.check(number)
        tally.days.append(observe(state, capacity, number, log.days[-1]))
        progress(tally.days[-1])
    return Outcome(log, state, tally.summary(state, capacity, len(log), log.digest))


def rebuild(world: World, capacity: Capacity, log: EventLog) -> tuple[State, Tally]:
    """The state and the counts after the days of *log*."""
    state, tally = State.new(world), Tally()
    for number, words in enumerate(log.days):
        state.replay(number, words)
        tally.days.append(observe(state, capacity, number, words))
    return state, tally


def _live(day: Day, capacity: Capacity, replan: Replan) -> None:
    """All of a day but its end."""
    view = plan.outlook(day.state, capacity, day.number)
    new = replan(view)
    if new is not None:
        rows = plan.changes(day.state, view, new)
        day.happen(Kind.PLANNED, rows, day.begins, new[rows].astype(np.int64) + 1)
    syncing.restart(day)
    syncing.make_batches(day)
    syncing.begin_copies(day)
    syncing.end_copies(day)
    keeping.keep_in_step(day)
