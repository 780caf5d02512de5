"""What a site carries, learnt reading by reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwave.core.governor.capacity import LONGEST_PAUSE, Estimate, learned
from mailwave.core.governor.readings import Range
from tests.mailwave.core.governor.readings import a_reading

ALLOWED = Range(10, 200)


def test_a_site_that_never_resisted_is_raised_by_half() -> None:
    """It should raise a site whose slots are all in use by half, and no further than is allowed."""
    assert 60 == learned(Estimate(40), a_reading(40), ALLOWED).carries
    assert 200 == learned(Estimate(180), a_reading(180), ALLOWED).carries


def test_slots_that_are_not_used_prove_nothing() -> None:
    """It should leave a site as it is where there was nobody to fill its slots."""
    assert Estimate(40) == learned(Estimate(40), a_reading(0), ALLOWED)
    assert 40 == learned(Estimate(40), a_reading(30), ALLOWED).carries


def test_a_source_that_stalls_is_lowered_to_what_runs() -> None:
    """It should go where the site is in one step: a quarter of 80 is stalled, so 60 run."""
    assert 60 == learned(Estimate(80), a_reading(80, source=5), ALLOWED).carries


def test_a_source_that_stalls_all_is_left_the_least() -> None:
    """It should never go under what is allowed at least."""
    assert 10 == learned(Estimate(80), a_reading(80, source=20), ALLOWED).carries


def test_a_target_that_stalls_is_waited_for() -> None:
    """It should neither lower nor raise a site while the target protects itself (fact B39)."""
    before = Estimate(80, resisted=70)

    assert before == learned(before, a_reading(80, target=12, pace=0.1), ALLOWED)


def test_a_stalled_source_is_lowered_while_the_target_stalls_too() -> None:
    """It should ease the source whatever the target does."""
    assert 60 == learned(Estimate(80), a_reading(80, source=5, target=10), ALLOWED).carries


def test_connections_that_mrsproxy_refuses_lower_the_site() -> None:
    """It should take what was turned away off what holds slots (B.10 row 17: lower the endpoint's slots)."""
    assert 65 == learned(Estimate(80), a_reading(80, refused=15), ALLOWED).carries


def test_a_line_that_is_full_is_eased_half_way() -> None:
    """It should see by the pace that a third of 90 is one too many, and go half-way to the 60 that are done."""
    before = Estimate(90, own=3.0, proven=90)

    assert 75 == learned(before, a_reading(90, pace=2.0), ALLOWED).carries


def test_a_crowd_that_drains_is_not_lowered_again() -> None:
    """It should wait where moves keep their slots (fact C6) though fewer are wanted, as long as as much is done."""
    before = Estimate(60, own=3.0, slow=(90, 2.0), resisted=60)

    assert before == learned(before, a_reading(90, pace=2.0), ALLOWED)


def test_a_site_that_is_slow_by_itself_gets_its_slots_back() -> None:
    """It should ease an unknown site whose moves are slow, and undo that when fewer are not quicker."""
    eased = learned(Estimate(40, usual=1.0), a_reading(40, pace=0.6), ALLOWED)
    after = learned(eased, a_reading(eased.carries, pace=0.6), ALLOWED)

    assert 20 == eased.carries
    assert (40, 0.6) == (after.carries, after.own)


def test_a_site_that_was_too_full_is_not_called_slow() -> None:
    """It should keep an unknown site eased when fewer moves are quicker."""
    eased = learned(Estimate(40, usual=1.0), a_reading(40, pace=0.6), ALLOWED)
    after = learned(eased, a_reading(eased.carries, pace=1.0), ALLOWED)

    assert (20, 1.0) == (after.carries, after.own)


def test_pauses_lengthen_where_a_site_resists_again() -> None:
    """It should try again the later, the more often a site resisted at the same place, but never cease to."""
    estimate, pauses = Estimate(60), []
    for _ in range(5):
        estimate = learned(replace(estimate, carries=60), a_reading(60, source=5), ALLOWED)
        pauses.append(estimate.pause)

    assert [1, 2, 4, LONGEST_PAUSE, LONGEST_PAUSE] == pauses


def test_a_site_that_vanished_is_soon_back() -> None:
    """It should take slots that moves kept for proof once they run again, and grow as if it had never resisted."""
    away = learned(Estimate(110, resisted=110, pause=2), a_reading(110, source=20), ALLOWED)
    back = learned(away, a_reading(70), ALLOWED)
    again = learned(back, a_reading(back.carries), ALLOWED)

    assert [10, 105, 157] == [away.carries, back.carries, again.carries]


@pytest.mark.parametrize("carries", [17, 60, 150])
def test_it_stays_near_what_a_site_carries(carries: int) -> None:
    """It should find what a site carries, and then leave it by no more than the steps it tries."""
    estimate, tail = Estimate(20), []
    for n in range(60):
        active = estimate.carries
        stalled = round(20 * max(0, active - carries) / active)
        estimate = learned(estimate, a_reading(active, source=stalled), ALLOWED)
        tail += [estimate.carries] if n >= 12 else []

    assert carries * 0.85 <= min(tail)
    assert max(tail) <= carries * 1.4
    assert abs(sum(tail) / len(tail) - carries) <= carries * 0.1
