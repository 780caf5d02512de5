"""The application that tries mail: it may send out of the cloud's mailbox made for that, and do nothing else.

It stands as the stack hybrid makes one (RBAC for Applications): a role of applications within a scope of one mailbox.
"""

from __future__ import annotations

from rehearsal import draws
from rehearsal.exchange_online import ExchangeOnline
from rehearsal.exchange_online.rbac import Assignment, Principal, Scope

COURIER = "7f1c33a2-0000-4000-8000-0000000000ac"
"""Its client id."""
ROLE = "Application Mail.Send"
_NAME = "rehearsal courier"


def allow(online: ExchangeOnline, mailbox: str) -> None:
    """Let Exchange have known since the tenant was set up that it may send out of *mailbox*."""
    tenant, rbac = online.tenant, online.rbac
    then, seed = tenant.set_up, tenant.seed
    principal = Principal(
        COURIER,
        draws.guid(seed, COURIER, "object-id"),
        _NAME,
        draws.guid(seed, COURIER, "service-principal"),
        then,
    )
    condition = f"PrimarySmtpAddress -eq '{mailbox}'"
    scope = Scope(_NAME, draws.guid(seed, COURIER, "scope"), condition, then)
    given = Assignment(
        f"{ROLE}-{_NAME}", draws.guid(seed, COURIER, "assignment"), ROLE, principal.guid, then, scope.guid
    )
    rbac.principals[principal.guid] = principal
    rbac.scopes[scope.guid] = scope
    rbac.assignments[given.guid] = given
