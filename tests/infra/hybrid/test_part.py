"""What is handed down to the children of a component."""

from __future__ import annotations

import pulumi
import pytest

from infra.exchange.resources import ExternalInOutlook
from infra.hybrid.part import Part
from tests.infra.doubles import Clouds, run


class Family(Part):
    """Three children, each with options of another kind."""

    def __init__(self, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__("Family", "family", opts)
        first = ExternalInOutlook("child", enabled=True, opts=self.child)
        ExternalInOutlook("later", enabled=True, opts=self.after(first))
        ExternalInOutlook("passing", enabled=True, opts=self.passing())
        self.register_outputs({})


@pytest.mark.parametrize(("kept", "expected"), [(True, {"child", "later"}), (False, set())])
def test_what_is_kept_is_kept_in_every_child(*, kept: bool, expected: set[str]) -> None:
    """It should hand protection and retention down, but not to what is there for a time only."""
    clouds = Clouds().install("hybrid-rehearsal")
    opts = pulumi.ResourceOptions(protect=kept, retain_on_delete=kept)

    run(lambda: {"family": Family(opts).urn})

    assert (expected, expected) == (clouds.monitor.names("protect"), clouds.monitor.names("retainOnDelete"))


def test_one_child_waits_for_another() -> None:
    """It should make a child after those that it needs."""
    clouds = Clouds().install("hybrid-rehearsal")

    run(lambda: {"family": Family(None).urn})

    (later,) = [request for request in clouds.monitor.registered if request.name == "later"]
    assert ["child"] == [urn.rsplit("::", 1)[-1] for urn in later.dependencies]
