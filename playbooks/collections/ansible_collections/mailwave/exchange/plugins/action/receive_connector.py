# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.receive_connector; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils import engine
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import (
    ExchangeAction,
    Options,
    diff,
)
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
    """Make one server's receive connector have the values of the task, or be absent."""

    SPEC: ClassVar[Options] = {
        "site": {"type": "str", "required": True},
        "server": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        **engine.argument_spec(RECEIVE_CONNECTOR),
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        named = identity(options["server"], options["name"])
        with on_premises(endpoints, options["site"], dry_run=check) as admin:
            if options["state"] == "absent":
                change = engine.make_absent(admin, RECEIVE_CONNECTOR, named, check=check)
            else:
                naming = {"Name": options["name"], "Server": options["server"]}
                change = engine.make_present(
                    admin, RECEIVE_CONNECTOR, named, naming=naming, wanted=options, check=check
                )
        return {
            "changed": change.changed,
            "identity": named,
            "connector": dict(change.after),
            "differing": list(change.differing),
            "answer_lost": change.answer_lost,
            "diff": diff(change.before, change.after, named),
        }
