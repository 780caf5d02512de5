"""Who is woken, and the rules that wake them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor

from infra.foundation.alert_table import LEDGER_ALERTS, Alert, MetricAlert, alerts


@dataclass(frozen=True)
class AlarmsArgs:
    """*emails*: who is told; *break_glass*: user principal names whose every sign-in is news.

    *ledger_id*: the ledger's server, or None where an environment has none.
    """

    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    emails: Sequence[str]
    break_glass: Sequence[str]
    tags: Mapping[str, str]
    ledger_id: pulumi.Input[str] | None = None


class Alarms(pulumi.ComponentResource):
    """One action group, and a rule for each row of the tables of alerts."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Alarms", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.group = self._group()
        self.rules = {each: self._rule(each, alert) for each, alert in alerts(args.break_glass).items()}
        self.metrics = self._metrics(args.ledger_id)

        self.group_id: pulumi.Output[str] = self.group.id
        self.register_outputs({"group_id": self.group_id})

    def _group(self) -> monitor.ActionGroup:
        receivers = [
            monitor.MicrosoftCommonEmailReceiverArgs(
                name=address, email_address=address, use_common_alert_schema=True
            )
            for address in self._args.emails
        ]
        return monitor.ActionGroup(
            self._name,
            resource_group_name=self._args.resource_group_name,
            location="global",
            group_short_name="mailwave",
            enabled=True,
            email_receivers=receivers,
            tags=self._args.tags,
            opts=self._child,
        )

    def _rule(self, name: str, alert: Alert) -> monitor.ScheduledQueryRule:
        condition = monitor.ConditionArgs(
            query=alert.query,
            time_aggregation=monitor.TimeAggregation.COUNT,
            operator="GreaterThan",
            threshold=alert.threshold,
            failing_periods=monitor.ConditionFailingPeriodsArgs(
                number_of_evaluation_periods=1, min_failing_periods_to_alert=1
            ),
        )
        return monitor.ScheduledQueryRule(
            name,
            resource_group_name=self._args.resource_group_name,
            description=f"{alert.means}. Source: {alert.source}.",
            severity=alert.severity,
            enabled=True,
            scopes=[self._args.workspace_id],
            evaluation_frequency=alert.window,
            window_size=alert.window,
            criteria=monitor.ScheduledQueryRuleCriteriaArgs(all_of=[condition]),
            actions=monitor.ActionsArgs(action_groups=[self.group.id]),
            # A table is there only when its first row is.
            skip_query_validation=True,
            tags=self._args.tags,
            opts=self._child,
        )

    def _metrics(self, ledger_id: pulumi.Input[str] | None) -> dict[str, monitor.MetricAlert]:
        if ledger_id is None:
            return {}
        return {name: self._metric(name, alert, ledger_id) for name, alert in LEDGER_ALERTS.items()}

    def _metric(self, name: str, alert: MetricAlert, scope: pulumi.Input[str]) -> monitor.MetricAlert:
        criterion = monitor.MetricCriteriaArgs(
            criterion_type="StaticThresholdCriterion",
            name=name,
            metric_name=alert.metric,
            time_aggregation=alert.aggregation,
            operator=alert.operator,
            threshold=alert.threshold,
        )
        return monitor.MetricAlert(
            name,
            resource_group_name=self._args.resource_group_name,
            location="global",
            description=f"{alert.means}. Source: {alert.source}.",
            severity=alert.severity,
            enabled=True,
            scopes=[scope],
            evaluation_frequency=alert.every,
            window_size=alert.window,
            criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                all_of=[criterion],
            ),
            actions=[monitor.MetricAlertActionArgs(action_group_id=self.group.id)],
            auto_mitigate=True,
            tags=self._args.tags,
            opts=self._child,
        )
