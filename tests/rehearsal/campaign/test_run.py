"""Whole campaigns, small: what must hold whatever the limits and rates are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.campaign import estate, profile
from rehearsal.campaign.errors import AnnouncedNight, IllegalEvent, NightOverbooked, NotConserved
from rehearsal.campaign.events import Cause, EventLog, Events, Kind, unpack
from rehearsal.campaign.plan import Outlook, carry_forward
from rehearsal.campaign.profile import DAY, Profile
from rehearsal.campaign.run import Outcome, run
from rehearsal.campaign.state import NO_NIGHT, Code, State
from rehearsal.campaign.world import World

FEW = 600
SMALL = replace(
    profile.load("record-move"),
    weeks=5,
    endpoints=2,
    batches=30,
    batch_size=40,
    initial_slots=12,
    initial_slots_tenant=20,
    incremental_slots=8,
    gb_per_hour_tenant=60,
    mailboxes_weekday=40,
    mailboxes_weekend_day=60,
    long_lead_days=20,
    transient=0.1,
    refused=0.05,
    investigate=0.05,
    completion_failed=0.05,
)


def campaign(rules: Profile = SMALL, *, seed: int = 7, log: EventLog | None = None) -> Outcome:
    return run(estate.made_up(FEW, seed=1, sites=2), rules, seed=seed, log=log)


def history(outcome: Outcome) -> dict[Kind, Events]:
    """All events of a campaign by kind, in columns."""
    days = [unpack(day, words) for day, words in enumerate(outcome.log.days)]
    return {
        kind: Events(*(np.concatenate([getattr(day[kind], name) for day in days if kind in day]) for name in
                       ("at", "entity", "n", "cause")))
        for kind in Kind if any(kind in day for day in days)
    }  # fmt: skip


def busiest(begins: np.ndarray, ends: np.ndarray) -> int:
    """The most intervals open at once; one that ends when another begins has made room."""
    moments = np.concatenate([ends, begins])
    change = np.concatenate([np.full(len(ends), -1), np.full(len(begins), 1)])
    order = np.lexsort((change, moments))
    return int(np.cumsum(change[order]).max(initial=0))


def copies(found: dict[Kind, Events]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mailbox, begin and end of each initial sync, each end being the mailbox's next event that ends one."""
    kinds = (Kind.SYNCED, Kind.BROKEN, Kind.FAILED, Kind.DEFERRED)
    ends = [np.stack([found[kind].entity, found[kind].at], axis=1) for kind in kinds if kind in found]
    stops: dict[int, list[int]] = {}
    for row, at in np.concatenate(ends).tolist():
        stops.setdefault(row, []).append(at)
    begun = found[Kind.BEGUN]
    after = [
        min(at for at in stops[row] if at > began)
        for row, began in zip(begun.entity.tolist(), begun.at.tolist(), strict=True)
    ]
    return begun.entity, begun.at, np.array(after)


def crowded(view: Outlook) -> np.ndarray | None:
    """A plan that cares for no limit but that of mailboxes a night."""
    view.nights[:] = 21 + view.world.mailboxes.rows % 14
    return view.nights if view.day == 0 else None


@pytest.fixture(scope="module")
def busy() -> Outcome:
    return campaign()


SHARE = st.floats(0, 0.3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    slots=st.integers(0, 30),
    kept=st.integers(0, 10),
    batches=st.integers(0, 20),
    flow=st.floats(0, 200),
    rates=st.tuples(SHARE, SHARE, SHARE, SHARE, SHARE),
    seed=st.integers(0, 2**32),
)
def test_no_mailbox_is_lost(
    slots: int, kept: int, batches: int, flow: float, rates: tuple[float, ...], seed: int
) -> None:
    """It should account for every mailbox, once, whatever the limits and rates."""
    refused, permanent, transient, poor, completion = rates
    rules = replace(
        SMALL, initial_slots_tenant=slots, incremental_slots=kept, batches=batches, gb_per_hour_tenant=flow,
        refused=refused, permanent=permanent, transient=transient, poor=poor, completion_failed=completion,
    )  # fmt: skip
    outcome = campaign(rules, seed=seed)
    found, summary = history(outcome), outcome.summary
    assert summary.moved + summary.failed + summary.deferred == FEW
    finished = [found[kind].entity for kind in (Kind.MOVED, Kind.FAILED) if kind in found]
    ended = np.concatenate([*finished, outcome.state.rows(Code.DEFERRED)])
    assert np.arange(FEW).tolist() == sorted(ended.tolist())


def test_a_lost_mailbox_is_noticed() -> None:
    """It should refuse to go on when a state holds other mailboxes than the events say."""
    state = State.new(World(estate.made_up(FEW, seed=1, sites=2), SMALL, 7))
    state.code[3] = Code.MOVED
    with pytest.raises(NotConserved):
        state.check(0)


def test_a_mailbox_cannot_move_from_nowhere() -> None:
    """It should refuse an event that the mailbox's state does not allow."""
    state = State.new(World(estate.made_up(FEW, seed=1, sites=2), SMALL, 7))
    one = np.array([5])
    with pytest.raises(IllegalEvent):
        state.apply(Kind.MOVED, Events(one * 0, one, one, one * 0))


def test_completions_begin_inside_windows() -> None:
    """It should begin no completion outside its night's window, even when more wait than fit, and count overruns."""
    rules = replace(
        SMALL, incremental_slots=1, window_weekday=(12, 14), window_weekend=(3, 5), finalise_sigma=1.0,
        mailboxes_weekday=FEW, mailboxes_weekend_day=FEW,
    )  # fmt: skip

    outcome = run(estate.made_up(FEW, seed=1, sites=2), rules, seed=7, replan=crowded)
    found = history(outcome)
    begun, done = found[Kind.COMPLETING], found[Kind.MOVED]
    for at, day in zip(begun.at.tolist(), begun.n.tolist(), strict=True):
        assert rules.window(day)[0] <= at <= rules.last_start(day)
    over = sum(at > rules.window(day)[1] for at, day in zip(done.at.tolist(), done.n.tolist(), strict=True))
    assert over > 0
    assert over == outcome.summary.overruns
    assert outcome.summary.deferrals[Cause.INCREMENTAL_SLOTS] > 0


def test_initial_slots_are_never_exceeded(busy: Outcome) -> None:
    """It should have no more initial syncs at an endpoint, at any event, than it has slots, and use them all."""
    rows, begins, ends = copies(history(busy))
    world = busy.state.world
    most = [
        busiest(begins[world.endpoint[rows] == each], ends[world.endpoint[rows] == each])
        for each in range(SMALL.endpoints)
    ]
    assert world.initial_slots.tolist() == most
    assert world.initial_slots.sum() <= SMALL.initial_slots_tenant


def test_incremental_slots_are_never_exceeded(busy: Outcome) -> None:
    """It should have no more incremental syncs and completions at an endpoint than slots, and use them all."""
    found, endpoint = history(busy), busy.state.world.endpoint
    synced, begun = found[Kind.INCREMENT], found[Kind.COMPLETING]
    length, _ = busy.state.world.fates.finalise(begun.entity, begun.n)
    rows = np.concatenate([synced.entity, begun.entity])
    begins = np.concatenate([synced.at, begun.at])
    ends = np.concatenate([synced.at + SMALL.increment_seconds, begun.at + length])
    most = [busiest(begins[endpoint[rows] == each], ends[endpoint[rows] == each]) for each in range(2)]
    assert [SMALL.incremental_slots] * 2 == most


def test_bytes_stay_within_gb_per_hour() -> None:
    """It should let no more bytes in at an endpoint, than its GB/h allows in the time that it took."""
    outcome = campaign(replace(SMALL, gb_per_hour_tenant=2, headroom=1))
    world = outcome.state.world
    rows, begins, _ = copies(history(outcome))
    for each in range(SMALL.endpoints):
        mine = world.endpoint[rows] == each
        order = np.argsort(begins[mine])
        gaps = np.diff(begins[mine][order])
        assert (gaps >= world.gate(rows[mine][order])[:-1]).all()


def test_batches_are_never_too_many_or_too_large() -> None:
    """It should have as many batches as the tenant allows and not one more, none of them over its size."""
    rules = replace(SMALL, batches=6, batch_size=10, mailboxes_weekday=FEW, mailboxes_weekend_day=FEW)
    outcome = run(estate.made_up(FEW, seed=1, sites=2), rules, seed=7, replan=crowded)
    found = history(outcome)
    made, removed = found[Kind.BATCH_MADE], found[Kind.BATCH_REMOVED]
    assert busiest(made.at, removed.at) == 6
    assert np.bincount(found[Kind.JOINED].n).max() == 10
    assert Cause.BATCHES in {week.binding for week in outcome.summary.weeks}


def test_a_seed_decides_everything(busy: Outcome) -> None:
    """It should write the same log for the same seed, and another for another."""
    assert campaign().log.digest == busy.log.digest
    assert campaign(seed=8).log.digest != busy.log.digest


@pytest.mark.parametrize("day", [0, 14, 21, 34])
def test_a_crash_leaves_no_trace(busy: Outcome, day: int) -> None:
    """It should come to the same log and figures from what was written before any day."""
    resumed = campaign(log=EventLog(busy.log.days[:day]))
    assert busy.summary == resumed.summary


def test_the_log_alone_gives_the_state(busy: Outcome) -> None:
    """It should rebuild every column from the log."""
    state = State.new(busy.state.world)
    for day, words in enumerate(busy.log.days):
        state.replay(day, words)
    for name, column in vars(busy.state).items():
        if isinstance(column, np.ndarray):
            assert column.tolist() == getattr(state, name).tolist(), name
    assert busy.state.batches == state.batches


@pytest.mark.parametrize(
    ("limit", "cause"),
    [
        ({"initial_slots_tenant": 0}, Cause.INITIAL_SLOTS),
        ({"gb_per_hour_tenant": 0}, Cause.GB_PER_HOUR),
        ({"incremental_slots": 0}, Cause.INCREMENTAL_SLOTS),
        ({"batches": 0}, Cause.BATCHES),
        ({"mailboxes_weekday": 0, "mailboxes_weekend_day": 0}, Cause.MAILBOXES_A_NIGHT),
        ({"window_weekday": (0, 0), "window_weekend": (0, 0)}, Cause.MAILBOXES_A_NIGHT),
    ],
)
def test_without_capacity_all_are_deferred(limit: dict[str, Any], cause: Cause) -> None:
    """It should defer everything when a limit is nought, and name that limit in every week."""
    summary = campaign(replace(SMALL, **limit)).summary
    assert (0, 0, FEW) == (summary.moved, summary.failed, summary.deferred)
    assert {cause: FEW} == summary.left
    assert {cause} == {week.binding for week in summary.weeks}


def test_a_careless_plan_meets_the_limit_itself() -> None:
    """It should name the slots when a replan that ignores them queues everybody and nobody can begin."""
    rules = replace(SMALL, initial_slots_tenant=0, mailboxes_weekday=FEW, mailboxes_weekend_day=FEW)

    def careless(view: Outlook) -> np.ndarray | None:
        view.nights[:] = 28
        return view.nights if view.day == 0 else None

    mailboxes = estate.made_up(FEW, seed=1, sites=2)
    summary = run(mailboxes, replace(rules, refused=0, largest_gb=10**6), seed=7, replan=careless).summary
    assert {Cause.INITIAL_SLOTS: FEW} == summary.left


def test_an_announced_night_stays() -> None:
    """It should refuse a replan that changes the night of a mailbox that was told of it."""

    def fickle(view: Outlook) -> np.ndarray | None:
        if view.day < 10:
            return carry_forward(view)
        view.nights[view.nights != NO_NIGHT] += 7
        return view.nights

    with pytest.raises(AnnouncedNight):
        run(estate.made_up(FEW, seed=1, sites=2), SMALL, seed=7, replan=fickle)


def test_a_night_that_is_not_announced_may_change() -> None:
    """It should take a replan's new night for those who were not told of the old one."""
    moved_to = SMALL.days - 1

    def later(view: Outlook) -> np.ndarray | None:
        if view.day == 1:
            view.nights[np.flatnonzero(view.may_change & (view.nights > 20))[:5]] = moved_to
            return view.nights
        return carry_forward(view) if view.day == 0 else None

    rules = replace(SMALL, mailboxes_weekend_day=200, long_from_gb=10**6)
    outcome = run(estate.made_up(FEW, seed=1, sites=2), rules, seed=7, replan=later)
    planned = history(outcome)[Kind.PLANNED]
    assert (planned.n[planned.at == DAY] == moved_to + 1).sum() == 5


def test_a_night_is_not_overbooked() -> None:
    """It should refuse a replan that gives a night more mailboxes than its limit."""

    def greedy(view: Outlook) -> np.ndarray | None:
        view.nights[:] = 21
        return view.nights

    with pytest.raises(NightOverbooked):
        run(estate.made_up(FEW, seed=1, sites=2), SMALL, seed=7, replan=greedy)
