"""Servers and what each has once: roles, transport, client access, Outlook Anywhere, and its components' states."""

from __future__ import annotations

from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.builds import displayed
from rehearsal.site.machine import Machines
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.offer import Offer, offered
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

EXCHANGE_SERVER = Kind(
    noun="ExchangeServer",
    container="",
    verbs=("Get", "Set"),
    of_server=True,
    keys=("Fqdn",),
    looks=frozenset({"Status"}),
    defaults={
        "Fqdn": None,
        "Domain": None,
        "Site": None,
        "AdminDisplayVersion": None,
        "Edition": "Enterprise",
        "ServerRole": "Mailbox",
        "IsMailboxServer": True,
        "IsClientAccessServer": True,
        "IsHubTransportServer": True,
        "IsFrontendTransportServer": True,
        "IsE14OrLater": True,
        "IsE15OrLater": True,
        "IsMemberOfCluster": "No",
        "CurrentDomainControllers": [],
        "StaticDomainControllers": [],
        "StaticGlobalCatalogs": [],
        "StaticConfigDomainController": None,
        "ErrorReportingEnabled": None,
        "CustomerFeedbackEnabled": None,
        "InternetWebProxy": None,
        "MonitoringGroup": "",
    },
)

TRANSPORT_SERVICE = Kind(
    noun="TransportService",
    container="",
    verbs=("Get", "Set"),
    of_server=True,
    defaults={
        "AntispamAgentsEnabled": False,
        "ConnectivityLogEnabled": True,
        "ConnectivityLogMaxAge": "30.00:00:00",
        "ExternalDNSAdapterEnabled": True,
        "ExternalDNSServers": [],
        "InternalDNSAdapterEnabled": True,
        "MaxConcurrentMailboxDeliveries": 20,
        "MaxConcurrentMailboxSubmissions": 20,
        "MaxOutboundConnections": "1000",
        "MaxPerDomainOutboundConnections": "20",
        "MessageExpirationTimeout": "2.00:00:00",
        "MessageTrackingLogEnabled": True,
        "MessageTrackingLogMaxAge": "30.00:00:00",
        "OutboundConnectionFailureRetryInterval": "00:10:00",
        "TransientFailureRetryCount": 6,
        "TransientFailureRetryInterval": "00:05:00",
    },
)

CLIENT_ACCESS_SERVICE = Kind(
    noun="ClientAccessService",
    container="",
    verbs=("Get", "Set"),
    of_server=True,
    keys=("Fqdn",),
    looks=frozenset({"IncludeAlternateServiceAccountCredentialStatus"}),
    defaults={
        "Fqdn": None,
        "OutlookAnywhereEnabled": True,
        "AutoDiscoverServiceCN": None,
        "AutoDiscoverServiceClassName": "ms-Exchange-AutoDiscover-Service",
        "AutoDiscoverServiceInternalUri": None,
        "AutoDiscoverServiceGuid": None,
        "AutoDiscoverSiteScope": [],
        "AlternateServiceAccountConfiguration": "Latest: <Not set>",
    },
)

OUTLOOK_ANYWHERE = Kind(
    noun="OutlookAnywhere",
    container="CN=HTTP,CN=Protocols",
    verbs=("Get", "Set"),
    of_server=True,
    defaults={
        "ExternalHostname": None,
        "InternalHostname": None,
        "ExternalClientAuthenticationMethod": "Negotiate",
        "InternalClientAuthenticationMethod": "Ntlm",
        "IISAuthenticationMethods": ["Basic", "Ntlm", "Negotiate"],
        "ExternalClientsRequireSsl": True,
        "InternalClientsRequireSsl": True,
        "SSLOffloading": False,
        "ExtendedProtectionTokenChecking": "Require",
        "ExtendedProtectionFlags": [],
        "ExtendedProtectionSPNList": [],
        "MetabasePath": None,
        "AdminDisplayVersion": None,
    },
)


def objects(around: Surroundings, machines: Machines) -> list[Objects]:
    """The objects of this topic for every server."""

    def version(row: Row, _bound: Bound) -> Row:
        build = machines[str(row["Server"])].exchange
        return {"AdminDisplayVersion": displayed(build)}

    def server(row: Row, bound: Bound) -> Row:
        at = around.site_of(around.stood(str(row["Server"]))).name
        asked = [name for name in around.controllers.names if around.controllers.site(name) == at]
        return version(row, bound) | {"CurrentDomainControllers": asked if bound.get("Status") else []}

    access = {
        "AutoDiscoverServiceInternalUri": f"https://autodiscover.{around.tenant.mail_domain}/Autodiscover/Autodiscover.xml"
    }
    rows = [_born(around, name) for name in (each.name for each in around.servers)]
    anywhere = [row | _anywhere(around, str(row["Server"])) for row in rows]
    return [
        Objects(EXCHANGE_SERVER, around, rows, server),
        Objects(TRANSPORT_SERVICE, around, rows),
        Objects(CLIENT_ACCESS_SERVICE, around, [row | access for row in rows]),
        Objects(OUTLOOK_ANYWHERE, around, anywhere, version),
    ]


def _born(around: Surroundings, name: str) -> Row:
    server = around.server(name, "")
    site = around.site_of(server)
    return {
        "Name": server.name,
        "Server": server.name,
        "Fqdn": server.fqdn,
        "Domain": site.domain,
        "Site": f"{around.tenant.mail_domain}/Configuration/Sites/{site.name.title()}",
        "AutoDiscoverServiceCN": server.name,
    }


def _anywhere(around: Surroundings, name: str) -> Row:
    server = around.server(name, "")
    host = around.site_of(server).endpoint_host
    return {
        "Name": "Rpc (Default Web Site)",
        "ExternalHostname": host,
        "InternalHostname": host,
        "MetabasePath": f"IIS://{server.fqdn}/W3SVC/1/ROOT/Rpc",
    }


_COMPONENTS = (
    *("ServerWideOffline", "HubTransport", "FrontendTransport", "Monitoring", "RecoveryActionsEnabled"),
    *("AutoDiscoverProxy", "ActiveSyncProxy", "EcpProxy", "EwsProxy", "ImapProxy", "OabProxy", "OwaProxy"),
    *("PopProxy", "PushNotificationsProxy", "RpsProxy", "RwsProxy", "RpcProxy", "XropProxy", "MapiProxy"),
    *("HttpProxyAvailabilityGroup", "HighAvailability", "SharedCache", "RoutingUpdates", "RestProxy"),
)
_STAY = frozenset({"Monitoring", "RecoveryActionsEnabled"})
"""Components that go on while the server as a whole is offline."""


class Components:
    """What each component of a server does, by who asked for it: one that says Inactive is enough."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._asked: dict[tuple[str, str], dict[str, str]] = {}
        self.cmdlets: Offer = {
            "Get-ServerComponentState": offered("Component Identity", self._get),
            "Set-ServerComponentState": offered(
                "Component Identity LocalOnly RemoteOnly Requester State", self._set
            ),
        }

    def state(self, server: str, component: str) -> str:
        """Active, Draining or Inactive."""
        said = set(self._asked.get((server, component), {}).values())
        offline = component not in _STAY and component != "ServerWideOffline"
        if offline and self.state(server, "ServerWideOffline") == "Inactive":
            return "Inactive"
        return next((state for state in ("Inactive", "Draining") if state in said), "Active")

    def _get(self, bound: Bound) -> CmdletResult:
        server = self._around.server(bound.get("Identity"), self._around.controller(bound))
        asked = bound.get("Component")
        names = [name for name in _COMPONENTS if asked is None or name.casefold() == asked.casefold()]
        if not names:
            raise failures.component_unknown(asked)
        return CmdletResult(
            rows=[
                {
                    "ServerFqdn": server.fqdn,
                    "Component": name,
                    "State": self.state(server.name, name),
                    "Identity": f"{server.name}\\{name}",
                    "IsValid": True,
                }
                for name in names
            ]
        )

    def _set(self, bound: Bound) -> CmdletResult:
        server = self._around.server(bound.get("Identity"), self._around.controller(bound))
        name = next(
            (each for each in _COMPONENTS if each.casefold() == bound.get("Component").casefold()), None
        )
        if name is None:
            raise failures.component_unknown(bound.get("Component"))
        if bound.changes:
            self._asked.setdefault((server.name, name), {})[bound.get("Requester")] = bound.get("State")
        return CmdletResult()
