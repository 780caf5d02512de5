# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Documentation only, written by tools/exchange_modules.py from objects.yaml: the action kept_object does the work."""

from __future__ import annotations

DOCUMENTATION = """
module: receive_connector
short_description: One receive connector of one on-premises server
version_added: 0.1.0
author: The mailwave authors
description:
  - Reads the object, compares it with the options that are given, sets what differs and reads it back.
  - Options that are left out are left alone. Values compare by meaning, so C(36MB) equals C(36 MB (37,748,736 bytes)),
    and case and order play no part in lists.
  - What the answering version of Exchange does not take is refused before anything is sent.
  - A lost answer is never followed by a second attempt. Reading back decides whether the change took effect.
attributes:
  check_mode:
    description: Predicts the change; the connection refuses every write.
    support: full
  diff_mode:
    description: Shows the options that differ.
    support: full
  action:
    description: Runs on the controller and needs no Python on the server.
    support: full
options:
  site:
    description: The site of the endpoints file whose remote PowerShell answers.
    type: str
    required: true
  server:
    description: The server that the object belongs to.
    type: str
    required: true
  name:
    description: The object's name, without its server.
    type: str
    required: true
  state:
    description: Whether the object is there.
    type: str
    default: present
    choices:
      - present
      - absent
  transport_role:
    description: TransportRole.
    type: str
    choices:
      - FrontendTransport
      - HubTransport
  enabled:
    description: Enabled.
    type: bool
  bindings:
    description: Bindings, each an address and a port such as C(0.0.0.0:25).
    type: list
    elements: str
  remote_ip_ranges:
    description: RemoteIPRanges, the addresses that may connect.
    type: list
    elements: str
  fqdn:
    description: Fqdn, the name that the connector gives itself.
    type: str
  auth_mechanism:
    description: AuthMechanism.
    type: list
    elements: str
    choices:
      - None
      - Tls
      - Integrated
      - BasicAuth
      - BasicAuthRequireTLS
      - ExchangeServer
      - ExternalAuthoritative
  permission_groups:
    description: PermissionGroups.
    type: list
    elements: str
    choices:
      - None
      - AnonymousUsers
      - ExchangeUsers
      - ExchangeServers
      - ExchangeLegacyServers
      - Partners
      - Custom
  require_tls:
    description: RequireTLS.
    type: bool
  tls_certificate_name:
    description: TlsCertificateName, as C(<I>issuer<S>subject).
    type: str
  tls_domain_capabilities:
    description: TlsDomainCapabilities, each a domain and its capability with a colon between.
    type: list
    elements: str
  max_message_size:
    description: MaxMessageSize, such as C(36MB).
    type: str
  max_inbound_connection:
    description: MaxInboundConnection, a number or C(unlimited).
    type: str
  connection_timeout:
    description: ConnectionTimeout, such as C(00:10:00).
    type: str
  protocol_logging_level:
    description: ProtocolLoggingLevel.
    type: str
    choices:
      - None
      - Verbose
  comment:
    description: Comment.
    type: str
"""

EXAMPLES = """
- name: Keep one receive connector of one on-premises server
  mailwave.exchange.receive_connector:
    site: leeds
    server: EX01
    name: From Exchange Online
    bindings:
      - 0.0.0.0:25
    auth_mechanism:
      - Tls
"""

RETURN = """
objects:
  description: The object by kind and identity, whether it exists and changed, which options differ, and its values
    by option before and after the change, or as they would be.
  returned: success
  type: list
  elements: dict
identity:
  description: The object's name as Exchange knows it, empty where nothing changes.
  returned: success
  type: str
differing:
  description: The options that were, or would be, different afterwards; empty where nothing changes.
  returned: success
  type: list
  elements: str
outcome:
  description: On failure, C(refused) when nothing was done or what was done is visible, C(unreachable) when Exchange
    gave no usable answer and nothing was changed, C(unknown) when only reading back later can tell.
  returned: failure
  type: str
error:
  description: On failure, the name of the error.
  returned: failure
  type: str
"""
