"""What somebody is woken for, as data.

The runners' own alerts count lines of their log that are JSON objects with an ``event``: the names in this table are
the ones that the operator command has to write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RUNNERS = "the runners' console log, which their environment's diagnostic setting sends to the workspace"
SIGN_INS = "Entra's sign-in log, which the directory's own diagnostic setting sends to the workspace"
VAULT = (
    "the vault's audit log; https://learn.microsoft.com/azure/key-vault/general/logging names the operations"
)


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


def alerts(break_glass: Sequence[str]) -> Mapping[str, Alert]:
    """Every alert by its name; *break_glass* are the user principal names that nobody signs in with."""
    return {
        "batch-failed": Alert("A migration batch has failed", _event("batch.failed"), 1, 0, "PT5M", RUNNERS),
        "move-stalled": Alert(
            "A move has made no progress for longer than its limit",
            _event("move.stalled"),
            2,
            0,
            "PT15M",
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
            "A migration endpoint cannot be reached", _event("endpoint.unreachable"), 1, 0, "PT5M", RUNNERS
        ),
        "break-glass-sign-in": Alert(
            "Somebody has tried to sign in with a break-glass account",
            f"SigninLogs | where UserPrincipalName in~ ({_texts(break_glass)})",
            0,
            0,
            "PT5M",
            SIGN_INS,
        ),
        "certificate-expiring": Alert(
            "A certificate in the vault is about to expire, or has expired",
            "AZKVAuditLogs | where OperationName in "
            f"({_texts(('CertificateNearExpiryEventGridNotification', 'CertificateExpiredEventGridNotification'))})",
            2,
            0,
            "P1D",
            VAULT,
        ),
    }


def _event(name: str) -> str:
    return f"ContainerAppConsoleLogs | where tostring(parse_json(Log).event) == {json.dumps(name)}"


def _texts(values: Sequence[str]) -> str:
    """Values as KQL literals, whose double-quoted form is that of JSON."""
    return ", ".join(json.dumps(value) for value in values)
