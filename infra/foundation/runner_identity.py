"""Who the runners are in Azure: an identity without a credential, and what it may do with vault and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization, managedidentity

ROLES: Mapping[str, str] = {
    # Key Vault Secrets User
    "vault": "4633458b-17de-408a-b874-0445c86b69e6",
    # Storage Blob Data Contributor
    "evidence": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
}
"""The built-in role, the same in every subscription, that the runners have on each scope."""


@dataclass(frozen=True)
class RunnerIdentityArgs:
    """*scopes*: resource ids by the names of `ROLES`."""

    resource_group_name: pulumi.Input[str]
    subscription_id: str
    scopes: Mapping[str, pulumi.Input[str]]
    tags: Mapping[str, str]


class RunnerIdentity(pulumi.ComponentResource):
    """A managed identity of the runners; what it may do in Exchange and Entra is said by the layers above."""

    def __init__(
        self, name: str, args: RunnerIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("mailwave:foundation:RunnerIdentity", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.identity = self._identity()
        self.grants = {scope: self._grant(scope) for scope in ROLES}

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

    def _grant(self, scope: str) -> authorization.RoleAssignment:
        return authorization.RoleAssignment(
            f"runners-{scope}",
            scope=self._args.scopes[scope],
            principal_id=self.identity.principal_id,
            principal_type="ServicePrincipal",  # spares the wait until the directory has replicated a new principal
            role_definition_id=(
                f"/subscriptions/{self._args.subscription_id}"
                f"/providers/Microsoft.Authorization/roleDefinitions/{ROLES[scope]}"
            ),
            opts=self._child,
        )
