"""Private endpoints for what is closed to the public network, and the private names under which they are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network, privatedns

DATABASE_ZONE = "ledger.private.postgres.database.azure.com"
"""A server inside a network takes any zone that ends so (learn.microsoft.com, "Private DNS" of flexible server)."""

ZONES = {
    "vault": "privatelink.vaultcore.azure.net",
    "blob": "privatelink.blob.core.windows.net",
    "database": DATABASE_ZONE,
}
"""https://learn.microsoft.com/azure/private-link/private-endpoint-dns; an endpoint's group has the name of its zone."""


@dataclass(frozen=True)
class PrivateAccessArgs:
    """*targets*: ids of the resources to be reached, by the name of their group: ``vault`` or ``blob``."""

    resource_group_name: pulumi.Input[str]
    network_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    targets: Mapping[str, pulumi.Input[str]]
    tags: Mapping[str, str]


class PrivateAccess(pulumi.ComponentResource):
    """A private endpoint for each target, and a zone linked to the network for each kind and for the database."""

    def __init__(
        self, name: str, args: PrivateAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("mailwave:foundation:PrivateAccess", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.zones = {kind: self._zone(kind) for kind in ZONES}
        self.links = {kind: self._link(kind) for kind in ZONES}
        self.endpoints = {kind: self._endpoint(kind) for kind in args.targets}
        self.names = {kind: self._names(kind) for kind in args.targets}

        self.database_zone_id: pulumi.Output[str] = self.zones["database"].id
        self.register_outputs({"database_zone_id": self.database_zone_id})

    def _zone(self, kind: str) -> privatedns.PrivateZone:
        return privatedns.PrivateZone(
            kind,
            resource_group_name=self._args.resource_group_name,
            private_zone_name=ZONES[kind],
            location="global",
            tags=self._args.tags,
            opts=self._child,
        )

    def _link(self, kind: str) -> privatedns.VirtualNetworkLink:
        return privatedns.VirtualNetworkLink(
            kind,
            resource_group_name=self._args.resource_group_name,
            private_zone_name=self.zones[kind].name,
            location="global",
            virtual_network=privatedns.SubResourceArgs(id=self._args.network_id),
            registration_enabled=False,
            tags=self._args.tags,
            opts=self._child,
        )

    def _endpoint(self, kind: str) -> network.PrivateEndpoint:
        connection = network.PrivateLinkServiceConnectionArgs(
            name=kind, private_link_service_id=self._args.targets[kind], group_ids=[kind]
        )
        return network.PrivateEndpoint(
            kind,
            resource_group_name=self._args.resource_group_name,
            subnet=network.SubnetArgs(id=self._args.subnet_id),
            private_link_service_connections=[connection],
            tags=self._args.tags,
            opts=self._child,
        )

    def _names(self, kind: str) -> network.PrivateDnsZoneGroup:
        return network.PrivateDnsZoneGroup(
            kind,
            resource_group_name=self._args.resource_group_name,
            private_endpoint_name=self.endpoints[kind].name,
            private_dns_zone_configs=[
                network.PrivateDnsZoneConfigArgs(name=kind, private_dns_zone_id=self.zones[kind].id)
            ],
            opts=self._child,
        )
