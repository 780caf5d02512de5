# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Documentation only, written by tools/exchange_modules.py from objects.yaml: the action kept_object does the work."""

from __future__ import annotations

DOCUMENTATION = """
module: throttling_policy_association
short_description: The throttling policy of one account that exists
version_added: 0.1.0
author: The mailwave authors
description:
  - Reads the object, compares it with the options that are given, sets what differs and reads it back.
  - Options that are left out are left alone. Values compare by meaning, so C(36MB) equals C(36 MB (37,748,736 bytes)),
    and case and order play no part in lists.
  - What the answering version of Exchange does not take is refused before anything is sent.
  - A lost answer is never followed by a second attempt. Reading back decides whether the change took effect.
attributes:
  check_mode:
    description: Predicts the change; the connection refuses every write.
    support: full
  diff_mode:
    description: Shows the options that differ.
    support: full
  action:
    description: Runs on the controller and needs no Python on the server.
    support: full
options:
  site:
    description: The site of the endpoints file whose remote PowerShell answers.
    type: str
    required: true
  name:
    description: The object's name, without its server.
    type: str
    required: true
  throttling_policy:
    description: ThrottlingPolicy.
    type: str
"""

EXAMPLES = """
- name: Keep the throttling policy of one account that exists
  mailwave.exchange.throttling_policy_association:
    site: leeds
    name: svc-migration
    throttling_policy: Accounts of plays and moves
"""

RETURN = """
objects:
  description: The object by kind and identity, whether it exists and changed, which options differ, and its values
    by option before and after the change, or as they would be.
  returned: success
  type: list
  elements: dict
identity:
  description: The object's name as Exchange knows it, empty where nothing changes.
  returned: success
  type: str
differing:
  description: The options that were, or would be, different afterwards; empty where nothing changes.
  returned: success
  type: list
  elements: str
outcome:
  description: On failure, C(refused) when nothing was done or what was done is visible, C(unreachable) when Exchange
    gave no usable answer and nothing was changed, C(unknown) when only reading back later can tell.
  returned: failure
  type: str
error:
  description: On failure, the name of the error.
  returned: failure
  type: str
"""
