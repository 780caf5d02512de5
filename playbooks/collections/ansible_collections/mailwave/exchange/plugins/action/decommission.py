# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.decommission; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils import checks_decommission, decommission
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission import Step
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission_action import (
    LEAVING,
    LeavingAction,
    own,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import Options

from estate_schema.endpoints import Endpoints


class ActionModule(LeavingAction):
    """Take one step in taking a site down, once its gates hold, or only look at what is left of it."""

    SPEC: ClassVar[Options] = {
        **LEAVING,
        "groups": {"type": "list", "elements": "str", "default": []},
        "step": {"type": "str", "required": True, "choices": [step.value for step in Step]},
        "only_compare": {"type": "bool", "default": False},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        step, site, compare = Step(options["step"]), own(options), options["only_compare"]
        with self.reached(options, endpoints, step, dry_run=check or compare) as (admin, gates):
            if compare:
                looks = decommission.looks(admin, step, site)
                return {"changed": False, "checks": checks_decommission.asked(looks, options["site"])}
            return decommission.result(decommission.take(admin, step, site, gates, check=check))
