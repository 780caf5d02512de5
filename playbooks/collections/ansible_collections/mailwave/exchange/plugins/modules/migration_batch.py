# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: migration_batch
short_description: One migration batch of Exchange Online, by its approved manifest
version_added: "0.1.0"
author: The mailwave authors
description:
  - Checks the manifest against its approved digest before anything is read or sent, and its tenant against the
    endpoints file.
  - Makes the batch without AutoStart and without AutoComplete, reads it back, starts it, and reads it back again.
  - A batch of that name that exists already, or whose creation was answered by nothing, is adopted only after
    reading back that its endpoint, its domain, its number of users and every user that it shows are the manifest's.
    Any other is refused by name. A batch shows its users some time after it was started, so C(users_read) says how
    many were seen.
  - A batch that somebody stopped, or that failed, is not started again.
  - Stops whatever has not begun to complete.
  - Releases the completion of a synced batch, once, and only between C(opens) and C(closes), by the machine's clock.
  - Rolls a batch back by stopping and removing it, as long as none of its mailboxes has moved or is just moving.
  - Removes a batch of which everything has ended, which makes room among the hundred that a tenant may have.
attributes:
  check_mode:
    description: Predicts the change; the connection refuses every write.
    support: full
  diff_mode:
    description: Shows the batch's settings before and after.
    support: full
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
  state:
    description:
      - C(present), it exists; C(started), and runs; C(stopped), nothing of it runs; C(completed), it was told to
        complete; C(rolled_back), it is gone and its mailboxes are where they were; C(removed), it has ended and
        is gone.
    type: str
    default: present
    choices: [present, started, stopped, completed, rolled_back, removed]
  opens:
    description: The moment from which the batch may complete, in ISO 8601 with its zone; needed for C(completed).
    type: str
  closes:
    description: The moment from which it may not any more; needed for C(completed).
    type: str
"""

EXAMPLES = """
- name: The batch exists and runs
  mailwave.exchange.migration_batch:
    manifest: /srv/mailwave/w001-leeds-01.json
    digest: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    state: started
"""

RETURN = """
batch:
  description: The batch's name.
  returned: success
  type: str
done:
  description: The cmdlets that this task sent, or would send, in order.
  returned: success
  type: list
  elements: str
users:
  description: How many users the manifest holds.
  returned: success
  type: int
users_read:
  description: How many of them the batch showed when it was read last.
  returned: success
  type: int
guid:
  description: The batch's GUID; empty in a prediction about a batch that does not exist.
  returned: success
  type: str
status:
  description: The batch's status when it was read last; empty in the same case.
  returned: success
  type: str
refused_addresses:
  description: Users whose rows the batch's own validation refused.
  returned: success
  type: list
  elements: str
outcome:
  description: On failure, C(refused), C(unreachable) or C(unknown), as mailwave.exchange.receive_connector has it.
  returned: failure
  type: str
error:
  description: On failure, the name of the error.
  returned: failure
  type: str
"""
