"""The steps by which workload management may be raised (fact C5)."""

from __future__ import annotations

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils.steps import next_moves


def overrides(*values: int | None) -> list[dict[str, object]]:
    return [{"values": {"parameters": [f"MaxConcurrency={n}"]} if n is not None else {}} for n in values]


@pytest.mark.parametrize(
    ("set_now", "most"),
    [
        ((), 25),
        ((None, 25), 25),
        ((10, 10), 25),
        ((25, 25), 35),
        ((95, 45), 55),
        ((95, 95), 100),
        ((100, 100), 100),
    ],
)
def test_next(set_now: tuple[int | None, ...], most: int) -> None:
    """It should allow 25 first, then ten more than the lowest that is set, and never more than 100."""
    assert most == next_moves(overrides(*set_now))


def test_a_foreign_parameter_says_nothing() -> None:
    """It should take an override without a number of moves as none."""
    assert next_moves([{"values": {"parameters": ["Enabled=true"]}}]) == 25
