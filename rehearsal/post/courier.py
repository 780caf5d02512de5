"""The application that tries mail and free/busy: it may send out of the cloud's mailbox made for that, and ask as it.

It may do nothing else. It stands as the stack hybrid makes one (RBAC for Applications): roles of applications within a
scope of one mailbox.
"""

from __future__ import annotations

from rehearsal import draws
from rehearsal.exchange_online import ExchangeOnline
from rehearsal.exchange_online.rbac import Assignment, Principal, Scope

COURIER = "7f1c33a2-0000-4000-8000-0000000000ac"
"""Its client id."""
ROLES = ("Application Mail.Send", "Application Calendars.Read")
_NAME = "rehearsal courier"


def allow(online: ExchangeOnline, mailbox: str) -> None:
    """Let Exchange have known since the tenant was set up that it may send out of *mailbox*, and ask as it."""
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
    rbac.principals[principal.guid] = principal
    rbac.scopes[scope.guid] = scope
    for role in ROLES:
        guid = draws.guid(seed, COURIER, f"assignment {role}")
        rbac.assignments[guid] = Assignment(f"{role}-{_NAME}", guid, role, principal.guid, then, scope.guid)
