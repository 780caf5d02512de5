"""The directory's own logs."""

from __future__ import annotations

import pulumi

from infra.identity.directory_logs import CATEGORIES, DirectoryLogs, DirectoryLogsArgs
from tests.infra.doubles import Clouds, run


def test_every_log_goes_to_the_workspace_and_stays() -> None:
    """It should send each category to the workspace (control 46), under the name given, and leave the setting there."""
    clouds = Clouds().install("identity-rehearsal")
    args = DirectoryLogsArgs("mailwave directory", "/the/workspace")
    kept = pulumi.ResourceOptions(retain_on_delete=True)
    run(lambda: {"urn": DirectoryLogs("directory-logs", args, kept).urn})

    found = clouds.only("azure-native:aadiam:DiagnosticSetting").inputs
    assert ("mailwave directory", "/the/workspace") == (found["name"], found["workspaceId"])
    assert [{"category": each, "enabled": True} for each in CATEGORIES] == found["logs"]
    assert {"directory"} == clouds.monitor.names("retainOnDelete")
