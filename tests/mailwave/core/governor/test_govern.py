"""From readings of all endpoints to limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.governor.govern import Change, Governor, changes, wants
from mailwave.core.governor.readings import Bounds, Limits, Range, Reading, Sample
from tests.mailwave.core.governor.readings import RUNNING, SOURCE, TARGET, a_reading

BOUNDS = Bounds(Range(5, 200), Range(5, 200))
COUNTS = st.integers(0, 300)
READINGS = st.builds(
    lambda live, held, waiting, details, pace, left: Reading(
        Limits(max(live), min(live)),
        held[0],
        held[1],
        waiting[0],
        waiting[1],
        left,
        Sample(dict(zip((SOURCE, TARGET, RUNNING), details, strict=True)), pace),
    ),
    st.tuples(st.integers(1, 300), st.integers(1, 300)),
    st.tuples(COUNTS, COUNTS),
    st.tuples(COUNTS, COUNTS),
    st.tuples(COUNTS, COUNTS, COUNTS),
    st.none() | st.floats(0, 1e9),
    st.floats(0, 1e15),
)


@given(st.lists(st.tuples(READINGS, READINGS, st.integers(10, 400)), min_size=1, max_size=20))
def test_no_bound_is_crossed(nights: list[tuple[Reading, Reading, int]]) -> None:
    """It should keep to both bounds of each endpoint, to B2 and to the tenant's slots, whatever is read."""
    governor = Governor({"a": BOUNDS, "b": BOUNDS}, usual=1.0)
    for one, other, tenant in nights:
        governor, limits = governor.governed({"a": one, "b": other}, tenant)

        assert all(5 <= its.increments <= its.migrations <= 200 for its in limits.values())
        assert sum(its.migrations for its in limits.values()) <= tenant


def test_the_pre_synced_come_first() -> None:
    """It should keep slots for those who are due, before others' first copies, but for the half that fact B2 leaves."""
    assert Limits(50, 50) == wants(100, a_reading(80, waiting=500, due=400), BOUNDS)
    assert Limits(90, 10) == wants(100, a_reading(80, waiting=500, due=10), BOUNDS)


def test_all_slots_are_for_the_pre_synced_when_nothing_is_copied() -> None:
    """It should give all that a site carries to those who are due where no first copy waits."""
    assert Limits(100, 100) == wants(100, a_reading(0, waiting=0, due=400), BOUNDS)


def test_slots_for_nobody_are_not_taken_off() -> None:
    """It should let copies have all that a site carries where nobody is due, whatever the stack's minimum."""
    assert Limits(100, 5) == wants(100, a_reading(80), BOUNDS)


def test_a_stalled_site_gives_its_slots_to_others() -> None:
    """It should shift what one site cannot use to the other, where the tenant's slots are too few for both."""
    governor = Governor({"a": BOUNDS, "b": BOUNDS})
    calm = {"a": a_reading(150, live=Limits(150, 5)), "b": a_reading(150, live=Limits(150, 5))}
    governor, before = governor.governed(calm, 300)
    _, after = governor.governed(calm | {"a": a_reading(150, source=12)}, 300)

    assert [150, 150] == [before["a"].migrations, before["b"].migrations]
    assert [60, 200] == [after["a"].migrations, after["b"].migrations]


def test_an_endpoint_that_no_stack_owns_is_refused() -> None:
    """It should set nothing on an endpoint without bounds."""
    with pytest.raises(KeyError, match="stranger"):
        Governor({}).governed({"stranger": a_reading(10)}, 300)


def test_what_is_given_up_is_set_first() -> None:
    """It should lower before it raises, so that the tenant's slots are never exceeded in between (fact B4)."""
    seen = {
        "a": a_reading(50, live=Limits(50, 5)),
        "b": a_reading(100, live=Limits(100, 5)),
        "c": a_reading(9),
    }
    limits = {"a": Limits(90, 5), "b": Limits(60, 5), "c": Limits(9, 1)}

    expected = [Change("b", Limits(100, 5), Limits(60, 5)), Change("a", Limits(50, 5), Limits(90, 5))]
    assert expected == changes(seen, limits)


def test_bounds_that_exchange_refuses_are_refused() -> None:
    """It should not take a range that leaves nothing, nor more increments at least than migrations (fact B2)."""
    with pytest.raises(ValueError, match="leaves nothing"):
        Range(6, 5)
    with pytest.raises(ValueError, match="above that of migrations"):
        Bounds(Range(5, 50), Range(6, 50))
