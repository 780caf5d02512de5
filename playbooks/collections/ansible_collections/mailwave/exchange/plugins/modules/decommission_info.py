# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: decommission_info
short_description: What still keeps a site in use
version_added: "0.2.0"
author: The mailwave authors
extends_documentation_fragment: [mailwave.exchange.leaving]
description:
  - Reads what the site's servers still hold, what still leads to them, and who still sends mail by them; it changes
    nothing.
  - Gives checks for mailwave.exchange.verdict, which decides. A read that fails makes its own check unknown.
attributes:
  check_mode:
    description: Reads in check mode too.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
  action:
    description: Runs on the controller.
    support: full
"""

EXAMPLES = """
- name: Read what is left
  mailwave.exchange.decommission_info:
    site: leeds
    endpoint: leeds
    servers: [EX01, EX02]
    domains: [nhsmail.example]
    logs: /srv/mailwave/smtp-receive
  register: decommission_found
"""

RETURN = """
checks:
  description: What mailwave.exchange.verdict takes.
  returned: success
  type: list
  elements: dict
"""
