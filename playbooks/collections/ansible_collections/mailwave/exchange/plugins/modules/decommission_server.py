# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: decommission_server
short_description: A server of a site that is taken down, before and after Exchange is uninstalled
version_added: "0.2.0"
author: The mailwave authors
extends_documentation_fragment: [mailwave.exchange.leaving]
description:
  - Puts a server into maintenance, asks every gate again when it is, and sees afterwards that the directory lists it no
    more. Uninstalling itself is Setup's, which a task runs on the server.
  - The organisation's last server is refused. Whether there are others is asked at a site that stays, of its own
    server.
attributes:
  check_mode:
    description: Predicts the change, with every gate asked; the connection refuses every write.
    support: full
  diff_mode:
    description: The result names what changes.
    support: none
  action:
    description: Runs on the controller.
    support: full
options:
  witness:
    description: A site that stays, which is asked for the organisation's servers; empty where none does.
    type: str
    default: ""
  state:
    description:
      - C(listed) names the servers that are left, in the order in which they go.
      - C(emptied) asks the gates and puts the server into maintenance.
      - C(ready) asks the gates again, with the server in maintenance.
      - C(gone) waits until the server is not listed any more.
    type: str
    required: true
    choices: [listed, emptied, ready, gone]
  server:
    description: The server; not needed for C(listed).
    type: str
    default: ""
  seconds:
    description: How long its messages may take to leave, and the directory to forget it.
    type: int
    default: 1800
"""

EXAMPLES = """
- name: EX12 may be uninstalled now
  mailwave.exchange.decommission_server:
    site: bristol
    endpoint: bristol
    servers: [EX11, EX12]
    domains: [nhsmail.example]
    witness: leeds
    state: ready
    server: EX12
"""

RETURN = """
left:
  description: The servers that are left, in the order in which they go.
  returned: for C(listed)
  type: list
  elements: str
checks:
  description: What mailwave.exchange.verdict takes.
  returned: for C(listed)
  type: list
  elements: dict
identity:
  description: The server.
  returned: success, but for C(listed)
  type: str
outcome:
  description: On failure, as mailwave.exchange.receive_connector has it.
  returned: failure
  type: str
"""
