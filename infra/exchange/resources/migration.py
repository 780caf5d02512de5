"""Generated from infra/exchange/objects/migration.py by `python -m infra.exchange.generate`: change it there."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

from pulumi import Input, Output, ResourceOptions

from infra.exchange.resources.base import Bounds, Resource


class MigrationEndpointArgs(TypedDict, total=False):
    """The properties of MigrationEndpoint."""

    name: Required[Input[str]]
    """Which object is meant."""
    remote_server: Input[str]
    """Where it must already point to."""
    migrations: Input[Bounds]
    """Bounds of the moves in their initial sync."""
    incremental_syncs: Input[Bounds]
    """Bounds of the moves that sync afterwards."""


class MigrationEndpoint(Resource):
    """A migration endpoint.

    Its credentials cannot be set through this channel (fact A19), so a person makes it. The governor moves
    its live concurrency between the bounds (fact B3); only a value outside is drift. It is adopted, and stays
    when it leaves the stack.
    """

    name: Output[str]
    remote_server: Output[str]
    migrations: Output[dict[str, int]]
    incremental_syncs: Output[dict[str, int]]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[MigrationEndpointArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)
