# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: decommission_info
short_description: What still keeps a site in use
version_added: "0.2.0"
author: The mailwave authors
description:
  - Reads the site's mailboxes, the batches of its endpoint and the connectors of the tenant; it changes nothing.
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
options:
  site:
    description: The site of the endpoints file.
    type: str
    required: true
  endpoint:
    description: The migration endpoint of the site.
    type: str
    required: true
"""

EXAMPLES = """
- name: Read what is left
  mailwave.exchange.decommission_info:
    site: leeds
    endpoint: leeds
  register: decommission_found
"""

RETURN = """
checks:
  description: What mailwave.exchange.verdict takes.
  returned: success
  type: list
  elements: dict
"""
