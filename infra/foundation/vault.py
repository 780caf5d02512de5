"""Where an environment's secrets are: the endpoint account's password, the notice service's key, the evidence key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import keyvault


@dataclass(frozen=True)
class VaultArgs:
    """*retention_days*: how long a deleted secret can be recovered, 7 to 90."""

    resource_group_name: pulumi.Input[str]
    tenant_id: str
    retention_days: int
    tags: Mapping[str, str]


class Vault(pulumi.ComponentResource):
    """A Key Vault reached by role assignments only, and never from the public network.

    Azure's own services may come in past its firewall, because the evidence account takes its key from here and has no
    other way (https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview); what they may do there
    is still a role assignment's business.

    Purge protection cannot be taken back: a deleted vault keeps its name until its retention is over, which is one
    reason why the engine chooses the name.
    """

    def __init__(self, name: str, args: VaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Vault", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.vault = self._vault()

        self.id: pulumi.Output[str] = self.vault.id
        self.vault_name: pulumi.Output[str] = self.vault.name
        self.uri: pulumi.Output[str] = self.vault.properties.vault_uri
        self.register_outputs({"id": self.id, "uri": self.uri})

    def _vault(self) -> keyvault.Vault:
        return keyvault.Vault(
            self._name,
            resource_group_name=self._args.resource_group_name,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=self._args.tenant_id,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                enable_purge_protection=True,
                soft_delete_retention_in_days=self._args.retention_days,
                public_network_access="Disabled",
                network_acls=keyvault.NetworkRuleSetArgs(
                    bypass=keyvault.NetworkRuleBypassOptions.AZURE_SERVICES,
                    default_action=keyvault.NetworkRuleAction.DENY,
                ),
            ),
            tags=self._args.tags,
            opts=self._child,
        )
