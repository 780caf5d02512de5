# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: client_log_summary
short_description: Counts the versions of Outlook in logs of a server
version_added: "0.1.0"
author: The mailwave authors
description:
  - Reads RPC Client Access logs that lie in a folder of the controller, and counts people by the lowest version of
    Outlook that they used (fact D28). No name of a person is returned.
  - Logs of the HTTP proxy for MAPI, which are called C(*.LOG.proxy) there, are counted beside them.
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
  folder:
    description: The folder with the files, which are called C(*.LOG).
    type: path
    required: true
  minimum:
    description: The lowest build that connects, by major version, as the estate file has it.
    type: dict
    default: {}
"""

EXAMPLES = """
- name: Count the versions
  mailwave.exchange.client_log_summary:
    folder: /srv/mailwave/logs/EX01
    minimum: {"16": 16.0.4600.1000}
"""

RETURN = """
files:
  description: How many files there were.
  returned: success
  type: int
people:
  description: How many people they name.
  returned: success
  type: int
versions:
  description: How many people by the lowest version that they used.
  returned: success
  type: dict
below_minimum:
  description: How many of them are below the minimum.
  returned: success
  type: int
proxy:
  description: The same of the logs of the proxy.
  returned: success
  type: dict
unread_rows:
  description: Rows of Outlook whose version is none.
  returned: success
  type: int
"""
