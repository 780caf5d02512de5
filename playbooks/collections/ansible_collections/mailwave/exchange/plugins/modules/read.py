# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: read
short_description: Reads what a site's Exchange servers say, in one shell
version_added: "0.1.0"
author: The mailwave authors
description:
  - Runs Get- and Test- cmdlets, and no others, on a site's remote PowerShell. They share one shell, because an account
    may hold 18 at once (fact D7).
  - A read that fails is an error in its own place, never an empty list.
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
    description: The site of the endpoints file whose remote PowerShell is asked.
    type: str
    required: true
  reads:
    description: The reads by names of your own, each with C(cmdlet) and, where it needs any, C(parameters).
    type: dict
    required: true
"""

EXAMPLES = """
- name: Read two things of EX01
  mailwave.exchange.read:
    site: leeds
    reads:
      server: {cmdlet: Get-ExchangeServer, parameters: {Identity: EX01}}
      health: {cmdlet: Test-ServiceHealth, parameters: {Server: EX01}}
  register: found
"""

RETURN = """
readings:
  description: By name, C(rows) as Exchange wrote them, or C(error), why nobody could read it.
  returned: success
  type: dict
"""
