# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.receive_connector_info; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils import engine
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import ExchangeAction, Options
from ansible_collections.mailwave.exchange.plugins.plugin_utils.receive_connectors import (
    RECEIVE_CONNECTOR,
    identity,
)

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.onpremises
import exchange_admin.psrp  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises


class ActionModule(ExchangeAction):
    """Read one server's receive connector."""

    SPEC: ClassVar[Options] = {
        option: {"type": "str", "required": True} for option in ("site", "server", "name")
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Read it; check mode makes no difference."""
        named = identity(options["server"], options["name"])
        with on_premises(endpoints, options["site"], dry_run=True) as admin:
            found = engine.read(admin, RECEIVE_CONNECTOR, named)
        return {"changed": False, "identity": named, "exists": bool(found), "connector": dict(found)}
