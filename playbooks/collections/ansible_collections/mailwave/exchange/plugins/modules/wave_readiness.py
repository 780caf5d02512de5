# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: wave_readiness
short_description: Whether everybody of a manifest can be moved
version_added: "0.2.0"
author: The mailwave authors
description:
  - Reads the mailboxes at the site and the recipients of the tenant; it changes nothing.
  - Gives checks for mailwave.exchange.verdict, which decides. A side that could not be read makes every check unknown.
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
  manifest:
    description: The path of the manifest, a JSON file as README.md of this collection describes it.
    type: path
    required: true
  digest:
    description: The SHA-256 digest of the manifest that was approved, in lower-case hexadecimal.
    type: str
    required: true
  site:
    description: The site of the endpoints file where the mailboxes live.
    type: str
    required: true
"""

EXAMPLES = """
- name: Read both sides
  mailwave.exchange.wave_readiness:
    manifest: /srv/mailwave/w001-leeds-01.json
    digest: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    site: leeds
  register: readiness_found
"""

RETURN = """
batch:
  description: The batch's name.
  returned: success
  type: str
users:
  description: How many users the manifest holds.
  returned: success
  type: int
checks:
  description: What mailwave.exchange.verdict takes.
  returned: success
  type: list
  elements: dict
"""
