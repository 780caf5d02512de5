"""Who may do what with the foundation: a table of role assignments, each on one resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization

SERVICE_PRINCIPAL, GROUP = "ServicePrincipal", "Group"


@dataclass(frozen=True)
class Grant:
    """*role* is the GUID of a built-in role, the same in every subscription; *who* and *where* are keys of the args."""

    who: str
    kind: str
    role: str
    where: str


GRANTS: Mapping[str, Grant] = {
    # Storage Blob Data Contributor
    "operator-files-evidence": Grant(
        "operator", SERVICE_PRINCIPAL, "ba92f5b4-2d11-453d-a403-e96b0029c9fe", "evidence"
    ),
    # Key Vault Secrets User
    "operator-reads-secrets": Grant(
        "operator", SERVICE_PRINCIPAL, "4633458b-17de-408a-b874-0445c86b69e6", "vault"
    ),
    # Storage Blob Data Reader
    "approvers-read-evidence": Grant("approvers", GROUP, "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "evidence"),
}


@dataclass(frozen=True)
class GrantsArgs:
    """*principals*: object ids by who; *scopes*: resource ids by where."""

    subscription_id: str
    principals: Mapping[str, pulumi.Input[str]]
    scopes: Mapping[str, pulumi.Input[str]]


class Grants(pulumi.ComponentResource):
    """The role assignments of `GRANTS`, no wider than one vault and one container."""

    def __init__(self, name: str, args: GrantsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:identity:Grants", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.assignments = {grant: self._assignment(grant) for grant in GRANTS}

        self.register_outputs({})

    def _assignment(self, name: str) -> authorization.RoleAssignment:
        grant = GRANTS[name]
        return authorization.RoleAssignment(
            name,
            scope=self._args.scopes[grant.where],
            principal_id=self._args.principals[grant.who],
            principal_type=grant.kind,  # spares the wait until the directory has replicated a new principal
            role_definition_id=(
                f"/subscriptions/{self._args.subscription_id}"
                f"/providers/Microsoft.Authorization/roleDefinitions/{grant.role}"
            ),
            opts=self._child,
        )
