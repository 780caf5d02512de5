# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action of the same name does the work, on the controller; this file is its documentation."""

from __future__ import annotations

DOCUMENTATION = """
module: objects
short_description: Several Exchange objects of one site, in one shell
version_added: "0.1.0"
author: The mailwave authors
description:
  - Reads each object, compares it with what is given, sets what differs and reads it back, in the order of the list.
  - The first object that fails ends the task; those before it are done, and a second run goes on from there.
  - Each kind has a module of its own, whose documentation describes the C(settings) of that kind.
  - Where the site's server is of a version that has no such objects, another server of the same site is asked.
attributes:
  check_mode:
    description: Predicts the change; the connection refuses every write.
    support: full
  diff_mode:
    description: Shows for each object the options that differ.
    support: full
  action:
    description: Runs on the controller and needs no Python on a server.
    support: full
options:
  site:
    description: The site of the endpoints file whose remote PowerShell answers.
    type: str
    required: true
  only_compare:
    description:
      - Change nothing, whatever the mode, and return C(checks) for mailwave.exchange.verdict.
      - A read that failed makes a check that is unknown, and never fails the task.
    type: bool
    default: false
  objects:
    description: The objects.
    type: list
    elements: dict
    required: true
    options:
      kind:
        description: The kind of object, which is the name of its module.
        type: str
        required: true
      name:
        description: The object's name, where its kind has one. C(*) stands for every object of the kind that exists.
        type: str
      server:
        description: The server that the object belongs to, where it belongs to one.
        type: str
      group:
        description: The role group, for C(role_group_member).
        type: str
      state:
        description: Whether the object is there.
        type: str
        default: present
        choices: [present, absent]
      settings:
        description: Values by option of the kind's module; what is left out is left alone.
        type: dict
        default: {}
      includes:
        description: Items that a list must hold beside whatever else it holds, by option.
        type: dict
        default: {}
      check:
        description: The id of the check that a verify play judges by.
        type: str
"""

EXAMPLES = """
- name: Mailboxes can be moved through EX01, and its clients find it
  mailwave.exchange.objects:
    site: leeds
    objects:
      - kind: web_services_virtual_directory
        server: EX01
        check: mrs-proxy-off
        settings: {mrs_proxy_enabled: true}
      - kind: client_access_service
        server: EX01
        settings:
          auto_discover_service_internal_uri: https://autodiscover.contoso.example/Autodiscover/Autodiscover.xml
"""

RETURN = """
objects:
  description: Each object by kind and identity, whether it exists and changed, which options differ, and its values by
    option before and after the change, or as they would be.
  returned: success
  type: list
  elements: dict
checks:
  description: With only_compare, a check for each object that names one.
  returned: success
  type: list
  elements: dict
identity:
  description: The names of the objects that changed, or would.
  returned: success
  type: str
differing:
  description: The options that were, or would be, different afterwards, of all objects together.
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
