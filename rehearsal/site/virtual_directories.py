"""The virtual directories of each server: one table over the engine of `rehearsal.site.objects`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.site.objects import Kind, Objects
from rehearsal.site.surroundings import Row, Surroundings

_PROTECTED: Mapping[str, Any] = {
    "ExtendedProtectionTokenChecking": "None",
    "ExtendedProtectionFlags": [],
    "ExtendedProtectionSPNList": [],
}
_PLACED: Mapping[str, Any] = {
    "MetabasePath": None,
    "Path": None,
    "WebSiteName": "Default Web Site",
    "AdminDisplayVersion": None,
}
_URLS: Mapping[str, Any] = {"InternalUrl": None, "ExternalUrl": None}


@dataclass(frozen=True)
class Family:
    """One family: its *folder* in IIS, the path of its addresses, and what it has beside what all have.

    *checking* is Extended Protection on the Default Web Site (fact D19): Autodiscover's is off, EWS's allows.
    """

    noun: str
    folder: str
    path: str
    own: Mapping[str, Any]
    checking: str = "Require"

    def kind(self) -> Kind:
        """The family's kind for the engine."""
        return Kind(
            noun=f"{self.noun}VirtualDirectory",
            container="CN=HTTP,CN=Protocols",
            verbs=("Get", "Set"),
            of_server=True,
            ignored=frozenset({"ShowMailboxVirtualDirectories", "ShowBackEndVirtualDirectories"}),
            defaults={**_PLACED, **_URLS, **_PROTECTED, **self.own},
        )


_WINDOWS: Mapping[str, Any] = {
    "BasicAuthentication": False,
    "DigestAuthentication": False,
    "WindowsAuthentication": True,
}

FAMILIES = (
    Family(
        "WebServices",
        "EWS",
        "/EWS/Exchange.asmx",
        {
            **_WINDOWS,
            "OAuthAuthentication": True,
            "WSSecurityAuthentication": True,
            "CertificateAuthentication": None,
            "MRSProxyEnabled": False,
            "InternalNLBBypassUrl": None,
            "GzipLevel": "High",
        },
        "Allow",
    ),
    Family(
        "Autodiscover",
        "Autodiscover",
        "",
        {
            **_WINDOWS,
            "BasicAuthentication": True,
            "OAuthAuthentication": True,
            "WSSecurityAuthentication": True,
        },
        "None",
    ),
    Family(
        "Mapi",
        "mapi",
        "/mapi",
        {"IISAuthenticationMethods": ["Ntlm", "OAuth", "Negotiate"]},
    ),
    Family(
        "Oab",
        "OAB",
        "/OAB",
        {
            "BasicAuthentication": False,
            "WindowsAuthentication": True,
            "OAuthAuthentication": True,
            "RequireSSL": True,
            "PollInterval": 480,
            "OfflineAddressBooks": ["\\Default Offline Address Book"],
        },
    ),
    Family(
        "Owa",
        "owa",
        "/owa",
        {
            **_WINDOWS,
            "BasicAuthentication": True,
            "WindowsAuthentication": False,
            "FormsAuthentication": True,
            "OAuthAuthentication": False,
            "AdfsAuthentication": False,
            "LogonFormat": "FullDomain",
            "DefaultDomain": "",
            "GzipLevel": "High",
        },
    ),
    Family(
        "Ecp",
        "ecp",
        "/ecp",
        {
            **_WINDOWS,
            "BasicAuthentication": True,
            "WindowsAuthentication": False,
            "FormsAuthentication": True,
            "AdfsAuthentication": False,
            "AdminEnabled": True,
            "OwaOptionsEnabled": True,
            "GzipLevel": "Low",
        },
    ),
    Family(
        "ActiveSync",
        "Microsoft-Server-ActiveSync",
        "/Microsoft-Server-ActiveSync",
        {
            "BasicAuthEnabled": True,
            "WindowsAuthEnabled": False,
            "ClientCertAuth": "Ignore",
            "MobileClientCertificateProvisioningEnabled": False,
            "BadItemReportingEnabled": True,
        },
    ),
    Family(
        "PowerShell",
        "PowerShell",
        "/powershell",
        {
            "BasicAuthentication": False,
            "WindowsAuthentication": False,
            "CertificateAuthentication": True,
            "RequireSSL": False,
        },
        "Require",
    ),
)


def objects(around: Surroundings) -> list[Objects]:
    """The virtual directories of every server, MRSProxy on at each (fact B44), addresses those of its site."""
    return [
        Objects(family.kind(), around, [_born(family, around, server.name) for server in around.servers])
        for family in FAMILIES
    ]


def _born(family: Family, around: Surroundings, name: str) -> Row:
    server = around.server(name, "")
    row: Row = {
        "Name": f"{family.folder} (Default Web Site)",
        "Server": server.name,
        "MetabasePath": f"IIS://{server.fqdn}/W3SVC/1/ROOT/{family.folder}",
        "AdminDisplayVersion": server.version,
        "ExtendedProtectionTokenChecking": family.checking,
    }
    if family.path:
        scheme = "http" if family.noun == "PowerShell" else "https"
        row["InternalUrl"] = f"{scheme}://{server.fqdn}{family.path}"
        row["ExternalUrl"] = f"https://{around.site_of(server).endpoint_host}{family.path}"
    if family.noun == "PowerShell":
        row["ExternalUrl"] = None
    if family.noun == "WebServices":
        row["MRSProxyEnabled"] = True
    return row
