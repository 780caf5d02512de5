"""The vault: closed to everything but its own role assignments."""

from __future__ import annotations

import pulumi

from infra.foundation.vault import Vault, VaultArgs
from tests.infra.doubles import TENANT, Clouds


def a_vault() -> Vault:
    return Vault("vault", VaultArgs("the-group", TENANT, 7, {"service": "mailwave"}))


@pulumi.runtime.test
def test_is_closed_and_recoverable() -> pulumi.Output[None]:
    """It should take role assignments only, no public network, and keep what is deleted."""
    clouds = Clouds().install("foundation-rehearsal")

    vault = a_vault()

    def check(_: object) -> None:
        properties = clouds.only("azure-native:keyvault:Vault").inputs["properties"]
        assert {
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "enablePurgeProtection": True,
            "softDeleteRetentionInDays": 7,
            "publicNetworkAccess": "Disabled",
            "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"},
            "tenantId": TENANT,
            "sku": {"family": "A", "name": "standard"},
        }.items() <= properties.items()

    return vault.id.apply(check)


@pulumi.runtime.test
def test_outputs_its_address() -> pulumi.Output[None]:
    """It should hand over the id and the address that Azure gave it."""
    Clouds().install("foundation-rehearsal")

    vault = a_vault()

    def check(found: list[str]) -> None:
        assert ["/azure-native:keyvault:Vault/vault", "https://vault/"] == found

    return pulumi.Output.all(vault.id, vault.uri).apply(check)
