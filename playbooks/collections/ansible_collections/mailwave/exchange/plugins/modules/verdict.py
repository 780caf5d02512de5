# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: verdict
short_description: The verdict of a verify play
version_added: "0.1.0"
author: The mailwave authors
description:
  - Looks each check up in the collection's catalogue, C(plugins/plugin_utils/checks.yaml), and returns those that do
    not hold as findings, with the fact that they rest on and what repairs them.
  - Fails where there is a finding, and where something could not be read, which is never a finding and never good.
  - Reads nothing and changes nothing.
attributes:
  check_mode:
    description: Makes no difference.
    support: full
  diff_mode:
    description: Nothing changes, so there is nothing to show.
    support: none
  action:
    description: Runs on the controller and needs no connection.
    support: full
options:
  checks:
    description: What was checked. A check has C(holds) or C(unknown).
    type: list
    elements: dict
    required: true
    suboptions:
      id:
        description: The check's id in the catalogue.
        type: str
        required: true
      holds:
        description: Whether it is as it should be.
        type: bool
      found:
        description: What was read.
        type: raw
      expected:
        description: What should have been read.
        type: raw
      unknown:
        description: Why nobody could read it.
        type: str
      subject:
        description: The object meant, where a server has several.
        type: str
  server:
    description: The server that the checks are of; the play's host where it is left out.
    type: str
  version:
    description: The server's version of Exchange. A check that is not for it is passed over.
    type: str
    choices: ["2016", "2019", SE]
"""

EXAMPLES = """
- name: The verdict
  mailwave.exchange.verdict:
    version: "2019"
    checks:
      - id: tls-1-2-off
        holds: "{{ found == 1 }}"
        found: "{{ found }}"
        expected: 1
"""

RETURN = """
findings:
  description: The checks that do not hold, each with id, fact, server, subject, title, found, expected, repair, play.
  returned: always
  type: list
  elements: dict
unknown:
  description: The checks that nobody could decide, each with id, fact, server, subject, title and why.
  returned: always
  type: list
  elements: dict
held:
  description: How many checks hold.
  returned: always
  type: int
not_applicable:
  description: How many are for other versions of Exchange.
  returned: always
  type: int
outcome:
  description: C(refused) where there is a finding, C(unreachable) where something could only not be read.
  returned: failure
  type: str
"""
