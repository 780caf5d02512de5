# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.maintenance; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import ExchangeAction, Options
from ansible_collections.mailwave.exchange.plugins.plugin_utils.maintenance import Wait, enter, leave, look

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.onpremises
import exchange_admin.psrp  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises


class ActionModule(ExchangeAction):
    """Look at a server's place in maintenance, put it into maintenance, or take it out."""

    SPEC: ClassVar[Options] = {
        "site": {"type": "str", "required": True},
        "server": {"type": "str", "required": True},
        "state": {"type": "str", "default": "read", "choices": ["read", "entered", "left"]},
        "policy": {"type": "str", "default": "Unrestricted"},
        "alone": {"type": "bool", "default": False},
        "seconds": {"type": "int", "default": 900},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        server, steps = options["server"], list[str]()
        with on_premises(endpoints, options["site"], dry_run=check or options["state"] == "read") as admin:
            if options["state"] == "entered":
                wait = Wait(seconds=options["seconds"])
                before, steps = enter(admin, server, alone=options["alone"], check=check, wait=wait)
            elif options["state"] == "left":
                before, steps = leave(admin, server, policy=options["policy"], check=check)
            else:
                before = look(admin, server)
        return {
            "changed": bool(steps),
            "identity": server,
            "differing": steps,
            "was_offline": before.offline,
            "was_in_service": before.in_service,
            "policy": before.policy,
            "group": before.group,
        }
