"""What the rules of the simulated cloud do not refuse; that they refuse is shown by the probes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from rehearsal.wire import Reply, Request

TENANT = "11111111-2222-4333-8444-555555555555"
GROUP = "/arm/subscriptions/66666666-7777-4888-8999-000000000000/resourceGroups/platform"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/hub"
FIREWALL = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/edge"
SUBNET = f"{NETWORK}/subnets/a"
UK = {"location": "uksouth"}


class Caller:
    """A cloud with a network, a subnet and the firewall that the subnet needs."""

    def __init__(self) -> None:
        self._cloud = Cloud(tenant=TENANT)
        for path, body in (
            (GROUP, UK),
            (NETWORK, {**UK, "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}),
            (FIREWALL, UK),
            (SUBNET, self.subnet("10.0.1.0/24")),
        ):
            assert 201 == self.send("PUT", path, body).status

    @staticmethod
    def subnet(prefix: str) -> dict[str, Any]:
        """A subnet behind the firewall."""
        return {"addressPrefix": prefix, "networkSecurityGroup": {"id": FIREWALL.removeprefix("/arm")}}

    def send(self, method: str, path: str, body: object = None) -> Reply:
        """One request."""
        return self._cloud.handle(Request(method, f"/cloud{path}", body=json.dumps(body).encode()))


@pytest.fixture
def caller() -> Caller:
    """A cloud with a few objects."""
    return Caller()


def test_group_goes_with_objects_that_need_each_other(caller: Caller) -> None:
    """It should delete a group in which one object needs another, because both go."""
    assert 204 == caller.send("DELETE", GROUP).status


def test_needed_object_goes_after_the_one_that_needs_it(caller: Caller) -> None:
    """It should delete a firewall once no subnet is behind it."""
    assert [204, 204] == [caller.send("DELETE", path).status for path in (SUBNET, FIREWALL)]


def test_subnet_does_not_overlap_itself(caller: Caller) -> None:
    """It should make a subnet larger, though its new range overlaps its old."""
    assert 200 == caller.send("PUT", SUBNET, caller.subnet("10.0.0.0/23")).status


def test_subscription_may_be_mentioned(caller: Caller) -> None:
    """It should take a subscription for granted where an alert watches one."""
    alert = f"{GROUP}/providers/Microsoft.Insights/metricAlerts/a"
    scopes = ["/subscriptions/66666666-7777-4888-8999-000000000000"]

    assert 201 == caller.send("PUT", alert, {"location": "global", "scopes": scopes}).status


def test_identity_of_its_own_has_a_principal(caller: Caller) -> None:
    """It should give an object with a system-assigned identity a principal in the cloud's tenant."""
    account = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/evidence"
    reply = caller.send("PUT", account, {**UK, "identity": {"type": "SystemAssigned"}})

    identity = json.loads(reply.body)["identity"]

    assert ("SystemAssigned", TENANT, 36) == (
        identity["type"], identity["tenantId"], len(identity["principalId"]),
    )  # fmt: skip
