"""Who may speak to whom in the hub: tables of rules by subnet, as pure data.

Every table ends by refusing the rest, so that Azure's own default rules, which let the whole network speak to itself,
never count. No rule lets anybody in from the internet, on 22 and 3389 or on any other port.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.settings.network import Network, subnets

IN, OUT = "Inbound", "Outbound"

SITE_PORTS = ("53", "80", "88", "5986")
"""DNS, remote PowerShell of Exchange (fact D1), Kerberos and WinRM over TLS.

443 is not among them: mailbox data is pulled by Exchange Online from the published mrsproxy.svc of each site, and could
not take this way if it wanted to.
"""


@dataclass(frozen=True)
class Rule:
    """*others* and *ports* are of the far side for outbound rules; *others* are ranges, or one tag of Azure."""

    name: str
    direction: str
    allow: bool
    others: tuple[str, ...]
    ports: tuple[str, ...]
    protocol: str = "Tcp"


REFUSE_REST = (
    Rule("refuse-rest-in", IN, allow=False, others=("*",), ports=("*",), protocol="*"),
    Rule("refuse-rest-out", OUT, allow=False, others=("*",), ports=("*",), protocol="*"),
)


def rules(network: Network) -> Mapping[str, tuple[Rule, ...]]:
    """The rules of each subnet that can have some, the first before the second.

    The gateway's subnet is not among them: Azure does not support a network security group on it
    (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings).
    """
    own = subnets(network)
    runners, database, endpoints = own["runners"], own["database"], own["endpoints"]
    tables = {
        "endpoints": (Rule("runners-in", IN, allow=True, others=(runners,), ports=("443",)),),
        "database": (
            Rule("runners-in", IN, allow=True, others=(runners,), ports=("5432",)),
            # The server and its standby; learn.microsoft.com/azure/postgresql/network/concepts-networking-private
            Rule("standby-in", IN, allow=True, others=(database,), ports=("5432", "6432")),
            Rule("standby-out", OUT, allow=True, others=(database,), ports=("5432", "6432")),
            Rule("log-archive-out", OUT, allow=True, others=("Storage",), ports=("443",)),
            Rule("sign-in-out", OUT, allow=True, others=("AzureActiveDirectory",), ports=("443",)),
        ),
        "runners": (
            Rule("runners-in", IN, allow=True, others=(runners,), ports=("*",), protocol="*"),
            Rule("probes-in", IN, allow=True, others=("AzureLoadBalancer",), ports=("*",), protocol="*"),
            Rule("runners-out", OUT, allow=True, others=(runners,), ports=("*",), protocol="*"),
            Rule("database-out", OUT, allow=True, others=(database,), ports=("5432",)),
            Rule("endpoints-out", OUT, allow=True, others=(endpoints,), ports=("443",)),
            *_site_rules(network),
            # Exchange Online, sign-in, Notify, the evidence outside the tenant, and what Container Apps itself needs
            Rule("services-out", OUT, allow=True, others=("Internet",), ports=("443",)),
        ),
    }
    return {name: (*table, *REFUSE_REST) for name, table in tables.items()}


def _site_rules(network: Network) -> tuple[Rule, ...]:
    if network.gateway is None:
        return ()
    sites = tuple(each for site in network.gateway.sites for each in site.ranges)
    return (Rule("sites-out", OUT, allow=True, others=sites, ports=SITE_PORTS, protocol="*"),)
