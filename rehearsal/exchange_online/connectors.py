"""Get-, New-, Set- and Remove-OutboundConnector."""

from __future__ import annotations

from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, handler
from rehearsal.exchange_online.errors import AlreadyExists, BadArgument, NotFound
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Guid, Row

_LISTS = ("RecipientDomains", "SmartHosts")
_DEFAULTS: Row = {
    "Enabled": True,
    "UseMXRecord": True,
    "Comment": "",
    "ConnectorType": "Partner",
    "ConnectorSource": "Default",
    "TlsDomain": None,
    "TlsSettings": None,
    "IsTransportRuleScoped": False,
    "RouteAllMessagesViaOnPremises": False,
    "CloudServicesMailEnabled": False,
    "AllAcceptedDomains": False,
    "SenderRewritingEnabled": False,
    "TestMode": False,
    "MtaStsMode": "Opportunistic",
    "SmtpDaneMode": "Opportunistic",
}
_SETTABLE = " ".join(("Name", *_LISTS, *_DEFAULTS))


class Connectors:
    """The cmdlets of outbound connectors."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-OutboundConnector": handler(self._get, "Identity ResultSize IncludeTestModeConnectors"),
            "New-OutboundConnector": handler(self._new, _SETTABLE),
            "Set-OutboundConnector": handler(self._set, f"Identity {_SETTABLE}"),
            "Remove-OutboundConnector": handler(self._remove, "Identity"),
        }

    def _get(self, bound: Bound) -> Output:
        if bound.get("Identity") is not None:
            return Output([dict(self._find(bound.text("Identity"), status=404))])
        shown = bound.flag("IncludeTestModeConnectors")
        return Output([dict(row) for row in self._tenant.connectors.values() if shown or not row["TestMode"]])

    def _find(self, identity: str | None, *, status: int) -> Row:
        wanted = str(identity).lower()
        for row in self._tenant.connectors.values():
            if wanted in (str(row["Name"]).lower(), str(row["Guid"])):
                return row
        raise NotFound(identity, status=status)

    def _new(self, bound: Bound) -> Output:
        row = _DEFAULTS | {name: [] for name in _LISTS}
        self._apply(row, bound)
        self._check_name(row)
        row |= {
            "Identity": row["Name"],
            "Guid": Guid(self._tenant.new_guid("outbound-connector")),
            "IsValidated": False,
            "WhenCreated": self._tenant.now,
            "WhenChanged": self._tenant.now,
        }
        self._tenant.connectors[str(row["Name"]).lower()] = row
        return Output([dict(row)])

    def _set(self, bound: Bound) -> Output:
        row = self._find(bound.identity(), status=400)
        after = dict(row)
        self._apply(after, bound)
        if str(after["Name"]).lower() != str(row["Name"]).lower():
            self._check_name(after)
        del self._tenant.connectors[str(row["Name"]).lower()]
        after |= {"Identity": after["Name"], "WhenChanged": self._tenant.now}
        self._tenant.connectors[str(after["Name"]).lower()] = after
        return NOTHING

    def _remove(self, bound: Bound) -> Output:
        row = self._find(bound.identity(), status=400)
        del self._tenant.connectors[str(row["Name"]).lower()]
        return NOTHING

    def _check_name(self, row: Row) -> None:
        if str(row["Name"]).lower() in self._tenant.connectors:
            raise AlreadyExists("OutboundConnector", str(row["Name"]))

    def _apply(self, row: Row, bound: Bound) -> None:
        for name in _SETTABLE.split():
            if name in bound:
                now = row.get(name)
                row[name] = bound.changed_list(name, now) if isinstance(now, list) else bound[name]
        problem = _problem(row)
        if problem:
            raise BadArgument(problem)


def _problem(row: Row) -> str | None:
    """Return which rule of a connector *row* breaks."""
    scoped = row["RecipientDomains"] or row["AllAcceptedDomains"] or row["IsTransportRuleScoped"]
    validates = row["TlsSettings"] == "DomainValidation"
    partner = row["ConnectorType"] != "OnPremises"
    broken = {
        "RecipientDomains must be specified.": not scoped,
        "Specify either SmartHosts or UseMXRecord, but not both.": bool(row["SmartHosts"])
        == row["UseMXRecord"],
        "TlsDomain and the TlsSettings DomainValidation go together.": validates != bool(row["TlsDomain"]),
        "CloudServicesMailEnabled needs a connector of type OnPremises.": row["CloudServicesMailEnabled"]
        and partner,
        "RouteAllMessagesViaOnPremises needs a connector of type OnPremises.": (
            row["RouteAllMessagesViaOnPremises"] and partner
        ),
    }
    return next((text for text, is_broken in broken.items() if is_broken), None)
