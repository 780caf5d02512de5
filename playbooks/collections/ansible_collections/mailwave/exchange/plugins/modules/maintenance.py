# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: maintenance
short_description: An on-premises Exchange server into maintenance, and back
version_added: "0.1.0"
author: The mailwave authors
description:
  - Into maintenance, transport drains and hands its messages on, databases move to other members of the availability
    group, and when both have left the whole server goes offline. Back, the same in reverse.
  - A server does not go where another member of its group is out, or a mounted database has no healthy copy elsewhere.
  - What is done already is not done again, so a second run goes on where the first was cut off.
  - The role mailwave.exchange.maintenance leaves a mark on the server first, by which a later run finds it.
attributes:
  check_mode:
    description: Predicts the change; the connection refuses every write.
    support: full
  diff_mode:
    description: The result names the steps.
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
  state:
    description: C(read) only looks.
    type: str
    default: read
    choices: [read, entered, left]
  policy:
    description: The DatabaseCopyAutoActivationPolicy that the server gets back when it leaves.
    type: str
    default: Unrestricted
  alone:
    description: A server in no availability group may go, and its mailboxes with it.
    type: bool
    default: false
  seconds:
    description: How long its databases and messages may take to leave.
    type: int
    default: 900
"""

EXAMPLES = """
- name: EX01 is in maintenance
  mailwave.exchange.maintenance:
    site: leeds
    server: EX01
    state: entered
"""

RETURN = """
identity:
  description: The server.
  returned: success
  type: str
differing:
  description: The steps that were, or would be, taken.
  returned: success
  type: list
  elements: str
was_offline:
  description: It was in maintenance before.
  returned: success
  type: bool
was_in_service:
  description: No step into maintenance had been taken before.
  returned: success
  type: bool
policy:
  description: Its DatabaseCopyAutoActivationPolicy before.
  returned: success
  type: str
group:
  description: Its availability group; empty where it has none.
  returned: success
  type: str
outcome:
  description: On failure, as mailwave.exchange.receive_connector has it.
  returned: failure
  type: str
"""
