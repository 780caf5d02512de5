# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.read; its options are described in plugins/modules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import (
    ExchangeAction,
    Options,
)

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.onpremises
import exchange_admin.psrp  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises
from exchange_admin.errors import ExchangeError
from exchange_admin.port import ExchangeAdmin, is_read


class NotARead(PlayError):
    """A play asked for *cmdlet* where only reads are run."""

    def __init__(self, *, cmdlet: str) -> None:
        self.cmdlet = cmdlet
        super().__init__(f"{cmdlet} is no read; mailwave.exchange.read runs Get- and Test- cmdlets only")


class ActionModule(ExchangeAction):
    """Run several reads in one shell; one that fails says so in its place, and the others are still read."""

    SPEC: ClassVar[Options] = {
        "site": {"type": "str", "required": True},
        "reads": {"type": "dict", "required": True},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Read, in check mode too, and return the rows of each read by its name."""
        reads: Mapping[str, Mapping[str, Any]] = options["reads"]
        for each in reads.values():
            if not is_read(each["cmdlet"]):
                raise NotARead(cmdlet=each["cmdlet"])
        with on_premises(endpoints, options["site"], dry_run=True) as admin:
            found = {name: _read(admin, each) for name, each in reads.items()}
        return {"changed": False, "readings": found}


def _read(admin: ExchangeAdmin, read: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"rows": admin.invoke(read["cmdlet"], read.get("parameters") or {}).rows}
    except ExchangeError as error:
        return {"error": str(error)}
