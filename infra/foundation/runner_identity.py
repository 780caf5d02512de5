"""Who the runners are in Azure: an identity without a credential, and what it may do with the vault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization, managedidentity

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
"""Key Vault Secrets User, a built-in role, the same in every subscription."""


@dataclass(frozen=True)
class RunnerIdentityArgs:
    """*vault_id*: the vault whose secrets the runners read."""

    resource_group_name: pulumi.Input[str]
    subscription_id: str
    vault_id: pulumi.Input[str]
    tags: Mapping[str, str]


class RunnerIdentity(pulumi.ComponentResource):
    """A managed identity of the runners.

    What it may do with evidence, in Exchange and in Entra is said by the layers above: Azure has no role that files
    blobs and cannot delete them, and the layer `identity` makes one.
    """

    def __init__(
        self, name: str, args: RunnerIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("mailwave:foundation:RunnerIdentity", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.identity = self._identity()
        self.grant = self._grant()

        self.id: pulumi.Output[str] = self.identity.id
        self.identity_name: pulumi.Output[str] = self.identity.name
        self.client_id: pulumi.Output[str] = self.identity.client_id
        self.principal_id: pulumi.Output[str] = self.identity.principal_id
        self.register_outputs({"client_id": self.client_id, "principal_id": self.principal_id})

    def _identity(self) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            self._name,
            resource_group_name=self._args.resource_group_name,
            tags=self._args.tags,
            opts=self._child,
        )

    def _grant(self) -> authorization.RoleAssignment:
        return authorization.RoleAssignment(
            "runners-vault",
            scope=self._args.vault_id,
            principal_id=self.identity.principal_id,
            principal_type="ServicePrincipal",  # spares the wait until the directory has replicated a new principal
            role_definition_id=(
                f"/subscriptions/{self._args.subscription_id}"
                f"/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_USER}"
            ),
            opts=self._child,
        )
