"""Where moves come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra.exchange.kinds import Life, ObjectType, Property, prop
from infra.exchange.rules import Between, Text, number

MIGRATIONS = "MaxConcurrentMigrations"
INCREMENTS = "MaxConcurrentIncrementalSyncs"


class EndpointType(ObjectType):
    """Migration endpoints: Exchange wants no more incremental syncs than migrations (fact B2)."""

    def problems(self, inputs: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """The two minimums must be possible together."""
        migrations, increments = inputs.get("migrations"), inputs.get("incrementalSyncs")
        if migrations and increments and increments["minimum"] > migrations["minimum"]:
            return [("incrementalSyncs", "has a minimum above that of migrations, which Exchange refuses")]
        return ()

    def settled(self, changes: dict[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
        """Lower the incremental syncs with the migrations."""
        migrations = number(changes.get(MIGRATIONS, live[MIGRATIONS]))
        increments = number(changes.get(INCREMENTS, live[INCREMENTS]))
        return changes | {INCREMENTS: migrations} if changes and increments > migrations else changes


MIGRATION_ENDPOINT = EndpointType(
    noun="MigrationEndpoint",
    key="name",
    says="A migration endpoint. Its credentials cannot be set through this channel (fact A19), so a person makes it. "
    "The governor moves its live concurrency between the bounds (fact B3); only a value outside is drift.",
    life=Life.ADOPTED,
    absent="mailwave:endpoints must name one that is there: play 32_migration_account makes the account ready, then a "
    "person makes the endpoint with the Hybrid Configuration Wizard, or with New-MigrationEndpoint in PowerShell 7, "
    "because its credentials cannot travel over this channel (fact A19)",
    properties=(
        prop("RemoteServer", Text(), "Where it must already point to", settable=False),
        Property("migrations", MIGRATIONS, Between(), "Bounds of the moves in their initial sync"),
        Property("incrementalSyncs", INCREMENTS, Between(), "Bounds of the moves that sync afterwards"),
    ),
)

KINDS = (MIGRATION_ENDPOINT,)
