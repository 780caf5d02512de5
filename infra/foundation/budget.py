"""What the environment may cost in a month, and who hears that it costs more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import consumption

WARNINGS = {"forecast": ("Forecasted", 100), "most": ("Actual", 80), "all": ("Actual", 100)}
"""Name of the warning: what is compared with the budget, and the share of it in percent."""


@dataclass(frozen=True)
class BudgetArgs:
    """*monthly* in the currency of the subscription; *since*: the first day of the first month, as 2026-09-01."""

    subscription_id: str
    monthly: int
    since: str
    emails: Sequence[str]


class Budget(pulumi.ComponentResource):
    """A budget of the whole subscription. It warns, and stops nothing."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Budget", name, None, opts)
        self._name = name
        self._args = args

        self.budget = self._budget()

        self.register_outputs({})

    def _budget(self) -> consumption.Budget:
        return consumption.Budget(
            self._name,
            scope=f"/subscriptions/{self._args.subscription_id}",
            amount=self._args.monthly,
            category=consumption.CategoryType.COST,
            time_grain=consumption.TimeGrainType.MONTHLY,
            time_period=consumption.BudgetTimePeriodArgs(start_date=f"{self._args.since}T00:00:00Z"),
            notifications={warning: self._notification(*limit) for warning, limit in WARNINGS.items()},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _notification(self, compared: str, percent: int) -> consumption.NotificationArgs:
        return consumption.NotificationArgs(
            enabled=True,
            operator=consumption.OperatorType.GREATER_THAN_OR_EQUAL_TO,
            threshold_type=compared,
            threshold=percent,
            contact_emails=self._args.emails,
        )
