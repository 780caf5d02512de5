"""Where moves come from: the endpoints of the on-premises sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.exchange.resources import Bounds, MigrationEndpoint
from infra.hybrid.part import Part


@dataclass(frozen=True)
class MoveSource:
    """An endpoint that exists, and what its two pools of slots may move between (fact B3)."""

    name: str
    remote_server: str
    migrations: Bounds
    incremental_syncs: Bounds


@dataclass(frozen=True)
class MoveSourcesArgs:
    """The endpoints, each once."""

    sources: Sequence[MoveSource]


class MoveSources(Part):
    """The endpoints that the Hybrid Configuration Wizard made, adopted.

    The stack owns the bounds of their concurrency; the live values between them are the governor's.
    """

    def __init__(self, name: str, args: MoveSourcesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("MoveSources", name, opts)

        self.endpoints = {source.name: self._endpoint(source) for source in args.sources}

        self.facts = {name: _facts(endpoint) for name, endpoint in self.endpoints.items()}
        self.register_outputs({"facts": self.facts})

    def _endpoint(self, source: MoveSource) -> MigrationEndpoint:
        return MigrationEndpoint(
            source.name,
            name=source.name,
            remote_server=source.remote_server,
            migrations=source.migrations,
            incremental_syncs=source.incremental_syncs,
            opts=self.child,
        )


def _facts(endpoint: MigrationEndpoint) -> dict[str, pulumi.Output[object]]:
    """What the operator command reads of an endpoint."""
    return {
        "remote_server": endpoint.remote_server,
        "migrations": endpoint.migrations,
        "incremental_syncs": endpoint.incremental_syncs,
    }
