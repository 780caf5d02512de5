"""The way of the runners to the servers of the sites, where an environment has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network

from infra.foundation.hub import GATEWAY_NAME
from infra.settings.network import Gateway, Site

STRONG = network.IpsecPolicyArgs(
    ike_encryption=network.IkeEncryption.GCMAES256,
    ike_integrity=network.IkeIntegrity.SHA384,
    dh_group=network.DhGroup.ECP384,
    ipsec_encryption=network.IpsecEncryption.GCMAES256,
    ipsec_integrity=network.IpsecIntegrity.GCMAES256,
    pfs_group=network.PfsGroup.ECP384,
    sa_life_time_seconds=3600,
    sa_data_size_kilobytes=102_400_000,
)
"""What both ends must agree on; Azure's own proposals include weaker ones."""


@dataclass(frozen=True)
class SiteGatewayArgs:
    """*gateway*: its subnet, and the sites with their VPN devices and ranges."""

    resource_group_name: pulumi.Input[str]
    network_name: pulumi.Input[str]
    gateway: Gateway
    tags: Mapping[str, str]


class SiteGateway(pulumi.ComponentResource):
    """A VPN gateway with one tunnel a site, for remote PowerShell and Ansible only.

    Mailbox data never takes it: Exchange Online pulls from each site's published mrsproxy.svc over the internet, and
    the rules of the runners' subnet leave its port out. Azure makes the key of each tunnel, so that none is in the
    state; a person reads it there and gives it to the site.
    """

    def __init__(self, name: str, args: SiteGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:SiteGateway", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.subnet = self._subnet()
        self.address = self._address()
        self.gateway = self._gateway()
        self.sites = {site.name: self._site(site) for site in args.gateway.sites}
        self.tunnels = {site: self._tunnel(site) for site in self.sites}

        self.id: pulumi.Output[str] = self.gateway.id
        self.address_id: pulumi.Output[str] = self.address.id
        self.register_outputs({"id": self.id})

    def _subnet(self) -> network.Subnet:
        return network.Subnet(
            "gateway",
            resource_group_name=self._args.resource_group_name,
            virtual_network_name=self._args.network_name,
            subnet_name=GATEWAY_NAME,
            address_prefix=self._args.gateway.subnet,
            opts=self._child,
        )

    def _address(self) -> network.PublicIPAddress:
        return network.PublicIPAddress(
            self._name,
            resource_group_name=self._args.resource_group_name,
            sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
            public_ip_allocation_method=network.IPAllocationMethod.STATIC,
            zones=["1", "2", "3"],
            tags=self._args.tags,
            opts=self._child,
        )

    def _gateway(self) -> network.VirtualNetworkGateway:
        sku = network.VirtualNetworkGatewaySkuName.VPN_GW1_AZ
        return network.VirtualNetworkGateway(
            self._name,
            resource_group_name=self._args.resource_group_name,
            gateway_type=network.VirtualNetworkGatewayType.VPN,
            vpn_type=network.VpnType.ROUTE_BASED,
            sku=network.VirtualNetworkGatewaySkuArgs(name=sku, tier=sku),
            ip_configurations=[
                network.VirtualNetworkGatewayIPConfigurationArgs(
                    name="default",
                    subnet=network.SubResourceArgs(id=self.subnet.id),
                    public_ip_address=network.SubResourceArgs(id=self.address.id),
                )
            ],
            tags=self._args.tags,
            opts=self._child,
        )

    def _site(self, site: Site) -> network.LocalNetworkGateway:
        return network.LocalNetworkGateway(
            site.name,
            resource_group_name=self._args.resource_group_name,
            gateway_ip_address=site.address,
            local_network_address_space=network.AddressSpaceArgs(address_prefixes=[*site.ranges]),
            tags=self._args.tags,
            opts=self._child,
        )

    def _tunnel(self, site: str) -> network.VirtualNetworkGatewayConnection:
        return network.VirtualNetworkGatewayConnection(
            site,
            resource_group_name=self._args.resource_group_name,
            connection_type=network.VirtualNetworkGatewayConnectionType.IPSEC,
            connection_protocol=network.VirtualNetworkGatewayConnectionProtocol.IK_EV2,
            virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=self.gateway.id),
            local_network_gateway2=network.LocalNetworkGatewayArgs(id=self.sites[site].id),
            ipsec_policies=[STRONG],
            tags=self._args.tags,
            opts=self._child,
        )
