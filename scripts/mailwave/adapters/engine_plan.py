"""Updates that somebody approves before they are made: the engine's plan, its steps, and the state they start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi import automation as auto

from mailwave.adapters.engine_events import Watcher
from mailwave.core.change.steps import Step, canonical_steps
from mailwave.core.manifest import digest
from mailwave.core.stacks import StackMark

_ROOT = "pulumi:pulumi:Stack"
_REFRESHES = ("refresh", "read", "read-replacement")
"""Steps that look and plan nothing."""


@dataclass
class StepWatcher:
    """Passes every event on to *watcher*, and keeps the steps that are planned and the outputs that come of them."""

    watcher: Watcher
    steps: dict[tuple[str, str], Step] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()

    def __call__(self, event: auto.EngineEvent) -> None:
        """Take one event."""
        self.watcher(event)
        if event.resource_pre_event:
            self._take(event.resource_pre_event.metadata)
        finished = event.res_outputs_event
        if finished and finished.metadata.type == _ROOT:
            self.outputs = _changed(finished.metadata)

    @property
    def canonical(self) -> bytes:
        """The steps as bytes that two runs share when they plan the same."""
        return canonical_steps(self.steps.values())

    def _take(self, found: auto.StepEventMetadata) -> None:
        operation = str(found.op.value)
        if operation in _REFRESHES:
            return
        new, old = found.new, found.old
        self.steps[found.urn, operation] = Step(
            urn=found.urn,
            op=operation,
            type=found.type,
            provider=_provider(found.provider),
            protect=bool(new and new.protect),
            inputs=(new and new.inputs) or {},
            was=(old and old.inputs) or {},
            paths=tuple(sorted(found.detailed_diff or found.diffs or ())),
            keys=tuple(sorted(found.keys or ())),
        )


def _provider(reference: str | None) -> str:
    """The provider's URN, without the id that it gets anew in each preview before it is deployed."""
    return (reference or "").rpartition("::")[0]


def _changed(root: auto.StepEventMetadata) -> tuple[str, ...]:
    """The names of the stack's outputs that become other values, or are known only afterwards."""
    old: Mapping[str, Any] = (root.old and root.old.outputs) or {}
    new: Mapping[str, Any] = (root.new and root.new.outputs) or {}
    return tuple(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def mark(stack: auto.Stack) -> StackMark:
    """Which state the stack is in: any update, import, refresh or edit gives another one."""
    exported = stack.export_stack()
    latest = stack.history(page_size=1, page=1)
    last_update = f"{latest[0].kind} {latest[0].start_time.isoformat()}" if latest else ""
    return StackMark(
        digest({"version": exported.version, "deployment": _exact(exported.deployment)}), last_update
    )


def _exact(value: Any) -> Any:
    """The same, with floating numbers as texts: their form is not to differ between two readers."""
    if isinstance(value, Mapping):
        return {key: _exact(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return repr(value) if isinstance(value, float) else value
