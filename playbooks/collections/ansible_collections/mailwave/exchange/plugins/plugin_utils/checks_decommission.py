# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Whether a site may be taken down: nobody lives there any more, nothing moves, and no mail goes that way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exchange_admin.errors import ExchangeError
from exchange_admin.migration.batch import ENDED
from exchange_admin.port import ExchangeAdmin
from exchange_admin.values import plain

Checks = list[dict[str, Any]]
SHOWN = 5


def checks(site: ExchangeAdmin, tenant: ExchangeAdmin, name: str, endpoint: str) -> Checks:
    """The checks of the site called *name*, whose migration endpoint is *endpoint*.

    A read that fails leaves its own check unknown, and the others are read all the same.
    """
    looks: Mapping[str, Callable[[], list[str]]] = {
        "site-holds-mailboxes": lambda: _mailboxes(site),
        "site-holds-batches": lambda: _batches(tenant, endpoint),
        "site-carries-mail": lambda: _connectors(tenant),
    }
    return [_check(check, look, name) for check, look in looks.items()]


def _check(check: str, look: Callable[[], list[str]], site: str) -> dict[str, Any]:
    try:
        found = look()
    except ExchangeError as error:
        return {"id": check, "unknown": str(error), "subject": site}
    rest = len(found) - SHOWN
    shown = [*found[:SHOWN], *([f"and {rest} more"] if rest > 0 else [])]
    return {"id": check, "holds": not found, "found": shown, "expected": [], "subject": site}


def _mailboxes(site: ExchangeAdmin) -> list[str]:
    """Who still has a mailbox there (fact B20: one that has moved is a remote mailbox)."""
    rows = site.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).rows
    return sorted(str(plain(row["PrimarySmtpAddress"])) for row in rows)


def _batches(tenant: ExchangeAdmin, endpoint: str) -> list[str]:
    """Batches of its endpoint that have not ended (fact B34b)."""
    rows = tenant.invoke("Get-MigrationBatch", {"ResultSize": "Unlimited"}).rows
    return sorted(
        f"{row['Identity']} ({plain(row.get('Status'))})"
        for row in rows
        if endpoint.casefold() in _endpoints(row) and str(plain(row.get("Status"))).casefold() not in ENDED
    )


def _endpoints(row: Mapping[str, Any]) -> set[str]:
    return {str(plain(row.get(name)) or "").casefold() for name in ("SourceEndpoint", "TargetEndpoint")}


def _connectors(tenant: ExchangeAdmin) -> list[str]:
    """Enabled connectors that lead mail by way of the sites (fact D12: those of type OnPremises)."""
    rows = tenant.invoke("Get-OutboundConnector").rows
    return sorted(
        str(row["Name"])
        for row in rows
        if plain(row.get("Enabled")) and str(plain(row.get("ConnectorType"))).casefold() == "onpremises"
    )
