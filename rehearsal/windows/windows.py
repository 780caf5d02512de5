"""The servers of one site as Ansible's Windows modules see them: a decoded module call in, its result out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from rehearsal.clock import VirtualClock
from rehearsal.site.machine import Machines
from rehearsal.site.removal import Removal
from rehearsal.windows.failures import ModuleFailed
from rehearsal.windows.modules import MODELLED
from rehearsal.windows.task import Task
from rehearsal.wire import CmdletCall, CmdletResult


class Windows:
    """A deterministic function of the order of its calls, on the state that a site's cmdlets look at too.

    *removal* is what uninstalling a server does to the organisation; without it none is uninstalled.
    """

    def __init__(self, machines: Machines, clock: VirtualClock, removal: Removal | None = None) -> None:
        self.machines = machines
        self._clock = clock
        self._removal = removal

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """Run the module or script that *call* names on its server.

        The parameters are `arguments`, which were checked before the call was written down, `check`, `diff` and
        `content` in base64. The one row holds `result` and, for a script, `lines`.
        """
        task = self._task(call)
        try:
            outcome = MODELLED[call.cmdlet](task)
        except ModuleFailed as failure:
            return CmdletResult(rows=[{"result": failed(failure), "lines": None}])
        if outcome.machine is not None and not task.check:
            self.machines.put(outcome.machine)
            if outcome.uninstalls and self._removal is not None:
                self._removal.uninstall(outcome.machine.name)
        return CmdletResult(rows=[{"result": dict(outcome.result), "lines": outcome.lines}])

    def _task(self, call: CmdletCall) -> Task:
        parameters: Mapping[str, Any] = call.parameters
        content = parameters.get("content")
        machine, removal = self.machines[call.server], self._removal
        return Task(
            machine=machine,
            obstacles=(lambda: removal.obstacles(machine.name)) if removal else None,
            values=parameters["arguments"],
            now=self._clock.now,
            user=call.user,
            check=bool(parameters.get("check")),
            diff=bool(parameters.get("diff")),
            content=base64.b64decode(content) if content is not None else None,
        )


def failed(failure: ModuleFailed) -> dict[str, Any]:
    """A failure as Ansible's base for modules writes it."""
    return {"changed": False, **failure.result, "failed": True, "msg": failure.problem}
