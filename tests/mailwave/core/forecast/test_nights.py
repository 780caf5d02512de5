"""Nights lived through: the plan's own end without chance, and never a later one for more of a limit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.forecast.chances import PUBLISHED, Spread, certain, drawn
from mailwave.core.forecast.load import Sorts
from mailwave.core.forecast.nights import NOT_ENDED, lived
from mailwave.core.placement.problem import Limits
from tests.mailwave.core.forecast import loads

SEEDS = st.integers(0, 2**32)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, limits=st.integers(1, 5))
def test_without_chance_a_plan_ends_as_planned(seed: int, limits: int) -> None:
    """It should give the plan's own end, and move each night what is planned, when nothing is left to chance."""
    load = loads.drawn_plan(seed, limits=limits).load()
    run = lived(load, drawn(certain(), runs=10, seed=seed))
    assert [load.last] * 10 == run.end.tolist()
    assert np.cumsum(load.planned[: load.last + 1, 0]).tolist() == run.moved[:, 0].tolist()
    assert 0 == run.at_risk.max()


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, limits=st.integers(1, 4), which=st.integers(0, 3), times=st.floats(1, 5))
def test_more_of_a_limit_never_ends_later(seed: int, limits: int, which: int, times: float) -> None:
    """It should end no run later, and have moved no fewer in it, when one limit is raised and the luck is the same."""
    load = loads.drawn_plan(seed, limits=limits).load()
    column = which % limits
    more = [rooms.copy() for rooms in (load.limits.refill, load.limits.depth)]
    for rooms in more:
        rooms[:, column] = (rooms[:, column] * times).astype(np.int64)
    raised = load._replace(limits=Limits(load.limits.names, *more))
    draws = drawn(PUBLISHED, runs=40, seed=seed)
    before, after = lived(load, draws), lived(raised, draws)
    assert (after.end <= before.end).all()
    nights = min(len(before.moved), len(after.moved))
    assert (after.moved[:nights] >= before.moved[:nights] - 1e-6).all()


def test_the_same_seed_gives_the_same() -> None:
    """It should live the same nights for the same seed, and others for another."""
    load = loads.drawn_plan(3).load()
    first, again, other = (lived(load, drawn(PUBLISHED, runs=50, seed=seed)) for seed in (1, 1, 2))
    assert first.end.tolist() == again.end.tolist()
    assert first.moved.tobytes() == again.moved.tobytes()
    assert first.moved[:20].tobytes() != other.moved[:20].tobytes()


def test_who_failed_comes_again() -> None:
    """It should try who failed again after the wait, and end when no more are left than fail in every attempt."""
    chances = certain()._replace(
        failing=Spread(0.1, 0.1, 0.1, "a tenth"), again=Spread(5, 5, 5, "five days"), attempts=2
    )
    run = lived(loads.even_load([1000], room=1000), drawn(chances, runs=10, seed=1))
    assert [900, 900, 900, 900, 900, 990] == [round(moved) for moved in run.moved[:, 0]]
    assert {5} == set(run.end.tolist())


def test_appointments_go_before_second_tries() -> None:
    """It should let who failed wait for a night with room, and keep the appointments of full nights."""
    chances = certain()._replace(
        failing=Spread(0.1, 0.1, 0.1, "a tenth"), again=Spread(1, 1, 1, "a day"), attempts=1
    )
    run = lived(loads.even_load([100, 100, 100], room=100), drawn(chances, runs=10, seed=1))
    assert [0, 0, 0] == run.at_risk[:3].tolist()
    assert [0, 1, 1] == run.waiting[:3, 0].tolist()


def test_slow_copying_puts_appointments_at_risk() -> None:
    """It should carry over what slow moves have not copied, and only in limits that are of copying."""
    half = drawn(certain(0.33), runs=10, seed=1)
    slow = lived(loads.even_load([100] * 4, room=100, copying=True), half)
    assert [50, 100, 150, 200, 250, 300, 350, 400] == slow.moved[:, 0].tolist()
    assert [1, 1, 1, 1, 1, 1, 1, 0] == slow.at_risk.tolist()
    other = lived(loads.even_load([100] * 4, room=100), half)
    assert {3} == set(other.end.tolist())


def test_what_cannot_end_is_said_not_to() -> None:
    """It should say of a run for whose mailboxes there is never room that it does not end."""
    run = lived(loads.even_load([100], room=0), drawn(certain(), runs=10, seed=1))
    assert {NOT_ENDED} == set(run.end.tolist())


def test_a_stock_is_not_taken_by_who_failed() -> None:
    """It should end although all licences are taken by as many as move, when attempts fail and come again."""
    chances = certain()._replace(
        failing=Spread(0.2, 0.2, 0.2, "a fifth"), again=Spread(1, 1, 1, "a day"), attempts=3
    )
    load = loads.even_load([100, 100], room=1000)
    stock = np.zeros_like(load.planned)
    stock[0] = 200
    both = load._replace(
        planned=np.repeat(load.planned, 2, axis=1),
        mailboxes=np.repeat(load.mailboxes, 2),
        limits=Limits(
            ("mailboxes", "licences"),
            np.concatenate([load.limits.refill, stock], axis=1),
            np.concatenate([load.limits.depth, np.full_like(stock, 200)], axis=1),
        ),
        sorts=Sorts(np.array([False, False]), np.array([False, True])),
    )
    draws = drawn(chances, runs=10, seed=1)
    assert lived(load, draws).end.tolist() == lived(both, draws).end.tolist()


def test_after_the_calendar_its_last_weeks_go_on() -> None:
    """It should let who is late move after the calendar's end, and give out no stock a second time."""
    load = loads.even_load([100] * 4, room=50, nights=4)
    draws = drawn(certain(), runs=10, seed=1)
    assert {7} == set(lived(load, draws).end.tolist())
    stock = load._replace(sorts=Sorts(np.array([False]), np.array([True])))
    assert {NOT_ENDED} == set(lived(stock, draws).end.tolist())


def test_stalls_change_days_and_not_the_mean() -> None:
    """It should draw stalls of which the mean is the published share, and most of them on few days."""
    draws = drawn(PUBLISHED._replace(rate=Spread(0.66, 0.66, 0.66, "fixed")), runs=4000, seed=5)
    copied = draws.copying(loads.MONDAY.toordinal())
    assert abs(copied.mean() - 1) < 0.01
    assert 0.7 < (copied > 1).mean() < 0.8
    assert copied.tobytes() == draws.copying(loads.MONDAY.toordinal()).tobytes()
