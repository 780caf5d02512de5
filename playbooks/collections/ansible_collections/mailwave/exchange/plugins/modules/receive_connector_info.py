# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: receive_connector_info
short_description: Reads one receive connector of one on-premises Exchange server
version_added: "0.1.0"
author: The mailwave authors
description:
  - Reads a connector and changes nothing. A read that fails is an error, never an absent connector.
attributes:
  check_mode:
    description: Makes no difference.
    support: full
  diff_mode:
    description: Nothing changes, so there is nothing to show.
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
    description: The server that the connector belongs to.
    type: str
    required: true
  name:
    description: The connector's name without its server.
    type: str
    required: true
"""

EXAMPLES = """
- name: Read the connector of EX01
  mailwave.exchange.receive_connector_info:
    site: leeds
    server: EX01
    name: From Exchange Online
  register: found
"""

RETURN = """
identity:
  description: The server and the connector's name, as Exchange joins them.
  returned: success
  type: str
exists:
  description: Whether the connector is there.
  returned: success
  type: bool
connector:
  description: Its values by option of mailwave.exchange.receive_connector, sizes in bytes and times in seconds.
  returned: success
  type: dict
"""
