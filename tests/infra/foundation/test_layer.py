"""The layer `foundation` as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.errors import SignInRefused, WrongOwner
from infra.foundation.layer import lay_foundation
from infra.stack import StackName
from tests.infra.doubles import OTHER, SUBSCRIPTION, TENANT, Clouds, run
from tests.infra.foundation.shipped import production

ROOT = Path(__file__).parents[3]
STACK = StackName("foundation", "production")
BARE: dict[str, Any] = {"network": None, "control_plane": None, "mail_domains": None}
TAGS = {
    "service": "mailwave",
    "environment": "production",
    "layer": "foundation",
    "managed-by": "pulumi",
    "owner": "mail migration",
}
KEPT = {
    "tenant_id": TENANT,
    "subscription_id": SUBSCRIPTION,
    "resource_group_name": "mailwave1234",
    "vault_id": "/azure-native:keyvault:Vault/vault",
    "vault_uri": "https://vault/",
    "evidence_account_name": "evidence1234",
    "evidence_container_id": "/azure-native:storage:BlobContainer/evidence",
    "evidence_container_name": "evidence1234",
    "workspace_id": "/azure-native:operationalinsights:Workspace/logs",
    "action_group_id": "/azure-native:monitor:ActionGroup/alarms",
}


def laid(**changed: object) -> tuple[Clouds, dict[str, Any]]:
    clouds = Clouds().install(str(STACK))
    return clouds, run(lambda: lay_foundation(STACK, production(**changed)))


def test_outputs_of_a_bare_platform() -> None:
    """It should export what the layer above and the operator command read, whatever is left out."""
    _, outputs = laid(**BARE)

    assert KEPT == outputs


def test_outputs_of_a_whole_platform() -> None:
    """It should export beside it where the ledger is, who the runners are, and what the holders of the names need."""
    _, outputs = laid()

    assert KEPT.items() <= outputs.items()
    assert {
        "network_id": "/azure-native:network:VirtualNetwork/hub",
        "ledger_host": "ledger.postgres.database.azure.com",
        "ledger_database": "ledger1234",
        "runner_client_id": "client-id-of-runners",
        "runner_principal_id": "principal-id-of-runners",
        "runner_job_name": "runners1234",
        "coexistence_stage": "coexistence",
        "mail_name_servers": ["ns1.example.", "ns2.example."],
    }.items() <= outputs.items()
    assert outputs["mta_sts_policy"].startswith("version: STSv1\r\n")


def test_tags() -> None:
    """It should tag everything that can carry tags, the same."""
    clouds, _ = laid()

    tagged = [resource.inputs["tags"] for resource in clouds.resources if "tags" in resource.inputs]
    assert len(tagged) > 30
    assert all(tags == TAGS for tags in tagged)


def test_locks_every_group_that_is_protected() -> None:
    """It should let nothing in a group be deleted while the lock is there (control 49 of section C2)."""
    clouds, _ = laid(protect=True)

    groups = {f"{resource.name}1234" for resource in clouds.of_type("azure-native:resources:ResourceGroup")}
    locks = clouds.of_type("azure-native:authorization:ManagementLockAtResourceGroupLevel")
    assert {"mailwave1234", "mailwave-network1234", "mailwave-runners1234"} == groups
    assert groups == {lock.inputs["resourceGroupName"] for lock in locks}
    assert {"CanNotDelete"} == {lock.inputs["level"] for lock in locks}


def test_locks_come_last() -> None:
    """It should lock when all else is there, so that destroy removes the locks first."""
    clouds, _ = laid(protect=True)

    kinds = [resource.typ for resource in clouds.resources if resource.typ.startswith("azure-native:")]
    locks = kinds.count("azure-native:authorization:ManagementLockAtResourceGroupLevel")
    assert {"azure-native:authorization:ManagementLockAtResourceGroupLevel"} == set(kinds[-locks:])


def test_locks_nothing_that_is_not_protected() -> None:
    """It should leave an unprotected environment without locks, or it could not be taken down layer by layer."""
    clouds, _ = laid(protect=False)

    assert [] == clouds.of_type("azure-native:authorization:ManagementLockAtResourceGroupLevel")


SILENT = {
    "ResourceGroup", "ManagementLockAtResourceGroupLevel", "Subnet", "PrivateZone", "VirtualNetworkLink",
    "PrivateEndpoint", "PrivateDnsZoneGroup", "LocalNetworkGateway", "VirtualNetworkGatewayConnection",
    "StorageAccount", "BlobContainer", "BlobContainerImmutabilityPolicy", "UserAssignedIdentity", "RoleAssignment",
    "Database", "Configuration", "AdministratorsMicrosoftEntra", "Job", "Zone", "RecordSet", "DiagnosticSetting",
    "SubscriptionDiagnosticSetting", "ActionGroup", "ScheduledQueryRule", "MetricAlert",
    "Budget", "Key",
}  # fmt: skip
"""Types that keep no logs of their own: those of an account are its service's, those of a job its environment's."""


def test_everything_that_can_tells_what_it_does() -> None:
    """It should send the logs of each resource that has some to the workspace (control 50 of section C2)."""
    clouds, _ = laid()

    telling = {
        f"/{resource.typ}/{resource.name}"
        for resource in clouds.resources
        if resource.typ.startswith("azure-native:") and resource.typ.rpartition(":")[2] not in SILENT
    }
    heard = {
        resource.inputs["resourceUri"]
        for resource in clouds.of_type("azure-native:monitor:DiagnosticSetting")
    }
    assert telling == heard


@pytest.mark.parametrize(
    ("what", "clouds"), [("tenant", Clouds(tenant=OTHER)), ("subscription", Clouds(subscription=OTHER))]
)
def test_refuses_another_owner(what: str, clouds: Clouds) -> None:
    """It should make no resource when the credential belongs to another tenant or subscription."""
    clouds.install(str(STACK))

    with pytest.raises(WrongOwner) as refused:
        lay_foundation(STACK, production())

    assert (what, OTHER) == (refused.value.what, refused.value.found)
    assert ["pulumi:providers:azure-native"] == [
        resource.typ for resource in clouds.resources if resource.typ != "pulumi:pulumi:Stack"
    ]


@pytest.mark.parametrize("protect", [True, False])
def test_protects_what_it_is_told_to_protect(*, protect: bool) -> None:
    """It should protect every resource of the layer, down to the components' children, or none."""
    clouds, _ = laid(protect=protect)

    ours = {each.name for each in clouds.resources if each.typ.startswith("azure-native:")}
    assert (ours if protect else set()) == clouds.monitor.names("protect")


def test_refuses_without_a_credential() -> None:
    """It should pass on in one sentence why the provider cannot sign in."""
    Clouds(tenant="").install(str(STACK))

    with pytest.raises(SignInRefused) as refused:
        lay_foundation(STACK, production())

    assert ("the Azure credential", "nobody is signed in") == (refused.value.who, refused.value.text)


LAYING = """
import asyncio, sys
asyncio.set_event_loop(asyncio.new_event_loop())
from tests.infra.foundation.test_layer import laid
laid()
print(*sys.modules)
"""


def test_loads_only_what_it_lays() -> None:
    """It should load those modules of azure-native that it uses, a dozen of over two hundred."""
    done = subprocess.run(
        [sys.executable, "-c", LAYING], cwd=ROOT, capture_output=True, text=True, check=True
    )

    # the SDK enters all of its modules under their names, and loads one when something in it is asked for
    parts = [name.split(".") for name in done.stdout.split() if name.startswith("pulumi_azure_native.")]
    loaded = {module for _, module, *inner in parts if inner}
    assert {"network", "storage"} <= loaded
    assert len(loaded) < 20
