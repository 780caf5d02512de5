"""The endpoints' live limits are kept at what the sites carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwave.adapters.ledger import Ledger
from mailwave.adapters.move_endpoints import MoveEndpoints
from mailwave.core.governor.govern import Governor
from mailwave.core.governor.readings import Bounds, Limits, Range
from mailwave.core.intents import Outcome
from mailwave.runbooks.wave.governing import ACT, EndpointKeeper, Work
from tests.mailwave.adapters.test_target import PLAIN, Tenant
from tests.mailwave.rehearsed.operator import REASON

BOUNDS = Bounds(Range(20, 100), Range(5, 20))
BUSY = Work([PLAIN.exchange_guid], copies=501, due=0, left=1e12)


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """One mailbox that is being copied, and few slots."""
    made = Tenant(PLAIN.address, hours=0.2)
    MoveEndpoints(made.admin).set_limits("leeds", Limits(40, 10))
    yield made
    made.admin.close()


@pytest.fixture
def ledger(tmp_path: Path, tenant: Tenant) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", lambda: tenant.services.clock.now) as opened:
        yield opened


def keeper(tenant: Tenant, ledger: Ledger, said: list[str], **bounds: Bounds) -> EndpointKeeper:
    return EndpointKeeper(ledger, MoveEndpoints(tenant.admin), Governor(bounds), 300, REASON, said.append)


def test_what_is_set_is_journalled_with_its_outcome(tenant: Tenant, ledger: Ledger) -> None:
    """It should hold back slots that nobody is due for, and journal from what to what it set them."""
    said: list[str] = []

    (change,) = keeper(tenant, ledger, said, leeds=BOUNDS).govern({"leeds": BUSY})

    (intent,) = ledger.intents(ACT)
    assert Limits(50, 5) == change.new == MoveEndpoints(tenant.admin).standing()["leeds"].live
    assert ("leeds", Outcome.OK) == (intent.subject, intent.outcome)
    assert {"migrations": 40, "increments": 10} == intent.detail["from"]
    assert {"migrations": 50, "increments": 5} == intent.detail["to"]
    waits = "500 first copies and 0 completions wait for a slot"
    assert ({"migrations": 1, "increments": 0}, waits) == (intent.detail["in_use"], intent.detail["why"])
    assert [f"leeds: 40 and 10 slots are now 50 and 5: {waits}"] == said


def test_what_is_right_is_not_set_again(tenant: Tenant, ledger: Ledger) -> None:
    """It should send nothing where the limits are what they are to be."""
    kept = keeper(tenant, ledger, [], leeds=BOUNDS)
    kept.govern({"leeds": BUSY})

    assert [] == kept.govern({"leeds": BUSY})
    assert 1 == len(list(ledger.intents(ACT)))


def test_an_endpoint_without_bounds_is_left_alone(tenant: Tenant, ledger: Ledger) -> None:
    """It should touch no endpoint that no stack owns."""
    assert [] == keeper(tenant, ledger, []).govern({"leeds": BUSY})
    assert Limits(40, 10) == MoveEndpoints(tenant.admin).standing()["leeds"].live


def test_what_is_refused_is_said_and_looked_at_again(tenant: Tenant, ledger: Ledger) -> None:
    """It should go on when the service refuses limits, and leave the refusal in the journal."""
    said: list[str] = []
    kept = keeper(tenant, ledger, said, leeds=Bounds(Range(400, 400), Range(5, 20)))

    assert [] == kept.govern({"leeds": BUSY})
    assert "no limit is set: the endpoints' minimums come to 400 slots" in said[0]
