"""A service for everybody in some days: which limit binds, by how much it is missed, and who comes when."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.services.campaign import DAY, LICENSING, Campaign, campaign

PUBLISHED = {"graph_writes": 3_000, "graph_writes_tenant": 18_000, LICENSING: 2_500}
"""Facts C22 and C19."""


def teams(**raised: int) -> Campaign:
    """Teams for 1.2 million in seven days."""
    return campaign(1_200_000, 7, PUBLISHED | raised, 60_000)


def test_the_national_roll_out_is_missed_and_says_by_how_much() -> None:
    """It should name group licensing as what binds, and what it would have to be raised to, or the days before."""
    plan = teams()

    assert (20, LICENSING, False) == (plan.groups, plan.limiting.name, plan.is_kept)
    assert timedelta(days=20) == plan.takes
    assert (420_000, 60_000) == (plan.within, plan.a_day)
    assert (7_143, 13) == (plan.needed, plan.lead)
    assert teams(**{LICENSING: plan.needed}).is_kept
    assert not teams(**{LICENSING: plan.needed - 1}).is_kept


def test_where_each_group_has_its_own_day_seven_are_kept() -> None:
    """It should be through in a day when 60,000 in 24 hours are meant for each of the 20 groups."""
    plan = teams(**{LICENSING: 20 * 2_500})

    assert (LICENSING, True, DAY) == (plan.limiting.name, plan.is_kept, plan.takes)


def test_where_licensing_is_fast_writes_bind() -> None:
    """It should be bound by what one application may write, and never be faster."""
    plan = teams(**{LICENSING: 1_200_000})

    assert ("graph_writes", True) == (plan.limiting.name, plan.is_kept)
    assert timedelta(seconds=60_000) == plan.takes
    assert (1_200_000, 0) == (plan.within, plan.lead)
    assert 171_429 == plan.a_day


SIZES = st.dictionaries(st.text("ABC", min_size=1, max_size=4), st.integers(1, 500), min_size=1, max_size=30)


@given(SIZES, st.integers(1, 9), st.integers(1, 100))
def test_everybody_comes_once_and_no_organisation_twice(sizes: dict[str, int], days: int, rate: int) -> None:
    """It should bring every organisation on one day, in order, and begin no later than the last day there is."""
    people = sum(sizes.values())
    plan = campaign(people, days, PUBLISHED | {LICENSING: rate}, 60_000)

    tranches = plan.tranches(sizes)

    assert sorted(sizes) == [code for tranche in tranches for code in tranche.organisations]
    assert [sum(sizes[code] for code in each.organisations) for each in tranches] == [
        each.people for each in tranches
    ]
    assert sorted({each.day for each in tranches}) == [each.day for each in tranches]
    assert tranches[-1].day * DAY < max(plan.takes, plan.span) + DAY
    if plan.is_kept:
        assert tranches[-1].day < days
