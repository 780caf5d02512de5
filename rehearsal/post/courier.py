"""The application that tries mail and free/busy: it may send out of the cloud's mailbox made for that, and ask as it.

It may do nothing else. It stands as the stack hybrid makes one (RBAC for Applications): roles of applications within a
scope of one mailbox.
"""

from __future__ import annotations

from rehearsal.applications import Known
from rehearsal.exchange_online import ExchangeOnline

COURIER = "7f1c33a2-0000-4000-8000-0000000000ac"
"""Its client id."""
ROLES = ("Application Mail.Send", "Application Calendars.Read")


def allow(online: ExchangeOnline, mailbox: str) -> None:
    """Let Exchange have known since the tenant was set up that it may send out of *mailbox*, and ask as it."""
    courier = Known(online, COURIER, "rehearsal courier")
    scope = courier.scope(f"PrimarySmtpAddress -eq '{mailbox}'")
    for role in ROLES:
        courier.assign(role, scope)
