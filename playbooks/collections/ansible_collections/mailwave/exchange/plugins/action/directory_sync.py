# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.directory_sync; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils import sync_server
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import ExchangeAction, Options
from ansible_collections.mailwave.exchange.plugins.plugin_utils.shown import diff

from estate_schema.endpoints import Endpoints
from exchange_admin.directory_sync import directory_sync
from exchange_admin.errors import ExchangeError

PORT = 5985
"""Windows remote management over http, whose messages Kerberos or NTLM encrypts."""


class ActionModule(ExchangeAction):
    """Let directory synchronisation run, or only look at it."""

    SPEC: ClassVar[Options] = {
        "server": {"type": "str", "required": True},
        "start": {"type": "bool", "default": True},
        "only_compare": {"type": "bool", "default": False},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        url = f"http://{options['server']}:{PORT}/wsman"
        only_compare = options["only_compare"]
        with directory_sync(endpoints, url, dry_run=check or only_compare) as admin:
            if only_compare:
                return _looked(admin)
            changed, before, after = sync_server.let_run(admin, start=options["start"], check=check)
        shown = [{"sync_cycle_enabled": each.running} for each in (before, after)]
        return {
            "changed": changed,
            "identity": options["server"] if changed else "",
            "differing": ["sync_cycle_enabled"] if changed else [],
            "diff": diff(shown[0], shown[1], options["server"]),
        }


def _looked(admin: Any) -> dict[str, Any]:
    try:
        checks = sync_server.checks(sync_server.read(admin))
    except ExchangeError as error:
        checks = [{"id": "sync-stopped", "unknown": str(error)}]
    return {"changed": False, "checks": checks}
