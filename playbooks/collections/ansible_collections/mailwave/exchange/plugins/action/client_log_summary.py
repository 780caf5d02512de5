# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.client_log_summary; its options are described in plugins/modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible_collections.mailwave.exchange.plugins.plugin_utils.client_logs import summary
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import Options, failure


class ActionModule(ActionBase):  # type: ignore[misc]
    """Count the versions of Outlook in logs that were fetched."""

    _supports_check_mode = True
    _requires_connection = False
    SPEC: ClassVar[Options] = {
        "folder": {"type": "path", "required": True},
        "minimum": {"type": "dict", "default": {}},
    }

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the counts."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=dict(self.SPEC))
        try:
            return {"changed": False, **summary(Path(options["folder"]), options["minimum"])}
        except (OSError, ValueError) as error:
            return failure(error)
