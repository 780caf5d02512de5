"""Where the directory's own logs go: to the workspace in which the alerts look for sign-ins and for roles given."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import aadiam

CATEGORIES = (
    "AuditLogs",
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "ManagedIdentitySignInLogs",
    "RiskyUsers",
    "UserRiskEvents",
    "MicrosoftGraphActivityLogs",
)
"""The logs of Entra that are sent (https://learn.microsoft.com/entra/identity/monitoring-health/concept-diagnostic-settings-logs-options)."""


@dataclass(frozen=True)
class DirectoryLogsArgs:
    """*name*: what the setting is called in the tenant; *workspace_id*: of the workspace that takes the logs."""

    name: str
    workspace_id: pulumi.Input[str]


class DirectoryLogs(pulumi.ComponentResource):
    """The diagnostic setting of the directory; whoever deploys it needs a role at the tenant's root, once."""

    def __init__(
        self, name: str, args: DirectoryLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("mailwave:identity:DirectoryLogs", name, None, opts)
        self.setting = aadiam.DiagnosticSetting(
            "directory",
            name=args.name,
            workspace_id=args.workspace_id,
            logs=[{"category": category, "enabled": True} for category in CATEGORIES],
            opts=pulumi.ResourceOptions(
                parent=self, retain_on_delete=opts.retain_on_delete if opts else None
            ),
        )
        self.register_outputs({})
