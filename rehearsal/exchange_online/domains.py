"""Get- and Set-AcceptedDomain, and Get-OrganizationConfig."""

from __future__ import annotations

from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, handler
from rehearsal.exchange_online.errors import BadArgument, NotFound
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Guid, Row

_SETTABLE = (
    "DomainType MatchSubDomains OutboundOnly SendingFromDomainDisabled SendingToDomainDisabled CanHaveCloudCache "
    "EnableNego2Authentication MailFlowRegion"
)


class Domains:
    """The cmdlets of the organisation and its accepted domains."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-AcceptedDomain": handler(self._get, "Identity ResultSize"),
            "Set-AcceptedDomain": handler(self._set, f"Identity {_SETTABLE}"),
            "Get-OrganizationConfig": handler(self._organisation),
        }

    def _get(self, bound: Bound) -> Output:
        if bound.get("Identity") is None:
            return Output([dict(row) for row in self._tenant.domains.values()])
        return Output([dict(self._find(bound.text("Identity"), status=404))])

    def _find(self, identity: str | None, *, status: int) -> Row:
        for row in self._tenant.domains.values():
            if str(identity).lower() in (str(row["Name"]).lower(), row["Guid"]):
                return row
        raise NotFound(identity, status=status)

    def _set(self, bound: Bound) -> Output:
        row = self._find(bound.identity(), status=400)
        after = row | {name: bound[name] for name in _SETTABLE.split() if name in bound}
        if after["MatchSubDomains"] and after["DomainType"] == "Authoritative":
            raise BadArgument("MatchSubDomains can be set only on an internal or external relay domain.")
        if after == row:
            text = (
                f"The command completed successfully but no settings of '{row['Name']}' have been modified."
            )
            return Output([], (text,))
        row.update(after, WhenChanged=self._tenant.now)
        return NOTHING

    def _organisation(self, _: Bound) -> Output:
        name = next(str(row["Name"]) for row in self._tenant.domains.values() if row["InitialDomain"])
        row: Row = {
            "Name": name,
            "Identity": name,
            "Guid": Guid(self._tenant.estate.tenant_id),
            "ExternalDirectoryOrganizationId": Guid(self._tenant.estate.tenant_id),
            "IsDehydrated": False,
            "IsMixedMode": False,
            "OAuth2ClientProfileEnabled": True,
            "WhenCreated": self._tenant.set_up,
        }
        return Output([row])
