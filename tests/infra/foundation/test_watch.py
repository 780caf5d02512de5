"""Logs, alerts and the budget: who hears of what."""

from __future__ import annotations

import pytest

from infra.foundation.alarms import Alarms, AlarmsArgs
from infra.foundation.alert_table import LEDGER_ALERTS, alerts
from infra.foundation.budget import Budget, BudgetArgs
from infra.foundation.logs import Diagnostics, DiagnosticsArgs, Logs, LogsArgs
from tests.infra.doubles import SUBSCRIPTION, Clouds, run

TAGS = {"service": "mailwave"}
BREAK_GLASS = ("one@nhsmail.onmicrosoft.com", "two@nhsmail.onmicrosoft.com")
WOKEN_FOR = {
    "batch-failed", "move-stalled", "throttled", "endpoint-unreachable", "break-glass-sign-in", "privileged-role",
    "certificate-expiring", "move-needs-person", "wave-over-budget", "licence-missing",
}  # fmt: skip


def alarms(ledger_id: str | None = None) -> Clouds:
    clouds = Clouds().install("foundation-production")
    args = AlarmsArgs("the-group", "/the/workspace", ["duty@nhsmail.example"], BREAK_GLASS, TAGS, ledger_id)
    run(lambda: {"id": Alarms("alarms", args).group_id})
    return clouds


def test_every_alert_wakes_the_one_group() -> None:
    """It should make a rule for each row of the table, over the workspace, with the group as its action."""
    rules = alarms().of_type("azure-native:monitor:ScheduledQueryRule")

    assert WOKEN_FOR == {rule.name for rule in rules}
    for rule in rules:
        assert ["/the/workspace"] == rule.inputs["scopes"]
        assert ["/azure-native:monitor:ActionGroup/alarms"] == rule.inputs["actions"]["actionGroups"]
        assert rule.inputs["enabled"] is True


def test_rule_is_what_the_table_says() -> None:
    """It should take query, threshold, severity and window from the table."""
    rules = {rule.name: rule.inputs for rule in alarms().of_type("azure-native:monitor:ScheduledQueryRule")}

    for name, alert in alerts(BREAK_GLASS).items():
        (condition,) = rules[name]["criteria"]["allOf"]
        assert (alert.query, alert.threshold, alert.severity, alert.window) == (
            condition["query"],
            condition["threshold"],
            rules[name]["severity"],
            rules[name]["windowSize"],
        )
        assert alert.source in rules[name]["description"]


def test_ledger_is_watched_by_its_metrics() -> None:
    """It should tell the group of a server that is down or filling up, as the table says, where there is one."""
    rules = {
        rule.name: rule.inputs for rule in alarms("/the/server").of_type("azure-native:monitor:MetricAlert")
    }

    assert LEDGER_ALERTS.keys() == rules.keys()
    for name, alert in LEDGER_ALERTS.items():
        (criterion,) = rules[name]["criteria"]["allOf"]
        assert (alert.metric, alert.operator, alert.threshold) == (
            criterion["metricName"],
            criterion["operator"],
            criterion["threshold"],
        )
        assert ["/the/server"] == rules[name]["scopes"]
        assert [{"actionGroupId": "/azure-native:monitor:ActionGroup/alarms"}] == rules[name]["actions"]
    assert [] == alarms().of_type("azure-native:monitor:MetricAlert")


def test_what_expires_in_the_vault_is_told() -> None:
    """It should look for keys and certificates, before and when they expire."""
    query = alerts(BREAK_GLASS)["certificate-expiring"].query

    for what in ("Key", "Certificate"):
        for when in ("NearExpiry", "Expired"):
            assert f'"{what}{when}EventGridNotification"' in query


def test_group_tells_people() -> None:
    """It should send to each address."""
    group = alarms().only("azure-native:monitor:ActionGroup").inputs

    assert ["duty@nhsmail.example"] == [each["emailAddress"] for each in group["emailReceivers"]]
    assert len(group["groupShortName"]) <= 12


@pytest.mark.parametrize("account", BREAK_GLASS)
def test_break_glass_is_critical(account: str) -> None:
    """It should wake somebody for any sign-in of either account (control 36 of section C2)."""
    alert = alerts(BREAK_GLASS)["break-glass-sign-in"]

    assert (0, 0) == (alert.severity, alert.threshold)
    assert f'"{account}"' in alert.query


def test_workspace_has_no_shared_key_in_use() -> None:
    """It should take Entra tokens only, keep logs as long as it is told, and hold the activity log."""
    clouds = Clouds().install("foundation-production")

    run(lambda: {"id": Logs("logs", LogsArgs("the-group", 365, TAGS)).id})

    workspace = clouds.only("azure-native:operationalinsights:Workspace").inputs
    activity = clouds.only("azure-native:monitor:SubscriptionDiagnosticSetting").inputs
    assert (365, {"disableLocalAuth": True}) == (workspace["retentionInDays"], workspace["features"])
    assert {"Administrative", "Security"} <= {each["category"] for each in activity["logs"]}


def test_sources_send_all_their_logs() -> None:
    """It should make a setting on each source, with all logs, to the workspace."""
    clouds = Clouds().install("foundation-production")
    args = DiagnosticsArgs("/the/workspace", {"vault": "/the/vault"})

    run(lambda: {"id": Diagnostics("diagnostics", args).settings["vault"].id})

    setting = clouds.only("azure-native:monitor:DiagnosticSetting").inputs
    assert ("/the/vault", "/the/workspace", [{"categoryGroup": "allLogs", "enabled": True}]) == (
        setting["resourceUri"],
        setting["workspaceId"],
        setting["logs"],
    )


def test_budget_warns_before_the_money_is_gone() -> None:
    """It should warn at four fifths, at all of it, and when all of it is to be expected."""
    clouds = Clouds().install("foundation-production")
    args = BudgetArgs(SUBSCRIPTION, 1000, "2026-09-01", ["duty@nhsmail.example"])

    run(lambda: {"id": Budget("budget", args).budget.id})

    budget = clouds.only("azure-native:consumption:Budget").inputs
    assert (f"/subscriptions/{SUBSCRIPTION}", 1000, {"startDate": "2026-09-01T00:00:00Z"}) == (
        budget["scope"],
        budget["amount"],
        budget["timePeriod"],
    )
    assert {("Actual", 80), ("Actual", 100), ("Forecasted", 100)} == {
        (each["thresholdType"], each["threshold"]) for each in budget["notifications"].values()
    }
