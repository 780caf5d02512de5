# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.verdict; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import Options, failure
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import VERSIONS, Verdict, judge


class ActionModule(ActionBase):  # type: ignore[misc]
    """Judge a play's checks; nothing is read or sent."""

    _supports_check_mode = True
    _requires_connection = False
    SPEC: ClassVar[Options] = {
        "checks": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "id": {"type": "str", "required": True},
                "holds": {"type": "bool"},
                "found": {"type": "raw"},
                "expected": {"type": "raw"},
                "unknown": {"type": "str"},
                "subject": {"type": "str"},
            },
        },
        "server": {"type": "str"},
        "version": {"type": "str", "choices": list(VERSIONS)},
    }

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the verdict; it fails where there is a finding, or something that nobody could read."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=dict(self.SPEC))
        server = options["server"] or (task_vars or {}).get("inventory_hostname", "")
        try:
            return _result(judge(options["checks"], server=server, version=options["version"]))
        except PlayError as error:
            return failure(error)


def _result(verdict: Verdict) -> dict[str, Any]:
    values = {
        "changed": False,
        "findings": verdict.findings,
        "unknown": verdict.unknown,
        "held": verdict.held,
        "not_applicable": verdict.not_applicable,
    }
    if not verdict.sentence:
        return values
    # "unreachable" is the word for a read that gave no usable answer where nothing was changed
    outcome = "refused" if verdict.findings else "unreachable"
    error = "Findings" if verdict.findings else "Unread"
    return {**values, "failed": True, "msg": verdict.sentence, "outcome": outcome, "error": error}
