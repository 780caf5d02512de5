"""The engine's stream of events, as what it did to which resource."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi import automation as auto

from mailwave.core.change.steps import SAME, UNKNOWN
from mailwave.core.pending import NOTE
from mailwave.core.stacks import DONE, PROTECT, Breach, PropertyChange, StackBeat, StackChange

OnBeat = Callable[[StackBeat], None]

UNCOUNTED = ("pulumi:pulumi:Stack", "pulumi:providers:pulumi")
"""In the state, and not made by the program: the stack itself, and what reads other stacks' outputs."""

_OURS = (*UNCOUNTED, NOTE)
"""What is in the state and stands for nothing that an operator knows."""

_OPERATIONS: Mapping[str, str] = {
    **{operation: operation for operation in DONE},
    "create-replacement": "replace",
    "import-replacement": "replace",
}
"""What an operator calls each of the engine's steps; the other halves of a replacement are left out."""

_CONTROL = re.compile(r"control-(\d+)-")
"""How the policy pack calls its policies (`infra/policy/pack.py`); another pack's have no number."""

_PATH = re.compile(r"\[\"((?:[^\"\\]|\\.)*)\"\]|\[(\d+)\]|\.?([^.\[\]]+)")


@dataclass
class Watcher:
    """Collects what one operation does on *stack*. *planned* takes steps when they are planned, not when they are done.

    *refusals* are the providers' words to failed steps, by URN; *breaches* what the policy pack found.
    """

    stack: str
    planned: bool = False
    on_beat: OnBeat | None = None
    changes: dict[str, StackChange] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    breaches: list[Breach] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def __call__(self, event: auto.EngineEvent) -> None:
        """Take one event."""
        if event.diagnostic_event and event.diagnostic_event.severity == "error":
            self._refused(event.diagnostic_event)
        if event.policy_event:
            self._breached(event.policy_event)
        finished = event.res_outputs_event
        if finished:
            self._beat(finished.metadata)
        step = event.resource_pre_event if self.planned else finished
        if step:
            self._take(step.metadata)

    def _refused(self, said: auto.DiagnosticEvent) -> None:
        if said.urn:
            self.refusals[said.urn] = self.refusals.get(said.urn, "") + said.message

    @property
    def broken(self) -> tuple[Breach, ...]:
        """The breaches that nobody has waived."""
        return tuple(breach for breach in self.breaches if not breach.waived)

    def _breached(self, said: auto.PolicyEvent) -> None:
        about, _, says = said.message.strip().partition("\n")
        number = _CONTROL.match(said.policy_name)
        breach = Breach(
            control=int(number[1]) if number else 0,
            about=about,
            says=says,
            waived=said.enforcement_level != "mandatory",
        )
        if breach not in self.breaches:  # both halves of a replacement are looked at
            self.breaches.append(breach)

    def _beat(self, step: auto.StepEventMetadata) -> None:
        self._seen.add(step.urn)
        if self.on_beat:
            self.on_beat(StackBeat(self.stack, len(self._seen), step.type, name_of(step.urn)))

    def _take(self, step: auto.StepEventMetadata) -> None:
        lifted, operation = _protection(step), _OPERATIONS.get(str(step.op.value))
        if lifted and step.op.value == SAME:
            operation = "update"
        if operation is None or step.type in _OURS:
            return
        before = self.changes.get(step.urn)
        if before is None or before.operation == "delete":
            properties = (*_properties(step), *lifted)
            self.changes[step.urn] = StackChange(name_of(step.urn), step.type, operation, properties)


def name_of(urn: str) -> str:
    """The logical name in a URN, which may itself hold colons."""
    return urn.split("::", maxsplit=3)[-1]


def _properties(step: auto.StepEventMetadata) -> tuple[PropertyChange, ...]:
    """What differs. After a refresh the old inputs are the live values, and the engine has masked the secret ones."""
    detailed = step.detailed_diff or {}
    if not detailed:  # a provider that names properties only, whose values are told all the same
        old, new = _inputs(step.old), _inputs(step.new)
        paths = sorted(
            {path for key in step.diffs or () for path in _differing(old.get(key), new.get(key), key)}
        )
        return tuple(PropertyChange(path, _text(old, path), _text(new, path)) for path in paths)
    return tuple(
        PropertyChange(path, _text(_old(step, detailed[path]), path), _text(_inputs(step.new), path))
        for path in sorted(detailed)
    )


def _protection(step: auto.StepEventMetadata) -> tuple[PropertyChange, ...]:
    """Whether the engine begins or ceases to refuse deletion; it calls that no difference, as the object stays."""
    if not (step.old and step.new) or bool(step.old.protect) == bool(step.new.protect):
        return ()
    was, becomes = ("true", "false") if step.old.protect else ("false", "true")
    return (PropertyChange(PROTECT, was, becomes),)


def _differing(old: object, new: object, path: str) -> Iterator[str]:
    """The paths below *path* where the two differ; *path* itself where they are no objects, or the same."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = [key for key in {*old, *new} if old.get(key) != new.get(key)]
        yield from (
            below for key in keys for below in _differing(old.get(key), new.get(key), f"{path}.{key}")
        )
        if keys:
            return
    yield path


def _old(step: auto.StepEventMetadata, difference: auto.PropertyDiff) -> Mapping[str, Any]:
    if difference.input_diff:
        return _inputs(step.old)
    return (step.old.outputs if step.old else None) or {}


def _inputs(state: auto.StepEventStateMetadata | None) -> Mapping[str, Any]:
    return (state.inputs if state else None) or {}


def _text(values: object, path: str) -> str:
    """The value at *path* as JSON; empty where there is none."""
    for quoted, index, name in _PATH.findall(path):
        if isinstance(values, Mapping):
            key = quoted.replace('\\"', '"') or name or index
            if key not in values:
                return ""
            values = values[key]
        elif isinstance(values, list) and index and int(index) < len(values):
            values = values[int(index)]
        else:
            return ""
    return "(not known yet)" if values == UNKNOWN else json.dumps(values, ensure_ascii=False)
