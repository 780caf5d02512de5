# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: certificate_services
short_description: What Exchange uses a certificate of one server for
version_added: "0.1.0"
author: The mailwave authors
description:
  - Binds a certificate that is on the server already to services of Exchange, beside the one that has them.
  - Removes one, unless it is the only one, beside those that Exchange signed itself, for a service.
  - Certificates are named by thumbprint, because a name belongs to the old one and to the new one.
attributes:
  check_mode:
    description: Predicts the change; the connection refuses every write.
    support: full
  diff_mode:
    description: The result names the services.
    support: none
  action:
    description: Runs on the controller and needs no Python on the server.
    support: full
options:
  site:
    description: The site of the endpoints file whose remote PowerShell answers for the server.
    type: str
    required: true
  server:
    description: The server.
    type: str
    required: true
  thumbprint:
    description: The certificate's thumbprint.
    type: str
    required: true
  services:
    description: What it is used for; other services that it has are left to it.
    type: list
    elements: str
    default: [IIS, SMTP]
    choices: [IIS, SMTP, IMAP, POP]
  state:
    description: C(absent) removes it.
    type: str
    default: bound
    choices: [bound, absent]
"""

EXAMPLES = """
- name: The new certificate serves web and mail on EX01
  mailwave.exchange.certificate_services:
    site: leeds
    server: EX01
    thumbprint: 0123456789ABCDEF0123456789ABCDEF01234567
"""

RETURN = """
identity:
  description: The server and the thumbprint.
  returned: success
  type: str
differing:
  description: The services that it was, or would be, bound to anew; C(state) where it was removed.
  returned: success
  type: list
  elements: str
outcome:
  description: On failure, as mailwave.exchange.receive_connector has it.
  returned: failure
  type: str
"""
