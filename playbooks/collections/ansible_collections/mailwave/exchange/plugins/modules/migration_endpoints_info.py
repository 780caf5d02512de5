# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: migration_endpoints_info
short_description: Tests every migration endpoint of Exchange Online
version_added: "0.1.0"
author: The mailwave authors
description:
  - Has Exchange Online log on to the premises with the credentials that each remote-move endpoint holds.
  - An endpoint that could not be tested makes a check that is unknown, and never fails the task.
attributes:
  check_mode:
    description: Makes no difference.
    support: full
  diff_mode:
    description: Nothing changes, so there is nothing to show.
    support: none
  action:
    description: Runs on the controller.
    support: full
options: {}
"""

EXAMPLES = """
- name: Test the endpoints
  mailwave.exchange.migration_endpoints_info: {}
  register: found
"""

RETURN = """
checks:
  description: A check for each endpoint, for mailwave.exchange.verdict.
  returned: success
  type: list
  elements: dict
usable:
  description: The endpoints that work.
  returned: success
  type: list
  elements: str
all_usable:
  description: Whether there is none that does not work, or that nobody could test.
  returned: success
  type: bool
"""
