"""After a crash: from a stack that an earlier update left open to one that the next update can bring to its end.

Nothing is decided while somebody may still be at work: first every process of the dead operator is ended, then the
lock is judged by who holds it, and only then are the open operations of the state looked at (`core.pending`).
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi import automation as auto

from mailwave.adapters import engine_process
from mailwave.adapters.engine_errors import CreationRefused, PendingOperations
from mailwave.adapters.engine_events import name_of
from mailwave.core import pending

_HOLDER = re.compile(r"created by \S*@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<at>\S+)")
"""How a backend that keeps its own locks (files, S3) describes one. Source: pulumi pkg/backend/diy/lock.go."""


@dataclass(frozen=True)
class Recovery:
    """The recovery of one *stack*."""

    stack: auto.Stack

    def left_open(self) -> tuple[str, ...]:
        """What an earlier update left behind, in words; nothing when it ended by itself. Changes nothing."""
        with engine_process.orphans(self.stack.name) as found:
            running = tuple(f"process {orphan.pid} still runs" for orphan in found)
        return (*running, *(f"{name_of(urn)} was being worked on" for urn in self._open_operations()))

    def run(self) -> tuple[str, ...]:
        """Decide what became of each object, and say what was done about it.

        Raises:
            PendingOperations: whether some object exists cannot be told from here; the state is as it was.
        """
        with engine_process.orphans(self.stack.name) as found:
            engine_process.end(found)
        if not self._open_operations():
            return ()
        settlement = pending.settle(self._deployment())
        if settlement.undecided:
            raise PendingOperations(stack=self.stack.name, urns=settlement.undecided)
        self._write(settlement.deployment)
        return (
            *(f"{name_of(urn)}: looked up at its id, and kept if it is there" for urn in settlement.entered),
            *(f"{name_of(urn)}: made again, which makes nothing twice" for urn in settlement.repeated),
            *(
                f"{name_of(urn)}: asked for again; the service names the one it has"
                for urn in settlement.tried
            ),
        )

    def repeating[Result](self, update: Callable[[], Result]) -> Result:
        """Run *update*; adopt what the service refuses to make twice, and run it again until nothing is left to adopt.

        Only objects that are noted as cut off are adopted: any other object of that key is somebody else's.
        """
        while True:
            try:
                return self.past_dead_lock(update)
            except CreationRefused as refused:
                settlement = pending.adopted(self._deployment(), refused.refusals)
                if not settlement.entered:
                    raise
                self._write(settlement.deployment)

    def past_dead_lock[Result](self, act: Callable[[], Result]) -> Result:
        """Do *act*; where a lock is in its way whose holder is dead, clear the lock and do it again."""
        try:
            return act()
        except auto.ConcurrentUpdateError as error:
            if not _all_dead(str(error)):
                raise
        self.stack.cancel()
        return act()

    def require_settled(self) -> None:
        """Refuse while an operation is noted of which nobody knows what became."""
        urns = self._open_operations()
        if urns:
            raise PendingOperations(stack=self.stack.name, urns=urns)

    def _open_operations(self) -> tuple[str, ...]:
        return pending.open_operations(self._deployment())

    def _deployment(self) -> Mapping[str, Any]:
        deployment: Mapping[str, Any] = self.stack.export_stack().deployment or {}
        return deployment

    def _write(self, deployment: Mapping[str, Any]) -> None:
        """Replace the state under the stack's lock, so that a living update is met as busy and not overwritten.

        The engine drops every open operation from a state that it is given (`pulumi stack import`).
        """
        version = self.stack.export_stack().version
        self.past_dead_lock(lambda: self.stack.import_stack(auto.Deployment(version, dict(deployment))))


def _all_dead(text: str) -> bool:
    """Whether every holder of the locks that *text* describes was a process of this machine that has ended."""
    holders = list(_HOLDER.finditer(text))
    return bool(holders) and all(
        holder["host"] == socket.gethostname()
        and int(holder["pid"]) != os.getpid()
        and not engine_process.was_alive(int(holder["pid"]), engine_process.moment_of(holder["at"]))
        for holder in holders
    )
