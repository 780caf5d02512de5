"""The hub network: where private endpoints, the database and the runners are, each behind its own rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import network

from infra.foundation.security_rules import IN, Rule, rules
from infra.settings.network import Network, subnets

DELEGATED = {"database": "Microsoft.DBforPostgreSQL/flexibleServers", "runners": "Microsoft.App/environments"}
"""The service that a subnet is handed to, where there is one."""

GATEWAY_NAME = "GatewaySubnet"
"""What Azure wants the gateway's subnet to be called."""


@dataclass(frozen=True)
class HubArgs:
    """*network*: the ranges, which have been checked when the settings were read."""

    resource_group_name: pulumi.Input[str]
    network: Network
    tags: Mapping[str, str]


class Hub(pulumi.ComponentResource):
    """One virtual network; *subnet_ids* are by the names of the settings. The gateway's subnet is the gateway's own."""

    def __init__(self, name: str, args: HubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Hub", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.network = self._network()
        self.groups = {subnet: self._group(subnet, table) for subnet, table in rules(args.network).items()}
        self.subnets = {subnet: self._subnet(subnet) for subnet in self.groups}

        self.id: pulumi.Output[str] = self.network.id
        self.network_name: pulumi.Output[str] = self.network.name
        self.subnet_ids = {subnet: made.id for subnet, made in self.subnets.items()}
        self.group_ids = {subnet: group.id for subnet, group in self.groups.items()}
        self.register_outputs({"id": self.id})

    def _network(self) -> network.VirtualNetwork:
        return network.VirtualNetwork(
            self._name,
            resource_group_name=self._args.resource_group_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[self._args.network.space]),
            tags=self._args.tags,
            opts=self._child,
        )

    def _group(self, subnet: str, table: Sequence[Rule]) -> network.NetworkSecurityGroup:
        return network.NetworkSecurityGroup(
            subnet,
            resource_group_name=self._args.resource_group_name,
            security_rules=[_rule(rule, place) for place, rule in enumerate(table, 1)],
            tags=self._args.tags,
            opts=self._child,
        )

    def _subnet(self, subnet: str) -> network.Subnet:
        service = DELEGATED.get(subnet)
        return network.Subnet(
            subnet,
            resource_group_name=self._args.resource_group_name,
            virtual_network_name=self.network.name,
            address_prefix=subnets(self._args.network)[subnet],
            network_security_group=network.NetworkSecurityGroupArgs(id=self.groups[subnet].id),
            delegations=[network.DelegationArgs(name=subnet, service_name=service)] if service else None,
            private_endpoint_network_policies=(
                network.VirtualNetworkPrivateEndpointNetworkPolicies.NETWORK_SECURITY_GROUP_ENABLED
            ),
            opts=self._child,
        )


def _rule(rule: Rule, place: int) -> network.SecurityRuleArgs:
    access = network.SecurityRuleAccess.ALLOW if rule.allow else network.SecurityRuleAccess.DENY
    mine, theirs = ("destination", "source") if rule.direction == IN else ("source", "destination")
    sides: dict[str, Any] = {
        f"{mine}_address_prefix": "*",
        **_several(f"{theirs}_address_prefix", f"{theirs}_address_prefixes", rule.others),
        "source_port_range": "*",
        **_several("destination_port_range", "destination_port_ranges", rule.ports),
    }
    return network.SecurityRuleArgs(
        name=rule.name,
        access=access,
        direction=rule.direction,
        priority=100 * place,
        protocol=rule.protocol,
        **sides,
    )


def _several(one: str, many: str, values: Sequence[str]) -> dict[str, Any]:
    """A single value has a property of its own, the only one that takes ``*`` and tags."""
    return {one: values[0]} if len(values) == 1 else {many: [*values]}
