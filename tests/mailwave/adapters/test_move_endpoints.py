"""The endpoints' adapter against the simulated tenant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailwave.adapters.move_endpoints import MoveEndpoints
from mailwave.core.governor.readings import Limits, Sample
from mailwave.core.outcomes import ActRefused
from tests.mailwave.adapters.test_target import PLAIN, Tenant


@pytest.fixture
def copying() -> Iterator[Tenant]:
    """One mailbox that is being copied."""
    made = Tenant(PLAIN.address, hours=1.5)
    yield made
    made.admin.close()


def test_endpoints_are_read_with_their_slots(copying: Tenant) -> None:
    """It should say what is set on each endpoint, and how many slots of each pool are in use (fact B6)."""
    standing = MoveEndpoints(copying.admin).standing()

    assert (1, 0) == (standing["leeds"].copying, standing["leeds"].syncing)
    assert standing["leeds"].live.increments <= standing["leeds"].live.migrations


def test_the_tenants_slots_are_read(copying: Tenant) -> None:
    """It should say how many migrations the tenant may have at once (fact B4)."""
    assert 300 == MoveEndpoints(copying.admin).tenant()


def test_limits_are_set_on_one_endpoint(copying: Tenant) -> None:
    """It should set both pools of the endpoint that is named, and no other's."""
    endpoints = MoveEndpoints(copying.admin)
    before = endpoints.standing()

    endpoints.set_limits("leeds", Limits(33, 7))

    after = endpoints.standing()
    assert Limits(33, 7) == after["leeds"].live
    assert {name: its.live for name, its in before.items() if name != "leeds"} == {
        name: its.live for name, its in after.items() if name != "leeds"
    }


def test_what_exchange_refuses_is_refused(copying: Tenant) -> None:
    """It should say that limits were refused, such as more incremental syncs than migrations (fact B2)."""
    with pytest.raises(ActRefused, match="leeds"):
        MoveEndpoints(copying.admin).set_limits("leeds", Limits(5, 6))


def test_a_sample_says_how_moves_fare(copying: Tenant) -> None:
    """It should give the detail and the pace of a move that is copied."""
    sample = MoveEndpoints(copying.admin).sample([PLAIN.exchange_guid])

    assert 1 == sum(sample.details.values())
    assert sample.pace is not None
    assert sample.pace > 0


def test_a_move_that_is_not_there_is_nobody(copying: Tenant) -> None:
    """It should not take what comes back for an unknown move for that move's (fact B24)."""
    assert Sample({}, None) == MoveEndpoints(copying.admin).sample(["00000000-0000-4000-8000-000000000000"])
