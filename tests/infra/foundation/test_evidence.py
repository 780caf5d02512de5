"""The evidence account: closed to everything but its own role assignments."""

from __future__ import annotations

import pulumi
import pytest

from infra.foundation.evidence import EncryptionKey, Evidence, EvidenceArgs
from tests.infra.doubles import Clouds, run


def some_evidence(days: int = 2555) -> Evidence:
    granted = pulumi.ComponentResource("test:index:Granted", "granted")
    key = EncryptionKey("the-key", "https://vault/", "/the/identity", granted)
    return Evidence("evidence", EvidenceArgs("the-group", key, 30, days, {"service": "mailwave"}))


@pulumi.runtime.test
def test_account_is_closed() -> pulumi.Output[None]:
    """It should speak TLS 1.2 and nothing older, without keys, anonymous readers or a public network."""
    clouds = Clouds().install("foundation-rehearsal")

    evidence = some_evidence()

    def check(_: object) -> None:
        inputs = clouds.only("azure-native:storage:StorageAccount").inputs
        assert {
            "minimumTlsVersion": "TLS1_2",
            "enableHttpsTrafficOnly": True,
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": False,
            "allowCrossTenantReplication": False,
            "publicNetworkAccess": "Disabled",
            "networkRuleSet": {"bypass": "None", "defaultAction": "Deny"},
        }.items() <= inputs.items()

    return evidence.account.id.apply(check)


@pulumi.runtime.test
def test_account_is_encrypted_with_a_key_of_ours() -> pulumi.Output[None]:
    """It should name the key without a version, so that a new one is taken, and the identity that may use it."""
    clouds = Clouds().install("foundation-rehearsal")

    evidence = some_evidence()

    def check(_: object) -> None:
        inputs = clouds.only("azure-native:storage:StorageAccount").inputs
        assert {
            "keySource": "Microsoft.Keyvault",
            "keyVaultProperties": {"keyName": "the-key", "keyVaultUri": "https://vault/"},
            "encryptionIdentity": {"encryptionUserAssignedIdentity": "/the/identity"},
        } == inputs["encryption"]
        assert {"type": "UserAssigned", "userAssignedIdentities": ["/the/identity"]} == inputs["identity"]

    return evidence.account.id.apply(check)


@pulumi.runtime.test
def test_keeps_what_is_deleted() -> pulumi.Output[None]:
    """It should keep versions, and what is deleted for the days asked for."""
    clouds = Clouds().install("foundation-rehearsal")

    evidence = some_evidence()

    def check(_: object) -> None:
        inputs = clouds.only("azure-native:storage:BlobServiceProperties").inputs
        assert {
            "accountName": "evidence1234",
            "blobServicesName": "default",
            "resourceGroupName": "the-group",
            "isVersioningEnabled": True,
            "deleteRetentionPolicy": {"enabled": True, "days": 30},
            "containerDeleteRetentionPolicy": {"enabled": True, "days": 30},
        } == inputs

    return evidence.blob_service.id.apply(check)


@pulumi.runtime.test
def test_container_is_in_the_account() -> pulumi.Output[None]:
    """It should put one private container into its own account."""
    clouds = Clouds().install("foundation-rehearsal")

    evidence = some_evidence()

    def check(_: object) -> None:
        inputs = clouds.only("azure-native:storage:BlobContainer").inputs
        assert ("evidence1234", "evidence", "None") == (
            inputs["accountName"],
            inputs["containerName"],
            inputs["publicAccess"],
        )

    return evidence.container_id.apply(check)


@pytest.mark.parametrize(("days", "expected"), [(1, 1), (2555, 2555)])
def test_what_is_filed_stays_as_it_is(days: int, expected: int) -> None:
    """It should let files be appended to and nothing else, for the days asked for."""
    clouds = Clouds().install("foundation-rehearsal")

    run(lambda: {"id": some_evidence(days).policy.id})

    policy = clouds.only("azure-native:storage:BlobContainerImmutabilityPolicy").inputs
    assert ("default", expected, True) == (
        policy["immutabilityPolicyName"],
        policy["immutabilityPeriodSinceCreationInDays"],
        policy["allowProtectedAppendWrites"],
    )
