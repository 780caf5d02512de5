# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: decommission
short_description: One step in taking a site down
version_added: "0.2.0"
author: The mailwave authors
extends_documentation_fragment: [mailwave.exchange.leaving]
description:
  - Works out from what Exchange says what the step still has to do, asks every gate of the step, does it, and reads
    back.
  - The gates are asked before anything is sent, and again before the next server's part; one that does not hold, or
    that nobody could read, ends the step.
  - Where nothing is left to do, no gate is asked and nothing changes.
attributes:
  check_mode:
    description: Predicts the change, with every gate asked; the connection refuses every write.
    support: full
  diff_mode:
    description: Shows each object before and after.
    support: full
  action:
    description: Runs on the controller.
    support: full
options:
  groups:
    description: The availability groups that its servers were in, of which an empty one is removed.
    type: list
    elements: str
    default: []
  step:
    description:
      - C(mail_flow) takes its servers out of every send connector and disables their receive connectors.
      - C(clients) has its servers tell clients of the Autodiscover that the servers that stay name.
      - C(databases) dismounts and removes their databases, of which each must be empty.
      - C(group) takes them out of their availability groups, and removes those that are then empty.
    type: str
    required: true
    choices: [mail_flow, clients, databases, group]
  only_compare:
    description: Only says what is left to do, as checks.
    type: bool
    default: false
"""

EXAMPLES = """
- name: Mail goes by other sites
  mailwave.exchange.decommission:
    site: bristol
    endpoint: bristol
    servers: [EX11, EX12]
    domains: [nhsmail.example]
    logs: /srv/mailwave/smtp-receive
    step: mail_flow
"""

RETURN = """
objects:
  description: What was, or would be, changed, with its values before and after.
  returned: success, unless only_compare
  type: list
  elements: dict
checks:
  description: What mailwave.exchange.verdict takes.
  returned: with only_compare
  type: list
  elements: dict
outcome:
  description: On failure, as mailwave.exchange.receive_connector has it.
  returned: failure
  type: str
"""
