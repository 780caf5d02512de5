"""Where everything tells what it does: one workspace, and the settings that send each resource's logs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor, operationalinsights

ACTIVITY = ("Administrative", "Security", "ServiceHealth", "Alert", "Policy", "ResourceHealth")
"""Categories of the subscription's activity log that are kept."""


@dataclass(frozen=True)
class LogsArgs:
    """*retention_days*: how long logs are kept, 30 to 730."""

    resource_group_name: pulumi.Input[str]
    retention_days: int
    tags: Mapping[str, str]


class Logs(pulumi.ComponentResource):
    """A Log Analytics workspace without shared keys, and the subscription's activity log in it."""

    def __init__(self, name: str, args: LogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Logs", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.workspace = self._workspace()
        self.activity = self._activity()

        self.id: pulumi.Output[str] = self.workspace.id
        self.register_outputs({"id": self.id})

    def _workspace(self) -> operationalinsights.Workspace:
        return operationalinsights.Workspace(
            self._name,
            resource_group_name=self._args.resource_group_name,
            sku=operationalinsights.WorkspaceSkuArgs(
                name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018
            ),
            retention_in_days=self._args.retention_days,
            features=operationalinsights.WorkspaceFeaturesArgs(disable_local_auth=True),
            tags=self._args.tags,
            opts=self._child,
        )

    def _activity(self) -> monitor.SubscriptionDiagnosticSetting:
        return monitor.SubscriptionDiagnosticSetting(
            self._name,
            workspace_id=self.workspace.id,
            logs=[monitor.SubscriptionLogSettingsArgs(category=each, enabled=True) for each in ACTIVITY],
            opts=self._child,
        )


@dataclass(frozen=True)
class DiagnosticsArgs:
    """*sources*: ids of all resources that can tell something, by a name of ours."""

    workspace_id: pulumi.Input[str]
    sources: Mapping[str, pulumi.Input[str]]


class Diagnostics(pulumi.ComponentResource):
    """A diagnostic setting for each source, with all its logs: what a category is called differs from type to type."""

    def __init__(self, name: str, args: DiagnosticsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Diagnostics", name, None, opts)
        self._args = args

        self.settings = {source: self._setting(source) for source in args.sources}

        self.register_outputs({})

    def _setting(self, source: str) -> monitor.DiagnosticSetting:
        return monitor.DiagnosticSetting(
            source,
            name="to-workspace",
            resource_uri=self._args.sources[source],
            workspace_id=self._args.workspace_id,
            # Tables of the resource's own; types that know nothing else never give the value back
            log_analytics_destination_type="Dedicated",
            logs=[monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)],
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["logAnalyticsDestinationType"]),
        )
