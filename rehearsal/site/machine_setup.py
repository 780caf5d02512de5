r"""What stands on a server: Windows's settings, Exchange's services and files, and what a cumulative update changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from rehearsal import draws
from rehearsal.estate import GIB, Server, Site
from rehearsal.site.builds import Release, build_of, release_of
from rehearsal.site.machine import (
    Certificate,
    Disk,
    FirewallRule,
    Folded,
    Machine,
    Registry,
    RegistryValue,
    Service,
)

EXCHANGE_FOLDER = "C:\\Program Files\\Microsoft\\Exchange Server\\V15"
REPLICATION_CONFIG = EXCHANGE_FOLDER + "\\Bin\\MSExchangeMailboxReplication.exe.config"
"""Where MRSProxy's limits stand (fact B44)."""
REPLICATION_SERVICE = "MSExchangeMailboxReplication"
EWS_CONFIG = EXCHANGE_FOLDER + "\\ClientAccess\\exchweb\\ews\\web.config"
SERVICE_HOST = "MSExchangeServiceHost"
OAUTH = "CN=Microsoft Exchange Server Auth Certificate"
"""The subject of the certificate by which Exchange proves who it is."""
IIS_CONFIG = "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config"

_CONTROL = "HKLM\\SYSTEM\\CurrentControlSet\\Control"
SCHANNEL = _CONTROL + "\\SecurityProviders\\SCHANNEL\\Protocols"
LSA = _CONTROL + "\\Lsa"
NTLM = LSA + "\\MSV1_0"
NET_FRAMEWORK = tuple(
    f"HKLM\\SOFTWARE\\{view}Microsoft\\.NETFramework\\{version}"
    for view in ("", "Wow6432Node\\")
    for version in ("v4.0.30319", "v2.0.50727")
)
NET_RELEASE = "HKLM\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full"
SETUP = "HKLM\\SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup"

_REPLICATION_TEXT = """<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <configSections>
    <section name="MRSConfiguration" type="Microsoft.Exchange.MailboxReplicationService.MRSConfiguration" />
    <section name="MRSProxyConfiguration" type="Microsoft.Exchange.MailboxReplicationService.MRSProxyConfiguration" />
  </configSections>
  <MRSConfiguration
    MaxActiveMovesPerSourceMDB="20"
    MaxActiveMovesPerTargetMDB="20"
    MaxActiveMovesPerSourceServer="100"
    MaxActiveMovesPerTargetServer="100"
    MaxTotalRequestsPerMRS="100"
    ExportBufferSizeKB="512" />
  <MRSProxyConfiguration
    MaxMRSConnections="100"
    DataImportTimeout="00:01:00" />
</configuration>
"""
"""Limits of facts B43 to B45 as set-up writes them; a file of a real server has many more settings."""

_EWS_TEXT = """<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.serviceModel>
    <services>
      <service name="Microsoft.Exchange.MailboxReplicationService.MRSProxy" />
    </services>
  </system.serviceModel>
</configuration>
"""

_IIS_TEXT = """<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <location path="Default Web Site/EWS">
    <system.webServer>
      <handlers>
        <add name="svc-Integrated" path="*.svc" verb="*" type="System.ServiceModel.Activation.HttpHandler" />
      </handlers>
    </system.webServer>
  </location>
</configuration>
"""

_SERVICES: Mapping[str, tuple[str, str]] = {
    "W3SVC": ("World Wide Web Publishing Service", "LocalSystem"),
    "WinRM": ("Windows Remote Management (WS-Management)", "NT AUTHORITY\\NetworkService"),
    "MSExchangeADTopology": ("Microsoft Exchange Active Directory Topology", "LocalSystem"),
    "MSExchangeFrontEndTransport": ("Microsoft Exchange Frontend Transport", "LocalSystem"),
    "MSExchangeHM": ("Microsoft Exchange Health Manager", "LocalSystem"),
    "MSExchangeIS": ("Microsoft Exchange Information Store", "LocalSystem"),
    REPLICATION_SERVICE: ("Microsoft Exchange Mailbox Replication", "LocalSystem"),
    "MSExchangeRepl": ("Microsoft Exchange Replication", "LocalSystem"),
    "MSExchangeRPC": ("Microsoft Exchange RPC Client Access", "LocalSystem"),
    SERVICE_HOST: ("Microsoft Exchange Service Host", "LocalSystem"),
    "MSExchangeTransport": ("Microsoft Exchange Transport", "NT AUTHORITY\\NetworkService"),
}

_FIREWALL = (
    FirewallRule("MSExchange - IIS (GFW) (TCP-In)", ports=("80", "443")),
    FirewallRule("MSExchangeTransportWorker - SMTP (TCP-In)", ports=("25", "587", "2525")),
    FirewallRule("MSExchangeMailboxReplication (TCP-In)", ports=("808",)),
    FirewallRule("Windows Remote Management (HTTP-In)", ports=("5985",)),
)


def installed(server: Server, site: Site, seed: int, now: datetime) -> Machine:
    """The machine of *server* as a careful administrator has it at *now*: TLS 1.2 only, .NET told, NTLMv2 only."""
    release = release_of(build_of(server))
    machine = Machine(
        name=server.name,
        fqdn=server.fqdn,
        windows=release.windows,
        exchange=build_of(server),
        started=now - timedelta(days=20),
        registry=_registry(release, build_of(server)),
        services=Folded({name: _service(name) for name in _SERVICES}),
        certificates=_certificates(server, site, seed, now),
        firewall=Folded({each.name: each for each in _FIREWALL}),
        disks=Folded({letter: Disk(letter, size * GIB, free * GIB) for letter, size, free in _DISKS}),
    )
    for path, text in _FILES.items():
        machine = machine.with_file(path, text.encode(), now - timedelta(days=20))
    return machine.restarted(now - timedelta(days=20))


_DISKS = (("C", 200, 90), ("D", 4_000, 1_400))
_FILES = {REPLICATION_CONFIG: _REPLICATION_TEXT, EWS_CONFIG: _EWS_TEXT, IIS_CONFIG: _IIS_TEXT}


def updated(machine: Machine, build: str, now: datetime, *, resets: bool = True) -> Machine:
    """*machine* after a cumulative update to *build*: its files as new (fact B44), and Windows started again.

    *resets* False keeps the replication service's file, which the real update writes anew.
    """
    release = release_of(build)
    updated = replace(machine, exchange=build)
    for name, data in _setup_values(build).items():
        updated = updated.with_registry_value(SETUP, name, RegistryValue(data))
    updated = updated.with_registry_value(NET_RELEASE, "Release", RegistryValue(release.net))
    for path, text in _FILES.items():
        if resets or path != REPLICATION_CONFIG:
            updated = updated.with_file(path, text.encode(), now)
    return updated.restarted(now)


def uninstalled(machine: Machine) -> Machine:
    """*machine* after Exchange's Setup in mode Uninstall: neither its services nor its folder nor its key are left."""
    services = {name: each for name, each in machine.services.items() if not name.startswith("MSExchange")}
    files = {
        path: each for path, each in machine.files.items() if not path.casefold().startswith(_FOLDER_START)
    }
    return replace(
        machine,
        services=Folded(services),
        files=Folded(files),
        registry=machine.registry.without_key(SETUP),
    )


_FOLDER_START = EXCHANGE_FOLDER.casefold() + "\\"


def _service(name: str) -> Service:
    display_name, account = _SERVICES[name]
    reads = (REPLICATION_CONFIG,) if name == REPLICATION_SERVICE else ()
    return Service(name, display_name, account=account, reads=reads)


def _registry(release: Release, build: str) -> Registry:
    """The values of fact D23, NTLMv2 only (fact D19), .NET's release, and what Exchange's set-up wrote."""
    registry = Registry()
    for protocol, on in (("TLS 1.0", 0), ("TLS 1.1", 0), ("TLS 1.2", 1)):
        for side in ("Client", "Server"):
            path = f"{SCHANNEL}\\{protocol}\\{side}"
            registry = registry.with_value(path, "Enabled", RegistryValue(on))
            registry = registry.with_value(path, "DisabledByDefault", RegistryValue(1 - on))
    for path in NET_FRAMEWORK:
        for name in ("SystemDefaultTlsVersions", "SchUseStrongCrypto"):
            registry = registry.with_value(path, name, RegistryValue(1))
    registry = registry.with_value(NET_RELEASE, "Release", RegistryValue(release.net))
    registry = registry.with_value(LSA, "LmCompatibilityLevel", RegistryValue(5))
    registry = registry.with_value(NTLM, "RestrictReceivingNTLMTraffic", RegistryValue(0))
    folder = RegistryValue(EXCHANGE_FOLDER + "\\", "REG_SZ")
    registry = registry.with_value(SETUP, "MsiInstallPath", folder)
    for name, data in _setup_values(build).items():
        registry = registry.with_value(SETUP, name, RegistryValue(data))
    return registry


def _setup_values(build: str) -> dict[str, int]:
    names = ("MsiProductMajor", "MsiProductMinor", "MsiBuildMajor", "MsiBuildMinor")
    return dict(zip(names, map(int, build.split(".")), strict=True))


def _certificates(server: Server, site: Site, seed: int, now: datetime) -> Folded[Certificate]:
    """The public one for the site's names, on every server the same; the server's own; the one for OAuth."""
    own = f"CN={server.name}"
    made = (
        replace(
            _certificate(seed, site.name, f"CN={site.endpoint_host}", now, 200),
            issuer="CN=NHS Public Issuing CA 2, O=Example Trust, C=GB",
            dns_names=(site.endpoint_host, f"autodiscover.{site.tenant.mail_domain}"),
            friendly_name="Public",
            services=frozenset({"IIS", "SMTP"}),
        ),
        replace(
            _certificate(seed, server.name, own, now, 1_500),
            dns_names=(server.name, server.fqdn),
            friendly_name="Microsoft Exchange",
            services=frozenset({"IIS", "SMTP", "POP", "IMAP"}),
        ),
        replace(
            _certificate(seed, "oauth", OAUTH, now, 1_200),
            friendly_name="Microsoft Exchange Server Auth Certificate",
            services=frozenset({"SMTP"}),
        ),
    )
    return Folded({each.thumbprint: each for each in made})


def _certificate(seed: int, key: str, subject: str, now: datetime, days: int) -> Certificate:
    """A certificate that signed itself and is valid for *days* from *now*."""
    serial = draws.guid(seed, key, f"certificate-{subject}").replace("-", "").upper()
    thumbprint = (serial + draws.guid(seed, key, f"thumbprint-{subject}").replace("-", "").upper())[:40]
    return Certificate(
        thumbprint=thumbprint,
        subject=subject,
        issuer=subject,
        not_before=now - timedelta(days=165),
        not_after=now + timedelta(days=days),
        dns_names=(),
        serial_number=serial,
    )
