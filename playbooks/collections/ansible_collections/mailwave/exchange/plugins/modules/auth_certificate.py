# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: auth_certificate
short_description: The certificate by which Exchange proves who it is, turned over step by step
version_added: "0.1.0"
author: The mailwave authors
description:
  - C(stage) makes a certificate that is on the answering server the next one; Exchange brings it to every server.
  - C(publish) makes it the current one. It is refused while a mailbox server of the organisation does not have it.
  - C(clear) lets the previous one go. It is refused while a server does not have the current one.
attributes:
  check_mode:
    description: Predicts the change; the connection refuses every write.
    support: full
  diff_mode:
    description: The result names the step.
    support: none
  action:
    description: Runs on the controller and needs no Python on the server.
    support: full
options:
  site:
    description: The site of the endpoints file whose remote PowerShell answers.
    type: str
    required: true
  step:
    description: How far the certificate is brought; left out, it is only looked at.
    type: str
    choices: [stage, publish, clear]
  thumbprint:
    description: The new certificate's thumbprint.
    type: str
  effective:
    description: For C(stage), the moment from which Exchange may publish it by itself, in ISO 8601.
    type: str
    default: ""
  only_compare:
    description: Changes nothing and returns checks for mailwave.exchange.verdict.
    type: bool
    default: false
"""

EXAMPLES = """
- name: The new certificate is the next one
  mailwave.exchange.auth_certificate:
    site: leeds
    step: stage
    thumbprint: 0123456789ABCDEF0123456789ABCDEF01234567
    effective: "2026-09-08T00:00:00+00:00"
"""

RETURN = """
identity:
  description: The certificate.
  returned: success
  type: str
differing:
  description: The step that was, or would be, taken; empty where it was taken before.
  returned: success
  type: list
  elements: str
checks:
  description: With C(only_compare), what mailwave.exchange.verdict judges.
  returned: success
  type: list
  elements: dict
outcome:
  description: On failure, as mailwave.exchange.receive_connector has it.
  returned: failure
  type: str
"""
