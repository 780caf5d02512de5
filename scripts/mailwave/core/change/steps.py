"""The steps that the engine plans, in canonical form: two previews that plan the same give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from mailwave.core.manifest import canonical

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a value that is known only once the update has run."""

SAME = "same"

DRAWN = "(drawn when it is made)"
"""Stands for a name that a provider draws anew in each preview; the engine's plan fixes the one that is used."""

_MAKING = ("create", "create-replacement")
_GUIDS = {"roleAssignmentName", "roleDefinitionId"}
"""Names that azure-native draws as a GUID."""

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the engine, of its own words but without what differs from run to run: times, traces, orders.

    *inputs* and *was* are the new and the old inputs, secrets masked; *paths* what differs, *keys* what replaces.
    """

    urn: str
    op: str
    type: str
    provider: str = ""
    protect: bool = False
    inputs: Mapping[str, Any] = {}
    was: Mapping[str, Any] = {}
    paths: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def canonical_steps(steps: Iterable[Step]) -> bytes:
    """All *steps*, by resource and operation, as RFC 8785 JSON."""
    ordered = sorted(map(_settled, steps), key=lambda step: (step.urn, step.op))
    return canonical([_exact(msgspec.to_builtins(step)) for step in ordered])


def _settled(step: Step) -> Step:
    """The step without the names that are drawn anew: azure-native's own are a logical name and 8 digits, or a GUID."""
    if step.op not in _MAKING:
        return step
    name = step.urn.split("::", maxsplit=3)[-1]
    drawn = re.compile(rf"({re.escape(name)}|{re.escape(name.replace('-', ''))})-?[0-9a-f]{{7,8}}")
    forms = dict.fromkeys(_GUIDS, _GUID)
    inputs = {key: _undrawn(value, forms.get(key, drawn)) for key, value in step.inputs.items()}
    return msgspec.structs.replace(step, inputs=inputs)


def _undrawn(value: object, form: re.Pattern[str]) -> object:
    return DRAWN if isinstance(value, str) and form.fullmatch(value) else value


def _exact(value: Any) -> Any:
    """Whole numbers as such: the engine's numbers are floating, and 25.0 means 25."""
    if isinstance(value, Mapping):
        return {key: _exact(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def beyond(approved: bytes, now: bytes) -> str:
    """The first step of *now* that *approved* does not hold, in words; empty when there is none.

    Of an update that was cut off, some steps are done, what was not known then may be known now, and of something that
    was being made an update may be left. Both arguments are what `canonical_steps` gave.
    """
    held = {(step.urn, step.op): step for step in msgspec.json.decode(approved, type=list[Step])}
    for step in msgspec.json.decode(now, type=list[Step]):
        if step.op == SAME:
            continue
        agreed = held.get((step.urn, step.op)) or (
            held.get((step.urn, "create")) if step.op == "update" else None
        )
        if agreed is None:
            return f"{step.op} {step.urn} was not approved"
        if not _meets(agreed.inputs, step.inputs):
            return f"{step.op} {step.urn} was approved with other properties"
    return ""


def _meets(agreed: Any, found: Any) -> bool:
    """Whether *found* is what was *agreed*, where whatever was not known then may be anything now."""
    if agreed == UNKNOWN:
        return True
    if isinstance(agreed, Mapping) and isinstance(found, Mapping):
        return {*agreed} == {*found} and all(_meets(agreed[key], found[key]) for key in agreed)
    if isinstance(agreed, list) and isinstance(found, list):
        return len(agreed) == len(found) and all(map(_meets, agreed, found))
    return bool(agreed == found)
