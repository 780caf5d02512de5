# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.objects; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.entries import wanted
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import ExchangeAction, Options
from ansible_collections.mailwave.exchange.plugins.plugin_utils.keeping import keep, look
from ansible_collections.mailwave.exchange.plugins.plugin_utils.sites import reached

from estate_schema.endpoints import Endpoints


class ActionModule(ExchangeAction):
    """Make several objects of one site as they should be, in one shell."""

    SPEC: ClassVar[Options] = {
        "site": {"type": "str", "required": True},
        "only_compare": {"type": "bool", "default": False},
        "objects": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "kind": {"type": "str", "required": True},
                "name": {"type": "str"},
                "server": {"type": "str"},
                "group": {"type": "str"},
                "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
                "settings": {"type": "dict", "default": {}},
                "includes": {"type": "dict", "default": {}},
                "check": {"type": "str"},
            },
        },
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        objects = [wanted(entry) for entry in options["objects"]]
        only_compare = options["only_compare"]
        site = reached(endpoints, options["site"], dry_run=check or only_compare)
        return look(site, objects) if only_compare else keep(site, objects, check=check)
