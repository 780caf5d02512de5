"""The record move planned again: its weeks at published limits, with named grants and at peak rates alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mailwave.core import record as published
from mailwave.core.forecast import record_move as record
from mailwave.core.forecast.chances import GB, PUBLISHED

COPIED_A_DAY = 300 * 0.66 * 24 * GB


@pytest.fixture(scope="module")
def results() -> dict[str, record.Result]:
    return {case.name: record.replayed(case) for case in record.CASES}


def test_the_move_is_the_one_on_record() -> None:
    """It should hold the published figures: 2.1 million mailboxes, 2.3 PB, 22,000 an evening, 83,000 a weekend."""
    assert (2_100_000, 2_300_000 * GB, date(2020, 8, 3)) == (
        published.MAILBOXES,
        published.BYTES,
        published.FIRST,
    )
    assert (22_000, 83_000) == (published.WEEKDAY, 2 * published.WEEKEND_DAY)
    assert (300, 7 * 20, 0.66) == (
        record.PUBLISHED_LIMITS.slots,
        record.PUBLISHED_LIMITS.increments,
        record.PUBLISHED_LIMITS.rate,
    )
    assert (807, 0.66) == (record.NAMED_GRANTS.slots, record.NAMED_GRANTS.rate)


@pytest.mark.parametrize("case", record.CASES, ids=lambda case: case.name)
def test_everybody_moves_within_the_limits(case: record.Case) -> None:
    """It should move all mailboxes and all bytes, and in no night more than the buckets hold."""
    load = record.planned(case)
    assert published.MAILBOXES == load.planned[:, 0].sum()
    if case.slots is not None:
        assert published.BYTES == load.planned[:, 1].sum()
    left = np.zeros(load.planned.shape[1], dtype=np.int64)
    for night in range(load.last + 1):
        left = np.minimum(load.limits.depth[night], left + load.limits.refill[night]) - load.planned[night]
        assert (left >= 0).all()


def test_published_limits_take_69_weeks_or_more(results: dict[str, record.Result]) -> None:
    """It should take about 69 weeks or more at 300 moves of 0.66 GB/h, which is what holds it back."""
    found = results["published limits"]
    assert published.BYTES / COPIED_A_DAY / 7 == pytest.approx(69.15, abs=0.01)
    assert 69 <= found.weeks <= 71
    assert record.COPYING == found.binding


def test_named_grants_end_in_20_to_26_weeks(results: dict[str, record.Result]) -> None:
    """It should end between 20 and 26 weeks with 807 slots, held back by them."""
    found = results["named grants"]
    assert 20 <= found.weeks <= 26
    assert record.COPYING == found.binding
    assert date(2020, 12, 21) <= found.last <= published.ENDED


def test_peak_rates_alone_take_11_weeks(results: dict[str, record.Result]) -> None:
    """It should end in the eleventh week when only the peak rates hold, and these are what binds."""
    found = results["peak rates alone"]
    assert 10 < found.weeks <= 11
    assert record.MOVING == found.binding


def test_the_published_rates_span_the_grants_result(results: dict[str, record.Result]) -> None:
    """It should end later at the slowest and sooner at the fastest published rate, where the evenings bind instead."""
    slow, fast = (results[f"named grants, {pace} published rate"] for pace in ("slowest", "fastest"))
    assert 36 < slow.weeks < 43
    assert fast.weeks < 17
    assert record.MOVING == fast.binding


def test_the_tail_waits_for_late_october() -> None:
    """It should move none of the tail before late October 2020, and everybody else when they can."""
    problem = record._problem(record.NAMED_GRANTS)
    tail = problem.calendar.pattern == 1
    assert record.TAIL == tail.mean()
    first = int(np.argmax(problem.calendar.allowed[1]))
    assert (date(2020, 10, 26) - published.FIRST).days == first
    assert problem.calendar.allowed[0].all()


def test_the_ramp_holds_the_first_weeks() -> None:
    """It should let 5, 20 and 50 % of the nightly figures move in the first three weeks."""
    load = record.planned(record.NAMED_GRANTS)
    weeks = load.limits.refill[:28, 0].reshape(4, 7).sum(axis=1)
    assert [9_650, 38_600, 96_500, 193_000] == weeks.tolist()


def test_by_chance_it_ends_later_than_planned() -> None:
    """It should find, with published rates and failures, an end about five weeks and more after the planned one."""
    run = record.risked(record.NAMED_GRANTS, PUBLISHED, runs=200, seed=1)
    half = np.median(run.end) / 7
    assert 28 < half < 38
