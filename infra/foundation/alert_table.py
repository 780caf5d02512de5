"""What somebody is woken for, as data.

The runners' own alerts count lines of their log that are JSON objects with an ``event``: the names in this table are
those that the operator command writes (`mailwave.core.events`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RUNNERS = "the runners' console log, which their environment's diagnostic setting sends to the workspace"
SIGN_INS = "Entra's sign-in log, which the directory's own diagnostic setting sends to the workspace"
AUDIT = "Entra's audit log, which the directory's own diagnostic setting sends to the workspace"
LEDGER = "metrics of https://learn.microsoft.com/azure/postgresql/monitor/concepts-monitoring"
VAULT = (
    "the vault's audit log; https://learn.microsoft.com/azure/key-vault/general/logging names the operations"
)


EXPIRIES = (
    "CertificateNearExpiryEventGridNotification",
    "CertificateExpiredEventGridNotification",
    "KeyNearExpiryEventGridNotification",
    "KeyExpiredEventGridNotification",
)
"""What the vault says thirty days before and when something expires; a key that rotates never comes to that."""


@dataclass(frozen=True)
class Alert:
    """*query* is KQL over the workspace; the alert fires when more than *threshold* rows lie within *window*.

    *severity*: 0 (critical) to 4 (verbose); *window*: ISO 8601, also how often is looked; *means*: what has happened;
    *source*: where the rows come from.
    """

    means: str
    query: str
    severity: int
    threshold: int
    window: str
    source: str


@dataclass(frozen=True)
class MetricAlert:
    """It fires when *metric* of a resource, put together by *aggregation*, is *operator* *threshold* over *window*.

    The other fields are those of `Alert`; *every*: how often is looked.
    """

    means: str
    metric: str
    aggregation: str
    operator: str
    threshold: float
    severity: int
    source: str
    window: str = "PT5M"
    every: str = "PT1M"


LEDGER_ALERTS: Mapping[str, MetricAlert] = {
    "ledger-down": MetricAlert(
        "The ledger's server does not answer, and no run can record what it does",
        "is_db_alive",
        "Maximum",
        "LessThan",
        1,
        1,
        LEDGER,
    ),
    "ledger-filling": MetricAlert(
        "The ledger's disk is filling up; at 95 % the server takes no more writes",
        "storage_percent",
        "Average",
        "GreaterThan",
        80,
        2,
        LEDGER,
    ),
}
"""What is told of the ledger's server by its metrics, which need no log to arrive."""


def alerts(break_glass: Sequence[str]) -> Mapping[str, Alert]:
    """Every alert by its name; *break_glass* are the user principal names that nobody signs in with."""
    return {
        **_of_runs(),
        "break-glass-sign-in": Alert(
            "Somebody has tried to sign in with a break-glass account",
            f"SigninLogs | where UserPrincipalName in~ ({_texts(break_glass)})",
            0,
            0,
            "PT5M",
            SIGN_INS,
        ),
        "privileged-role": Alert(
            "A privileged role was given or activated",
            'AuditLogs | where Category == "RoleManagement" or OperationName has "PIM activation"',
            2,
            0,
            "PT5M",
            AUDIT,
        ),
        "certificate-expiring": Alert(
            "A certificate or a key in the vault is about to expire, or has expired",
            f"AZKVAuditLogs | where OperationName in ({_texts(EXPIRIES)})",
            2,
            0,
            "P1D",
            VAULT,
        ),
    }


def _of_runs() -> Mapping[str, Alert]:
    """What is told of waves under way, by the lines that they write."""
    return {
        "batch-failed": Alert(
            "A migration batch was not started, holds strangers, or has failed altogether",
            _event("batch.failed"),
            1,
            0,
            "PT5M",
            RUNNERS,
        ),
        "move-stalled": Alert(
            "Moves still copy though their window is open, or have not ended with it",
            _event("move.stalled"),
            2,
            0,
            "PT15M",
            RUNNERS,
        ),
        "move-needs-person": Alert(
            "Moves have failed for a cause that somebody must mend, or would lose items that nobody has approved",
            _event("move.needs-person"),
            2,
            0,
            "PT15M",
            RUNNERS,
        ),
        "wave-over-budget": Alert(
            "A wave has failed, or kept the service desk busy, more than its ring allows, and every wave is held",
            _event("wave.over-budget"),
            1,
            0,
            "PT5M",
            RUNNERS,
        ),
        "licence-missing": Alert(
            "Moved mailboxes come to the end of the 30 days that they live without a licence",
            _event("licence.missing"),
            1,
            0,
            "P1D",
            RUNNERS,
        ),
        "throttled": Alert(
            "Exchange Online answers 429 more than twice a minute",
            _event("exchange.throttled"),
            2,
            30,
            "PT15M",
            RUNNERS,
        ),
        "endpoint-unreachable": Alert(
            "Exchange Online does not reach, or is not let in by, a site's mrsproxy.svc",
            _event("endpoint.unreachable"),
            1,
            0,
            "PT5M",
            RUNNERS,
        ),
    }


def _event(name: str) -> str:
    return f"ContainerAppConsoleLogs | where tostring(parse_json(Log).event) == {json.dumps(name)}"


def _texts(values: Sequence[str]) -> str:
    """Values as KQL literals, whose double-quoted form is that of JSON."""
    return ", ".join(json.dumps(value) for value in values)
