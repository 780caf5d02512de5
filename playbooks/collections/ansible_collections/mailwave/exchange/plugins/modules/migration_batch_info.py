# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: migration_batch_info
short_description: What a migration batch shows, and whether it is as it should be
version_added: "0.2.0"
author: The mailwave authors
description:
  - Reads the batch of a manifest and its users; it changes nothing.
  - Gives checks for mailwave.exchange.verdict, which decides.
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
  expect:
    description:
      - C(started), it runs with every user; C(stopped), nothing of it runs; C(released), it was told to complete;
        C(rolled_back), it is gone and has moved nobody; C(removed), it is gone.
    type: str
    required: true
    choices: [started, stopped, released, rolled_back, removed]
"""

EXAMPLES = """
- name: Read the batch
  mailwave.exchange.migration_batch_info:
    manifest: /srv/mailwave/w001-leeds-01.json
    digest: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    expect: started
  register: batch_found
"""

RETURN = """
batch:
  description: The batch's name.
  returned: success
  type: str
status:
  description: The batch's status; empty where there is none.
  returned: success
  type: str
users:
  description: How many users the manifest holds.
  returned: success
  type: int
users_read:
  description: How many the batch shows.
  returned: success
  type: int
states:
  description: How many users stand in each state.
  returned: success
  type: dict
checks:
  description: What mailwave.exchange.verdict takes.
  returned: success
  type: list
  elements: dict
"""
