"""Slots shared out by what is left to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.governor.sharing import Ask, TooLittle, shared

ASKS = st.dictionaries(
    st.sampled_from("abcdefg"),
    st.builds(
        lambda least, more, weight: Ask(least, least + more, weight),
        st.integers(1, 10),
        st.integers(0, 100),
        st.floats(0, 1e15),
    ),
    min_size=1,
)


def test_shares_follow_the_work_that_is_left() -> None:
    """It should give a site with twice the work twice the slots."""
    assert {"a": 100, "b": 200} == shared(300, {"a": Ask(5, 300, 1.0), "b": Ask(5, 300, 2.0)})


def test_what_one_cannot_use_is_the_others() -> None:
    """It should pass on what a stalled site cannot use, whatever its work."""
    assert {"a": 20, "b": 280} == shared(300, {"a": Ask(5, 20, 9.0), "b": Ask(5, 300, 1.0)})


def test_minimums_that_do_not_fit_are_refused() -> None:
    """It should say that the minimums are too many, for no share is right."""
    with pytest.raises(TooLittle, match="come to 12 slots and the tenant has 10") as refused:
        shared(10, {"a": Ask(6, 9, 1.0), "b": Ask(6, 9, 1.0)})

    assert (12, 10) == (refused.value.least, refused.value.total)


@given(ASKS, st.integers(70, 400))
def test_no_share_is_outside_what_was_asked(asks: dict[str, Ask], total: int) -> None:
    """It should keep to each least and most and to the total, and leave no slot unused that somebody could use."""
    given_ = shared(total, asks)

    assert all(ask.least <= given_[site] <= ask.most for site, ask in asks.items())
    assert min(total, sum(ask.most for ask in asks.values())) == sum(given_.values())


@given(ASKS, st.integers(70, 400))
def test_the_order_of_sites_does_not_matter(asks: dict[str, Ask], total: int) -> None:
    """It should come to the same shares whatever the order."""
    assert shared(total, asks) == shared(total, dict(reversed(asks.items())))
