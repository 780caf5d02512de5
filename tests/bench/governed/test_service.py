"""The mover as a queue: what it does with too much, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from bench.governed.nights import LENGTH, Night, Site
from bench.governed.rivals import bound, fixed, oracle
from bench.governed.service import NotAllowed, Pools, Seen, live


def a_night(
    carries: int, *, stalls: bool = True, target: int = 1000, copies: int = 40, deltas: int = 0
) -> Night:
    """One site that carries so much all night; each copy takes 60 minutes, each delta 10."""
    site = Site(
        "site", np.full(LENGTH, carries), stalls, np.full(copies, 60.0), np.full(deltas, 10.0), pace=1.0
    )
    return Night(1, (site,), np.full(LENGTH, target), np.full(LENGTH, 300))


def watched(night: Night, limits: Pools) -> tuple[int, list[Seen]]:
    """How long *night* takes with *limits*, and what each reading showed."""
    shown: list[Seen] = []

    def setting(_: int, seen: Mapping[str, Seen], __: int) -> Mapping[str, Pools]:
        shown.append(seen["site"])
        return {"site": limits}

    return live(night, setting, limits).done, shown


def test_slots_that_fit_run_unhindered() -> None:
    """It should take two hours for forty copies of one hour in twenty slots."""
    done, shown = watched(a_night(20), (20, 1))

    assert 120 == done
    assert {0} == {seen.details["StalledDueToSource_DiskLatency"] for seen in shown}


def test_too_many_slots_cost_time_and_are_shown() -> None:
    """It should be slower with twice the slots that the source carries, and show the stalls."""
    done, shown = watched(a_night(20), (40, 1))

    assert done > 120
    assert shown[1].details["StalledDueToSource_DiskLatency"] > 0


def test_a_full_line_shows_no_stall_and_slows_all() -> None:
    """It should show a quarter of the pace with twice the moves: half the line each, and half of it lost."""
    _, shown = watched(a_night(20, stalls=False), (40, 1))

    assert {0} == {seen.details["StalledDueToSource_DiskLatency"] for seen in shown}
    assert shown[1].pace is not None
    assert shown[1].pace == pytest.approx(0.25, rel=0.3)


def test_a_target_that_takes_less_costs_nothing_more() -> None:
    """It should take twice as long where the target takes half, however many slots there are (fact B39)."""
    done, shown = watched(a_night(40, target=20), (40, 1))

    assert 120 == done
    assert shown[1].details["StalledDueToTarget_Processor"] > 0


def test_a_lower_limit_takes_no_slot_away() -> None:
    """It should let what runs run on when a limit is lowered (fact C6)."""
    settings = iter([(40, 1)] + [(1, 1)] * LENGTH)
    active = []

    def setting(_: int, seen: Mapping[str, Seen], __: int) -> Mapping[str, Pools]:
        active.append(seen["site"].active[0])
        return {"site": next(settings)}

    live(a_night(40), setting, (40, 1))

    assert [40, 40] == active[:2]


@pytest.mark.parametrize("limits", [(301, 1), (10, 11), (10, 0)])
def test_what_exchange_refuses_is_refused(limits: Pools) -> None:
    """It should refuse more migrations than the tenant has (fact B4), and more increments than those (fact B2)."""
    with pytest.raises(NotAllowed, match="with 300 slots"):
        watched(a_night(20), limits)


def test_nobody_beats_the_bound() -> None:
    """It should take the oracle no less than the bound, and fixed values that happen to fit no less than the oracle."""
    night = a_night(20, copies=40, deltas=60)
    knowing = live(night, oracle(night, 1, 200), (10, 10), every=1).done
    lucky = live(night, fixed(10, 10), (10, 10)).done

    assert bound(night) <= knowing <= lucky
