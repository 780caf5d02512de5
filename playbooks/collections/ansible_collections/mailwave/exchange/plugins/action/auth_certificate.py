# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.auth_certificate; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.auth_certificates import (
    Dates,
    Step,
    checks,
    turn,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import ExchangeAction, Options
from ansible_collections.mailwave.exchange.plugins.plugin_utils.moments import moment, now

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.onpremises
import exchange_admin.psrp  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises


class ActionModule(ExchangeAction):
    """Turn the certificate for OAuth over by one step, or only look at it."""

    SPEC: ClassVar[Options] = {
        "site": {"type": "str", "required": True},
        "step": {"type": "str", "choices": [step.value for step in Step]},
        "thumbprint": {"type": "str"},
        "effective": {"type": "str", "default": ""},
        "only_compare": {"type": "bool", "default": False},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        only_compare = options["only_compare"]
        step = Step(options["step"]) if options["step"] else None
        thumbprint = options["thumbprint"] or ""
        if not only_compare and (step is None or not thumbprint):
            raise ValueError("step and thumbprint are needed to turn the certificate over")
        effective = options["effective"]
        present = now(endpoints)
        dates = Dates(moment(effective), present) if effective else None
        with on_premises(endpoints, options["site"], dry_run=check or only_compare) as admin:
            if only_compare or step is None:
                return {"changed": False, "checks": checks(admin, present, step, thumbprint)}
            differing = turn(admin, step, thumbprint, dates, check=check)
        return {
            "changed": bool(differing),
            "identity": f"OAuth certificate {thumbprint}",
            "differing": differing,
        }
