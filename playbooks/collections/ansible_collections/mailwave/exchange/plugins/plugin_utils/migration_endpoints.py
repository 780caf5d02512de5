# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The migration endpoints of Exchange Online, and whether the credentials that each holds still open the premises.

Nothing shows which account an endpoint holds (fact B6), and its credentials cannot be set through the admin endpoint
(fact A19): a test of each endpoint is all that can be known from here.
"""

from __future__ import annotations

from typing import Any

from exchange_admin.errors import ExchangeError
from exchange_admin.port import ExchangeAdmin, Row

CHECK = "migration-endpoint-refused"


def tested(admin: ExchangeAdmin) -> list[dict[str, Any]]:
    """A check for each remote-move endpoint: whether Exchange Online logs on with what it holds.

    Raises:
        exchange_admin.errors.ExchangeError: the endpoints could not be listed.
    """
    rows = admin.invoke("Get-MigrationEndpoint").rows
    moves = [row for row in rows if str(row.get("EndpointType")) == "ExchangeRemoteMove"]
    return [_tested(admin, str(row["Identity"])) for row in moves]


def _tested(admin: ExchangeAdmin, name: str) -> dict[str, Any]:
    try:
        (row,) = admin.invoke("Test-MigrationServerAvailability", {"Endpoint": name}).rows
    except ExchangeError as error:
        return {"id": CHECK, "subject": name, "unknown": str(error)}
    return {"id": CHECK, "subject": name, "holds": _works(row), "found": _said(row), "expected": "Success"}


def _works(row: Row) -> bool:
    return str(row.get("Result")) == "Success"


def _said(row: Row) -> str:
    return (
        "Success" if _works(row) else str(row.get("Message") or row.get("ErrorDetail") or row.get("Result"))
    )
