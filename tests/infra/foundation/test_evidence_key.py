"""The key of the evidence account: rotated by the vault, used by one identity."""

from __future__ import annotations

from typing import Any

from infra.foundation.evidence_key import ENCRYPTION_USER, EvidenceKey, EvidenceKeyArgs
from tests.infra.doubles import SUBSCRIPTION, Clouds, run


def made() -> tuple[Clouds, dict[str, Any]]:
    clouds = Clouds().install("foundation-production")
    args = EvidenceKeyArgs("the-group", SUBSCRIPTION, "the-vault", {"service": "mailwave"})

    def program() -> dict[str, Any]:
        key = EvidenceKey("evidence-key", args)
        return {"key_name": key.key_name, "identity_id": key.identity_id}

    return clouds, run(program)


def test_rotates_before_it_expires() -> None:
    """It should be renewed each year, a year before it expires, and tell of it when that failed."""
    clouds, _ = made()

    properties = clouds.only("azure-native:keyvault:Key").inputs["properties"]
    assert {
        "attributes": {"expiryTime": "P2Y"},
        "lifetimeActions": [
            {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P1Y"}},
            {"action": {"type": "notify"}, "trigger": {"timeBeforeExpiry": "P60D"}},
        ],
    } == properties["rotationPolicy"]
    assert ("RSA", 3072, ["wrapKey", "unwrapKey"]) == (
        properties["kty"],
        properties["keySize"],
        properties["keyOps"],
    )


def test_has_no_tags() -> None:
    """It should have no tags, because nothing about a key can be changed by Resource Manager once it is made."""
    clouds, _ = made()

    assert "tags" not in clouds.only("azure-native:keyvault:Key").inputs


def test_one_identity_may_use_it() -> None:
    """It should let its own identity wrap and unwrap with this key, and nothing else."""
    clouds, outputs = made()

    grant = clouds.only("azure-native:authorization:RoleAssignment").inputs
    assert ("/azure-native:keyvault:Key/evidence-key", "principal-id-of-evidence-key", ENCRYPTION_USER) == (
        grant["scope"],
        grant["principalId"],
        grant["roleDefinitionId"].rpartition("/")[2],
    )
    assert {
        "key_name": "evidence-key1234",
        "identity_id": "/azure-native:managedidentity:UserAssignedIdentity/evidence-key",
    } == outputs
