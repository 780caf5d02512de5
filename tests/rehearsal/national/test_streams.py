"""Draws that depend on the seed, the stream and the entity, and on nothing else."""

from __future__ import annotations

import numpy as np

from rehearsal.national.streams import Streams, bounded_pareto


def test_a_longer_column_begins_like_a_shorter_one() -> None:
    """It should draw the same for an entity however many others are drawn."""
    streams = Streams(7)
    assert np.array_equal(streams.uniform("size", 10), streams.uniform("size", 1_000)[:10])


def test_streams_do_not_disturb_each_other() -> None:
    """It should draw the same whatever was drawn before, and differ between streams and between seeds."""
    streams = Streams(7)
    alone = Streams(7).words("b", 100)
    streams.words("a", 37)
    assert np.array_equal(streams.words("b", 100), alone)
    assert not np.array_equal(streams.words("a", 100), alone)
    assert not np.array_equal(Streams(8).words("b", 100), alone)


def test_raw_words_are_those_of_philox() -> None:
    """It should give the words that it has always given, which every digest of an estate rests on."""
    assert Streams(7).words("size", 2).tolist() == [4741788708782268284, 5941706155367987758]


def test_uniform_numbers_are_inside_the_open_interval() -> None:
    """It should fill (0, 1) evenly."""
    drawn = Streams(1).uniform("u", 100_000)
    assert 0 < drawn.min() < drawn.max() < 1
    assert np.abs(np.histogram(drawn, bins=10, range=(0, 1))[0] - 10_000).max() < 500


def test_steps_have_both_signs_and_never_stand_still() -> None:
    """It should draw each of -3 to 3 but 0."""
    assert set(Streams(1).spread("s", 1_000, 3).tolist()) == {-3, -2, -1, 1, 2, 3}


def test_log_normal_numbers_have_their_median_and_deviation() -> None:
    """It should give logarithms with mean 0 and the asked deviation."""
    logs = np.log(Streams(1).log_normal("n", 100_000, 1.5))
    assert abs(logs.mean()) < 0.02
    assert abs(logs.std() - 1.5) < 0.02


def test_the_power_law_keeps_its_bounds() -> None:
    """It should go from the least at 0 to the most at 1, with the least twice as rare at twice the size (alpha 1)."""
    found = bounded_pareto(np.array([0.0, 0.5, 1.0]), alpha=1.0, least=10, most=1e12)
    assert np.allclose(found, [10, 20, 1e12])
