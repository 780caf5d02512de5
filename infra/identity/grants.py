"""Who may do what with the foundation: a table of role assignments, each on one resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization

SERVICE_PRINCIPAL, GROUP = "ServicePrincipal", "Group"

_SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"  # Key Vault Secrets User
_BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"  # Storage Blob Data Reader


@dataclass(frozen=True)
class Grant:
    """*role* is a custom role's name or the GUID of a built-in one, the same in every subscription.

    *who* and *where* are keys of the args.
    """

    who: str
    kind: str
    role: str
    where: str


GRANTS: Mapping[str, Grant] = {
    "reader-files-evidence": Grant("reader", SERVICE_PRINCIPAL, "evidence-filer", "evidence"),
    "batch-runner-files-evidence": Grant("batch-runner", SERVICE_PRINCIPAL, "evidence-filer", "evidence"),
    "completer-files-evidence": Grant("completer", SERVICE_PRINCIPAL, "evidence-filer", "evidence"),
    "courier-files-evidence": Grant("courier", SERVICE_PRINCIPAL, "evidence-filer", "evidence"),
    "mender-files-evidence": Grant("mender", SERVICE_PRINCIPAL, "evidence-filer", "evidence"),
    "runners-file-evidence": Grant("runners", SERVICE_PRINCIPAL, "evidence-filer", "evidence"),
    # What people are told with, and the reach to the sites.
    "batch-runner-reads-secrets": Grant("batch-runner", SERVICE_PRINCIPAL, _SECRETS_USER, "vault"),
    # The password of the sites' relay.
    "courier-reads-secrets": Grant("courier", SERVICE_PRINCIPAL, _SECRETS_USER, "vault"),
    # The reach to the sites, where addresses and rights are mended as well.
    "mender-reads-secrets": Grant("mender", SERVICE_PRINCIPAL, _SECRETS_USER, "vault"),
    "approvers-read-evidence": Grant("approvers", GROUP, _BLOB_READER, "evidence"),
    "operators-start-jobs": Grant("operators", GROUP, "job-starter", "platform"),
}


@dataclass(frozen=True)
class GrantsArgs:
    """*principals*: object ids by who; *scopes*: resource ids by where; *roles*: ids of custom roles by name.

    Whoever is not among the principals is granted nothing: an environment may have no runners.
    """

    subscription_id: str
    principals: Mapping[str, pulumi.Input[str]]
    scopes: Mapping[str, pulumi.Input[str]]
    roles: Mapping[str, pulumi.Input[str]]


class Grants(pulumi.ComponentResource):
    """The role assignments of `GRANTS`: one vault, one container, and the jobs of one resource group."""

    def __init__(self, name: str, args: GrantsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:identity:Grants", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.assignments = {
            name: self._assignment(name) for name, grant in GRANTS.items() if grant.who in args.principals
        }

        self.register_outputs({})

    def _assignment(self, name: str) -> authorization.RoleAssignment:
        grant = GRANTS[name]
        return authorization.RoleAssignment(
            name,
            scope=self._args.scopes[grant.where],
            principal_id=self._args.principals[grant.who],
            principal_type=grant.kind,  # spares the wait until the directory has replicated a new principal
            role_definition_id=self._args.roles.get(grant.role) or self._built_in(grant.role),
            opts=self._child,
        )

    def _built_in(self, role: str) -> str:
        subscription = f"/subscriptions/{self._args.subscription_id}"
        return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
