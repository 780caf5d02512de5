"""The baseline: stacks and tenant held to the controls, whatever of them can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime

import pytest

from controls.baseline import Judged, Verdict
from controls.catalogue import controls
from controls.model import Resource
from mailwave.adapters.engine_errors import StackNotFound
from mailwave.runbooks.take_baseline import TakeBaseline
from tests.mailwave.adapters.whole_tenant import WholeTenant

ACCOUNT = "azure-native:storage:BlobContainer"


class Clock:
    """Always the same moment."""

    @staticmethod
    def now() -> datetime:
        return datetime(2026, 11, 21, 12, tzinfo=UTC)


class Deployed:
    """Exported states by layer; a layer without one is not deployed."""

    def __init__(self, states: Mapping[str, Sequence[Resource]]) -> None:
        self._states = states

    def deployed(self, layer: str) -> Sequence[Resource]:
        if layer not in self._states:
            raise StackNotFound(stack=f"{layer}-rehearsal", operation="export", problem="it is not deployed")
        return self._states[layer]


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeTenant]:
    """A tenant as the wizard leaves it."""
    with closing(WholeTenant(tmp_path_factory.mktemp("tenant"))) as made:
        yield made


def taken(tenant: WholeTenant, **states: Sequence[Resource]) -> dict[int, Judged]:
    """The verdicts, by control, where those *states* are deployed."""
    tenant.wait(900)
    runbook = TakeBaseline(Clock(), Deployed(states), tenant.live, controls())  # type: ignore[arg-type]
    return {found.control: found for found in runbook.run()}


def container(access: str) -> tuple[Resource, ...]:
    return (Resource("foundation-rehearsal", ACCOUNT, "evidence", {"publicAccess": access}),)


def test_what_is_deployed_is_held_to_the_controls(tenant: WholeTenant) -> None:
    """It should fail a control that the exported state breaks, and be unsure where a layer is not deployed."""
    found = taken(tenant, foundation=container("Blob"), identity=(), hybrid=())[47]

    says = "foundation-rehearsal: evidence: publicAccess is 'Blob' and must be 'None'"
    assert (Verdict.FAILED, (says,)) == (found.verdict, found.found)
    assert ("the stack of identity holds nothing", "the stack of hybrid holds nothing") == found.unknown
    found = taken(tenant, foundation=container("None"))[47]
    assert Verdict.UNKNOWN is found.verdict
    assert "export of stack identity-rehearsal: it is not deployed" in found.unknown


def test_the_tenant_is_held_to_the_controls(tenant: WholeTenant) -> None:
    """It should name the setting as it was found and as it must be."""
    found = taken(tenant)[41]

    says = "defaultUserRolePermissions.allowedToCreateApps is True and must be False"
    assert (Verdict.FAILED, (f"tenant-rehearsal: authorizationPolicy: {says}",)) == (
        found.verdict,
        found.found,
    )


def test_what_is_not_looked_at_says_why(tenant: WholeTenant) -> None:
    """It should name each control without a check, with a reason."""
    left = TakeBaseline(Clock(), Deployed({}), tenant.live, controls()).not_looked_at  # type: ignore[arg-type]

    assert {each.id for each in controls() if not each.checks} == set(left)
    assert all(left.values())
