"""What is drawn: the published figures, and always the same of a seed."""

from __future__ import annotations

import numpy as np
import pytest

from mailwave.core.forecast.chances import PUBLISHED, RATE, RunsRefused, certain, drawn


def test_the_rates_are_those_published() -> None:
    """It should draw rates with the published least, mean and greatest values: 0.43, 0.66 and 1.11 GB/h a move."""
    assert (0.43, 1.11) == (PUBLISHED.rate.least, PUBLISHED.rate.greatest)
    assert round(PUBLISHED.rate.mean, 4) == RATE == 0.66
    rates = PUBLISHED.rate.drawn(np.random.default_rng(1), 20_000)
    assert 0.43 <= rates.min()
    assert 1.0 < rates.max() <= 1.11
    assert abs(rates.mean() - 0.66) < 0.005


def test_no_move_is_counted_on_to_be_faster_than_planned() -> None:
    """It should take fast rates for the planned one, because the network may not give more."""
    speed = drawn(PUBLISHED, runs=1000, seed=1).speed
    assert 1 == speed.max()
    assert 0.4 < (speed == 1).mean() < 0.5


def test_nothing_is_drawn_where_all_is_certain() -> None:
    """It should give each run the planned speed, without failures."""
    draws = drawn(certain(), runs=10, seed=1)
    assert [1.0] * 10 == draws.speed.tolist() == draws.copying(700_000).tolist()
    assert 0 == np.max(draws.failing)


@pytest.mark.parametrize("runs", [9, 0, -1, 20_001])
def test_a_number_of_runs_that_tells_nothing_is_refused(runs: int) -> None:
    """It should refuse so few runs that nine tenths cannot be told, and so many that they do not fit."""
    with pytest.raises(RunsRefused, match=f"{runs} runs were asked for, and between 10 and 20,000"):
        drawn(PUBLISHED, runs=runs, seed=1)
