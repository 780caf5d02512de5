# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.certificate_services; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.certificates import bind, retire
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import ExchangeAction, Options

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.onpremises
import exchange_admin.psrp  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises


class ActionModule(ExchangeAction):
    """Use a certificate of a server for services, or remove it."""

    SPEC: ClassVar[Options] = {
        "site": {"type": "str", "required": True},
        "server": {"type": "str", "required": True},
        "thumbprint": {"type": "str", "required": True},
        "services": {
            "type": "list",
            "elements": "str",
            "default": ["IIS", "SMTP"],
            "choices": ["IIS", "SMTP", "IMAP", "POP"],
        },
        "state": {"type": "str", "default": "bound", "choices": ["bound", "absent"]},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        server, thumbprint = options["server"], options["thumbprint"]
        with on_premises(endpoints, options["site"], dry_run=check) as admin:
            if options["state"] == "absent":
                differing = ["state"] if retire(admin, server, thumbprint, check=check) else []
            else:
                differing = bind(admin, server, thumbprint, options["services"], check=check)
        return {
            "changed": bool(differing),
            "identity": f"{server}\\{thumbprint}",
            "differing": differing,
        }
