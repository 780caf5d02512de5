# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: directory_sync
short_description: Directory synchronisation runs (Microsoft Entra Connect)
version_added: "0.1.0"
author: The mailwave authors
description:
  - Switches the scheduler on where it is off, starts a cycle then, and reads back. Nothing else is set, what only the
    wizard of the server can set is reported by C(only_compare).
  - The server is asked through Windows' remote PowerShell with the cmdlets of its ADSync module.
attributes:
  check_mode:
    description: Predicts the change; the connection refuses every write.
    support: full
  diff_mode:
    description: Shows whether the scheduler runs.
    support: full
  action:
    description: Runs on the controller and needs no Python on the server.
    support: full
options:
  server:
    description: The full name of the server of directory synchronisation.
    type: str
    required: true
  start:
    description: Start a cycle at once where the scheduler was off.
    type: bool
    default: true
  only_compare:
    description:
      - Change nothing, whatever the mode, and return C(checks) for mailwave.exchange.verdict.
      - A read that failed makes a check that is unknown, and never fails the task.
    type: bool
    default: false
"""

EXAMPLES = """
- name: Directory synchronisation runs
  mailwave.exchange.directory_sync:
    server: aadc01.leeds.contoso.example
"""

RETURN = """
checks:
  description: With only_compare, what was found beside what should be.
  returned: success
  type: list
  elements: dict
identity:
  description: The server, empty where nothing changes.
  returned: success
  type: str
differing:
  description: What was, or would be, different afterwards.
  returned: success
  type: list
  elements: str
outcome:
  description: On failure, C(refused) when nothing was done or what was done is visible, C(unreachable) when the server
    gave no usable answer and nothing was changed, C(unknown) when only reading back later can tell.
  returned: failure
  type: str
error:
  description: On failure, the name of the error.
  returned: failure
  type: str
"""
