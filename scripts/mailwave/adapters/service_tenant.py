"""The tenant and the sites as the stages of services need them: two sides of one mailbox, read by sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exchange_admin import ExchangeAdmin, find_by_guid
from mailwave.adapters.aftercare_cloud import AftercareTenant
from mailwave.adapters.aftercare_site import AftercareSites
from mailwave.ports.aftercare import Side

MANY = 5_000
"""People above whom one list of everybody costs less than asking for some by their ExchangeGuids."""


class ServiceSides:
    """Exchange Online through *admin*; changes go through the two sides as the care after a move knows them."""

    def __init__(self, admin: ExchangeAdmin, tenant: AftercareTenant, sites: AftercareSites) -> None:
        self._admin = admin
        self._sides: Mapping[str, Side] = {"cloud": tenant, "site": sites}

    def keys(self, guids: Sequence[str]) -> dict[str, str]:
        """See `mailwave.ports.services.ServiceTenant`; a mail user has the ExchangeGuid, too, once it is carried."""
        rows = find_by_guid(self._admin, "Get-Recipient", guids) if len(guids) <= MANY else self._every(guids)
        ids = {guid: str(row.get("ExternalDirectoryObjectId") or "").lower() for guid, row in rows.items()}
        return {guid: key for guid, key in ids.items() if key}

    def _every(self, guids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        wanted = set(guids)
        rows = self._admin.invoke("Get-Recipient", {"ResultSize": "Unlimited"}).rows
        return {guid: row for row in rows if (guid := str(row["ExchangeGuid"]).lower()) in wanted}

    def settings(self, noun: str, guids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """See `mailwave.ports.services.ServiceTenant`; other nouns than mailboxes take no filter by mailbox."""
        boxes = find_by_guid(self._admin, "Get-Mailbox", guids)
        if noun == "Mailbox":
            return dict(boxes)
        every = self._admin.invoke(f"Get-{noun}", {"ResultSize": "Unlimited"}).rows
        rows = {str(row["Guid"]): row for row in every}
        return {guid: rows[key] for guid, row in boxes.items() if (key := str(row["Guid"])) in rows}

    def change(self, side: str, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
        """See `mailwave.ports.services.ServiceTenant`."""
        self._sides[side].change(cmdlet, parameters, site)
