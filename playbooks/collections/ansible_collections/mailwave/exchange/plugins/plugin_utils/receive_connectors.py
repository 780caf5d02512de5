# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Receive connectors of on-premises servers, as a table: each option and the property of Exchange that it sets."""

from __future__ import annotations

from ansible_collections.mailwave.exchange.plugins.plugin_utils.engine import ObjectType, Property
from ansible_collections.mailwave.exchange.plugins.plugin_utils.kinds import (
    FLAG,
    FLAGS,
    LIMIT,
    NAME,
    SET,
    SIZE,
    SPAN,
    TEXT,
)

AUTHENTICATIONS = (
    "None",
    "Tls",
    "Integrated",
    "BasicAuth",
    "BasicAuthRequireTLS",
    "ExchangeServer",
    "ExternalAuthoritative",
)
PERMISSIONS = (
    "None",
    "AnonymousUsers",
    "ExchangeUsers",
    "ExchangeServers",
    "ExchangeLegacyServers",
    "Partners",
    "Custom",
)
ROLES = ("FrontendTransport", "HubTransport")
LOGGING = ("None", "Verbose")

RECEIVE_CONNECTOR = ObjectType(
    noun="ReceiveConnector",
    # Usage only presets values that the options below give one by one, and Custom presets none.
    on_create={"Usage": "Custom"},
    properties=(
        Property("transport_role", "TransportRole", NAME, create_only=True, choices=ROLES),
        Property("enabled", "Enabled", FLAG),
        Property("bindings", "Bindings", SET),
        Property("remote_ip_ranges", "RemoteIPRanges", SET),
        Property("fqdn", "Fqdn", NAME),
        Property("auth_mechanism", "AuthMechanism", FLAGS, choices=AUTHENTICATIONS),
        Property("permission_groups", "PermissionGroups", FLAGS, choices=PERMISSIONS),
        Property("require_tls", "RequireTLS", FLAG),
        Property("tls_certificate_name", "TlsCertificateName", TEXT),
        Property("tls_domain_capabilities", "TlsDomainCapabilities", SET),
        Property("max_message_size", "MaxMessageSize", SIZE),
        Property("max_inbound_connection", "MaxInboundConnection", LIMIT),
        Property("connection_timeout", "ConnectionTimeout", SPAN),
        Property("protocol_logging_level", "ProtocolLoggingLevel", NAME, choices=LOGGING),
        Property("comment", "Comment", TEXT),
    ),
)


def identity(server: str, name: str) -> str:
    r"""The name by which Exchange knows a server's connector: ``SERVER\name``."""
    return f"{server}\\{name}"
