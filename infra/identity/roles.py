"""Roles that Azure does not have: what the runners and those who start them need, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization

_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"


@dataclass(frozen=True)
class CustomRole:
    """*actions* are of the control plane, *data_actions* of what is stored."""

    description: str
    actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()


ROLES: Mapping[str, CustomRole] = {
    # The built-in Storage Blob Data Contributor may also delete.
    "evidence-filer": CustomRole(
        "Files evidence and reads it, and cannot delete any",
        data_actions=(f"{_BLOBS}/add/action", f"{_BLOBS}/read", f"{_BLOBS}/write"),
    ),
    # The built-in Container Apps Jobs Operator may also read the jobs' secrets.
    "job-starter": CustomRole(
        "Starts and stops runs of the runners' jobs, and cannot change a job or read its secrets",
        actions=(
            "Microsoft.App/jobs/executions/read",
            "Microsoft.App/jobs/read",
            "Microsoft.App/jobs/start/action",
            "Microsoft.App/jobs/stop/action",
        ),
    ),
}


@dataclass(frozen=True)
class RolesArgs:
    """*display_names*: by role, unique in the tenant; *scope*: the resource group in which they can be assigned."""

    display_names: Mapping[str, str]
    scope: str


class Roles(pulumi.ComponentResource):
    """The role definitions of `ROLES`, for one resource group."""

    def __init__(self, name: str, args: RolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:identity:Roles", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(
            parent=self, retain_on_delete=opts.retain_on_delete if opts else None
        )

        self.definitions = {role: self._definition(role) for role in ROLES}

        self.ids: dict[str, pulumi.Output[str]] = {
            role: definition.id for role, definition in self.definitions.items()
        }
        self.register_outputs({"ids": self.ids})

    def _definition(self, role: str) -> authorization.RoleDefinition:
        row = ROLES[role]
        return authorization.RoleDefinition(
            role,
            scope=self._args.scope,
            role_name=self._args.display_names[role],
            role_type="CustomRole",
            description=row.description,
            permissions=[
                authorization.PermissionArgs(actions=list(row.actions), data_actions=list(row.data_actions))
            ],
            assignable_scopes=[self._args.scope],
            opts=self._child,
        )
