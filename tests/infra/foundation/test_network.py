"""The hub, its private endpoints and the gateway: who can reach whom."""

from __future__ import annotations

import pytest

from infra.foundation.hub import Hub, HubArgs
from infra.foundation.private_access import PrivateAccess, PrivateAccessArgs
from infra.foundation.security_rules import SITE_PORTS, rules
from infra.foundation.site_gateway import SiteGateway, SiteGatewayArgs
from infra.settings.network import Network
from tests.infra.doubles import Clouds, run
from tests.infra.foundation.shipped import production

SUBNETS = ("endpoints", "database", "runners")
TAGS = {"service": "mailwave"}
REMOTE_DESKTOP = {"22", "3389"}


def network() -> Network:
    found = production().network
    assert found is not None
    return found


def the_hub() -> Clouds:
    clouds = Clouds().install("foundation-production")
    run(lambda: {"id": Hub("hub", HubArgs("the-group", network(), TAGS)).id})
    return clouds


def test_each_subnet_has_its_rules() -> None:
    """It should put a network security group of its own on each subnet (control 50 of section C2)."""
    clouds = the_hub()

    guarded = {
        each.name: each.inputs["networkSecurityGroup"]["id"]
        for each in clouds.of_type("azure-native:network:Subnet")
    }
    assert {name: f"/azure-native:network:NetworkSecurityGroup/{name}" for name in SUBNETS} == guarded


def test_subnets_are_handed_to_their_services() -> None:
    """It should delegate the subnets of the database and of the runners, and private endpoints' to nobody."""
    clouds = the_hub()

    handed = {
        each.name: [one["serviceName"] for one in each.inputs.get("delegations", [])]
        for each in clouds.of_type("azure-native:network:Subnet")
    }
    assert {
        "endpoints": [],
        "database": ["Microsoft.DBforPostgreSQL/flexibleServers"],
        "runners": ["Microsoft.App/environments"],
    } == handed


@pytest.mark.parametrize("subnet", SUBNETS)
def test_nobody_comes_in_from_the_internet(subnet: str) -> None:
    """It should let in ranges of our own and Azure's probes only, and refuse the rest last."""
    table = rules(network())[subnet]
    allowed = {other for rule in table if rule.direction == "Inbound" and rule.allow for other in rule.others}

    assert {"*", "Internet", "0.0.0.0/0"}.isdisjoint(allowed)
    assert not REMOTE_DESKTOP & {port for rule in table if rule.allow for port in rule.ports}
    assert [(False, ("*",), ("*",), "*")] * 2 == [
        (rule.allow, rule.others, rule.ports, rule.protocol) for rule in table[-2:]
    ]


def test_priorities_follow_the_table() -> None:
    """It should give each rule of a group a priority of its own, in the order of the table."""
    clouds = the_hub()

    for group in clouds.of_type("azure-native:network:NetworkSecurityGroup"):
        written = [(rule["name"], rule["priority"]) for rule in group.inputs["securityRules"]]
        assert [
            (rule.name, 100 * place) for place, rule in enumerate(rules(network())[group.name], 1)
        ] == written


def test_mailbox_data_cannot_take_the_way_to_the_sites() -> None:
    """It should leave the port of mrsproxy.svc out of what the runners may ask of a site."""
    (way,) = [rule for rule in rules(network())["runners"] if rule.name == "sites-out"]

    assert (("10.60.0.0/16", "10.61.0.0/16"), SITE_PORTS) == (way.others, way.ports)
    assert "443" not in SITE_PORTS


def test_without_a_gateway_no_site_is_reached() -> None:
    """It should have no rule for sites where there is no gateway."""
    table = rules(network().model_copy(update={"gateway": None}))["runners"]

    assert "sites-out" not in {rule.name for rule in table}


def test_private_endpoints_are_found_by_name() -> None:
    """It should give each target an endpoint, a zone linked to the network, and its names in that zone."""
    clouds = Clouds().install("foundation-production")
    targets = {"vault": "/the/vault", "blob": "/the/account"}

    run(
        lambda: {
            "id": PrivateAccess(
                "private", PrivateAccessArgs("the-group", "/the/hub", "/the/subnet", targets, TAGS)
            ).database_zone_id
        }
    )

    reached = {
        each.inputs["privateLinkServiceConnections"][0]["privateLinkServiceId"]: each.name
        for each in clouds.of_type("azure-native:network:PrivateEndpoint")
    }
    zones = {
        each.name: each.inputs["privateZoneName"]
        for each in clouds.of_type("azure-native:privatedns:PrivateZone")
    }
    assert {"/the/vault": "vault", "/the/account": "blob"} == reached
    assert {
        "vault": "privatelink.vaultcore.azure.net",
        "blob": "privatelink.blob.core.windows.net",
        "database": "ledger.private.postgres.database.azure.com",
    } == zones
    assert set(zones) == {each.name for each in clouds.of_type("azure-native:privatedns:VirtualNetworkLink")}
    assert set(targets) == {each.name for each in clouds.of_type("azure-native:network:PrivateDnsZoneGroup")}


def test_gateway_has_a_tunnel_for_each_site() -> None:
    """It should make tunnels without a key of ours, so that none is in the state."""
    clouds = Clouds().install("foundation-production")
    gateway = network().gateway
    assert gateway is not None

    run(lambda: {"id": SiteGateway("site-gateway", SiteGatewayArgs("the-group", "hub", gateway, TAGS)).id})

    subnet = clouds.only("azure-native:network:Subnet").inputs
    tunnels = clouds.of_type("azure-native:network:VirtualNetworkGatewayConnection")
    assert ("GatewaySubnet", gateway.subnet) == (subnet["subnetName"], subnet["addressPrefix"])
    assert {"leeds", "bristol"} == {tunnel.name for tunnel in tunnels}
    assert all("sharedKey" not in tunnel.inputs for tunnel in tunnels)
    assert {"IKEv2"} == {tunnel.inputs["connectionProtocol"] for tunnel in tunnels}
