"""The adopted migration endpoints."""

from __future__ import annotations

import pulumi

from infra.hybrid.move_sources import MoveSource, MoveSources, MoveSourcesArgs
from tests.infra.doubles import Clouds

LEEDS = MoveSource(
    name="leeds",
    remote_server="mail.leeds.nhsmail.example",
    migrations={"minimum": 20, "maximum": 100},
    incremental_syncs={"minimum": 5, "maximum": 20},
)
EXPECTED = {
    "remoteServer": "mail.leeds.nhsmail.example",
    "migrations": {"minimum": 20, "maximum": 100},
    "incrementalSyncs": {"minimum": 5, "maximum": 20},
}


@pulumi.runtime.test
def test_governs_the_bounds() -> pulumi.Output[None]:
    """It should say which endpoint, where it must point, and its bounds, and never a live value."""
    clouds = Clouds().install("hybrid-rehearsal")

    sources = MoveSources("move-sources", MoveSourcesArgs([LEEDS]))

    def check(_: object) -> None:
        inputs = clouds.only("exchange:index:MigrationEndpoint").inputs
        assert {"name": "leeds", **EXPECTED} == inputs

    return sources.endpoints["leeds"].id.apply(check)


@pulumi.runtime.test
def test_tells_the_operator_command() -> pulumi.Output[None]:
    """It should hand over each endpoint's server and bounds under its name."""
    Clouds().install("hybrid-rehearsal")

    sources = MoveSources("move-sources", MoveSourcesArgs([LEEDS]))

    def check(found: list[object]) -> None:
        assert list(EXPECTED.values()) == found

    return pulumi.Output.all(*sources.facts["leeds"].values()).apply(check)
