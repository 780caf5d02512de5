"""What a receive connector has by default, the connectors every server is born with, and what Exchange refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rehearsal.site import failures
from rehearsal.site.values import parse_binding, parse_range, size_text

ANYWHERE = ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0-255.255.255.255")

MULTI_VALUED: Mapping[str, Callable[[str], str]] = {
    "Bindings": parse_binding,
    "RemoteIPRanges": parse_range,
    "TlsDomainCapabilities": str,
}

DEFAULTS: Mapping[str, Any] = {
    "AdvertiseClientSettings": False,
    "AuthMechanism": "Tls",
    "AuthTarpitInterval": "00:00:05",
    "Banner": None,
    "BinaryMimeEnabled": True,
    "Bindings": [],
    "ChunkingEnabled": True,
    "Comment": "",
    "ConnectionInactivityTimeout": "00:05:00",
    "ConnectionTimeout": "00:10:00",
    "DefaultDomain": None,
    "DeliveryStatusNotificationEnabled": True,
    "DomainSecureEnabled": False,
    "EightBitMimeEnabled": True,
    "EnableAuthGSSAPI": False,
    "Enabled": True,
    "EnhancedStatusCodesEnabled": True,
    "ExtendedProtectionPolicy": "None",
    "Fqdn": None,
    "LongAddressesEnabled": False,
    "MaxAcknowledgementDelay": "00:00:30",
    "MaxHeaderSize": size_text(256 * 1024),
    "MaxHopCount": 60,
    "MaxInboundConnection": "5000",
    "MaxInboundConnectionPerSource": "20",
    "MaxInboundConnectionPercentagePerSource": 2,
    "MaxLocalHopCount": 12,
    "MaxLogonFailures": 3,
    "MaxMessageSize": size_text(36 * 1024**2),
    "MaxProtocolErrors": "5",
    "MaxRecipientsPerMessage": 200,
    "MessageRateLimit": "Unlimited",
    "MessageRateSource": "IPAddress",
    "OrarEnabled": False,
    "PermissionGroups": "None",
    "PipeliningEnabled": True,
    "ProtocolLoggingLevel": "None",
    "RemoteIPRanges": [],
    "RequireEHLODomain": False,
    "RequireTLS": False,
    "SizeEnabled": "Enabled",
    "SuppressXAnonymousTls": False,
    "TarpitInterval": "00:00:05",
    "TlsCertificateName": None,
    "TlsDomainCapabilities": [],
    "TransportRole": "HubTransport",
}

PRESETS: Mapping[str, Mapping[str, str]] = {
    "Client": {
        "PermissionGroups": "ExchangeUsers",
        "AuthMechanism": "Tls, Integrated, BasicAuth, BasicAuthRequireTLS",
    },
    "Custom": {},
    "Internal": {
        "PermissionGroups": "ExchangeServers, ExchangeLegacyServers",
        "AuthMechanism": "Tls, ExchangeServer",
    },
    "Internet": {"PermissionGroups": "AnonymousUsers"},
    "Partner": {"PermissionGroups": "Partners"},
}
"""What each usage type sets where the caller does not."""

_SERVERS = "ExchangeUsers, ExchangeServers, ExchangeLegacyServers"
_ALL_MEANS = "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer"
_CLIENT_MEANS = "Tls, Integrated, BasicAuth, BasicAuthRequireTLS"


def _standard(port: int, role: str, groups: str, means: str) -> Mapping[str, Any]:
    return {
        "Bindings": [f"[::]:{port}", f"0.0.0.0:{port}"],
        "RemoteIPRanges": list(ANYWHERE),
        "TransportRole": role,
        "PermissionGroups": groups,
        "AuthMechanism": means,
    }


STANDARD: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("Default", _standard(2525, "HubTransport", _SERVERS, _ALL_MEANS)),
    ("Client Proxy", _standard(465, "HubTransport", "ExchangeUsers, ExchangeServers", _ALL_MEANS)),
    (
        "Default Frontend",
        _standard(
            25, "FrontendTransport", "AnonymousUsers, ExchangeServers, ExchangeLegacyServers", _ALL_MEANS
        ),
    ),
    ("Outbound Proxy Frontend", _standard(717, "FrontendTransport", "ExchangeServers", _ALL_MEANS)),
    ("Client Frontend", _standard(587, "FrontendTransport", "ExchangeUsers", _CLIENT_MEANS)),
)
"""The five connectors that set-up gives every Mailbox server: name without the server's, and settings."""


def check(row: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> None:
    """Refuse, with a `failures.CmdletFailure`, a connector that Exchange would not let stand beside *others*."""
    _check_means(row)
    if not row["Bindings"] or not row["RemoteIPRanges"]:
        empty = "RemoteIPRanges" if row["Bindings"] else "Bindings"
        raise failures.invalid_property(f'Property "{empty}" can\'t be empty.')
    for other in others:
        if other["Server"] == row["Server"] and not set(other["Bindings"]).isdisjoint(row["Bindings"]):
            _check_shared_binding(row, other)


def _check_means(row: Mapping[str, Any]) -> None:
    means = set(row["AuthMechanism"].split(", "))
    if "BasicAuthRequireTLS" in means and not {"BasicAuth", "Tls"} <= means:
        raise failures.invalid_property(
            "If you set the AuthMechanism parameter to BasicAuthRequireTLS, you must also set it to BasicAuth and Tls."
        )
    if "ExternalAuthoritative" in means and "ExchangeServers" not in row["PermissionGroups"].split(", "):
        raise failures.invalid_property(
            "You must set the value for the PermissionGroups parameter to ExchangeServers when you set the "
            "AuthMechanism parameter to a value of ExternalAuthoritative."
        )
    if row["RequireTLS"] and "Tls" not in means:
        raise failures.invalid_property("RequireTLS needs the value Tls in the AuthMechanism parameter.")


def _check_shared_binding(row: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    conflict = (
        "The values that you specified for the Bindings and RemoteIPRanges parameters conflict with the settings on "
        f'Receive connector "{other["Identity"]}".'
    )
    if other["TransportRole"] != row["TransportRole"]:
        raise failures.invalid_operation(
            f"{conflict} Receive connectors assigned to different Transport roles on a single server must listen on "
            "unique local IP address & port bindings."
        )
    if not set(other["RemoteIPRanges"]).isdisjoint(row["RemoteIPRanges"]):
        raise failures.invalid_operation(
            f"{conflict} Two connectors may not share both a binding and a range."
        )
