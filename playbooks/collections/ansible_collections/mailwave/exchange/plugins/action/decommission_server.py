# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.decommission_server; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from ansible_collections.mailwave.exchange.plugins.plugin_utils import maintenance, uninstalling
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission_action import (
    LEAVING,
    LeavingAction,
    own,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission_gates import LATER
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import Options

from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises


class ActionModule(LeavingAction):
    """See which servers of a site are left, make one ready to be uninstalled, and see that it is gone."""

    SPEC: ClassVar[Options] = {
        **LEAVING,
        "witness": {"type": "str", "default": ""},
        "state": {"type": "str", "required": True, "choices": ["listed", "emptied", "ready", "gone"]},
        "server": {"type": "str", "default": ""},
        "seconds": {"type": "int", "default": 1800},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        server, state = options["server"], options["state"]
        if state != "listed" and not server:
            raise ValueError("server is needed to say which one")
        if server and not own(options).has(server):
            raise ValueError(f"{server} is no server of {options['site']}, which is the one that leaves")
        staying = self._staying(options, endpoints)
        if state == "listed":
            return self._listed(options, endpoints)
        if state == "gone":
            return self._gone(options, endpoints, server, check=check)
        uninstalling.require_not_last(staying, server)
        with self.reached(options, endpoints, LATER, dry_run=check or state == "ready") as (admin, gates):
            gates()
            if state == "ready":
                return self._ready(maintenance.look(admin, server), check=check)
            wait = maintenance.Wait(seconds=options["seconds"])
            before, steps = maintenance.enter(admin, server, alone=True, check=check, wait=wait)
        after = {"in_service": False} if steps else {"in_service": before.in_service}
        return {
            "changed": bool(steps),
            "identity": server,
            "differing": ["in_service"] if steps else [],
            "before": {"in_service": before.in_service},
            "values": after,
        }

    def _staying(self, options: Options, endpoints: Endpoints) -> list[str]:
        """The servers of other sites, by the list of one that stays; none where there is no such site to ask."""
        if not options["witness"]:
            return []
        with on_premises(endpoints, options["witness"], dry_run=True) as witness:
            return uninstalling.listed(witness, own(options))[1]

    def _listed(self, options: Options, endpoints: Endpoints) -> dict[str, Any]:
        """The servers that are left, in the order in which they go, and the check that none is."""
        asked = options["witness"] or options["site"]
        with on_premises(endpoints, asked, dry_run=True) as witness:
            left = uninstalling.listed(witness, own(options))[0]
        host = urlsplit(endpoints.site(options["site"]).powershell).hostname or ""
        check = {"id": uninstalling.CHECK, "holds": not left, "found": left, "expected": []}
        return {
            "changed": False,
            "left": uninstalling.in_order(left, host),
            "checks": [{**check, "subject": options["site"]}],
        }

    def _gone(self, options: Options, endpoints: Endpoints, server: str, *, check: bool) -> dict[str, Any]:
        """Wait until it is listed no more; there is nothing to wait for in *check*."""
        if not check:
            with on_premises(endpoints, options["witness"], dry_run=True) as witness:
                wait = uninstalling.Wait(seconds=options["seconds"])
                uninstalling.until_gone(witness, own(options), server, wait)
        return {"changed": False, "identity": server}

    def _ready(self, found: maintenance.State, *, check: bool) -> dict[str, Any]:
        """Its gates have just held again; it is in maintenance, where this is no prediction."""
        if not (found.offline or check):
            raise maintenance.MayNotEnter(server=found.server, why="it did not stay in maintenance")
        return {"changed": False, "identity": found.server}
