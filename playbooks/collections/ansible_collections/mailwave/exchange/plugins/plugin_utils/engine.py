# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""One engine for every Exchange object that a play owns: read, compare, show, set, read back.

An action plugin is a table of properties (`ObjectType`); all comparing, predicting and proving is done here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import CreateOnly, NotTaken
from ansible_collections.mailwave.exchange.plugins.plugin_utils.kinds import Kind

from exchange_admin.errors import OutcomeUnknown
from exchange_admin.port import ExchangeAdmin, find_one

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Property:
    """One property: the *option* of the task, Exchange's own *parameter*, what its values mean.

    *create_only*: only New- can give it.
    """

    option: str
    parameter: str
    kind: Kind
    create_only: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectType:
    """One kind of Exchange object: its *noun* in cmdlet names and its properties.

    *on_create* are fixed parameters that only New- takes.
    """

    noun: str
    properties: tuple[Property, ...]
    on_create: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What was done, or would be: canonical values by option, empty where the object does not exist.

    *answer_lost*: the answer of the cmdlet never came, and reading back showed that it had taken effect.
    """

    changed: bool
    before: Values
    after: Values
    answer_lost: bool = False

    @property
    def differing(self) -> list[str]:
        """The options that were, or would be, different afterwards."""
        options = sorted({*self.before, *self.after})
        return [option for option in options if self.before.get(option) != self.after.get(option)]


def argument_spec(kind: ObjectType) -> dict[str, dict[str, Any]]:
    """The options of *kind*'s properties as Ansible describes them."""
    spec: dict[str, dict[str, Any]] = {}
    for item in kind.properties:
        entry: dict[str, Any] = {"type": item.kind.option}
        if item.kind.elements:
            entry["elements"] = item.kind.elements
        if item.choices:
            entry["choices"] = list(item.choices)
        spec[item.option] = entry
    return spec


def read(admin: ExchangeAdmin, kind: ObjectType, identity: str) -> Values:
    """The object's values by option in canonical form; empty when it does not exist."""
    row = find_one(admin, f"Get-{kind.noun}", identity)
    if row is None:
        return {}
    found = {item.option: row.get(item.parameter) for item in kind.properties}
    return {item.option: _canonical(item, found[item.option]) for item in kind.properties}


def make_present(
    admin: ExchangeAdmin, kind: ObjectType, identity: str, *, naming: Values, wanted: Values, check: bool
) -> Change:
    """Make the object called *identity* have the values *wanted* (by option); the rest is left alone.

    *naming* are the parameters by which New- names it. In *check* nothing is sent and the result is a prediction.

    Raises:
        NotTaken: the cmdlet was accepted and reading back shows other values.
        CreateOnly: the object exists and a property that only New- gives differs.
        exchange_admin.errors.ExchangeError: Exchange refused, could not be reached, or its answer was lost.
    """
    goal = _goal(kind, wanted)
    before = read(admin, kind, identity)
    differing = _differing(before, goal)
    if before and not differing:
        return Change(changed=False, before=before, after=before)
    if before:
        _refuse_create_only(kind, identity, before, differing)
    if check:
        return Change(changed=True, before=before, after={**before, **goal})
    if before:
        lost = _send(
            admin, f"Set-{kind.noun}", {"Identity": identity, **_parameters(kind, wanted, set(differing))}
        )
    else:
        lost = _send(
            admin, f"New-{kind.noun}", {**kind.on_create, **naming, **_parameters(kind, wanted, set(goal))}
        )
    after = read(admin, kind, identity)
    _prove(identity, goal, after, lost)
    return Change(changed=True, before=before, after=after, answer_lost=lost is not None)


def make_absent(admin: ExchangeAdmin, kind: ObjectType, identity: str, *, check: bool) -> Change:
    """Make sure that no object is called *identity*; raises as `make_present` does."""
    before = read(admin, kind, identity)
    if not before or check:
        return Change(changed=bool(before), before=before, after={})
    lost = _send(admin, f"Remove-{kind.noun}", {"Identity": identity})
    after = read(admin, kind, identity)
    if after:
        raise lost or NotTaken(identity=identity, wanted={"state": "absent"}, found={"state": "present"})
    return Change(changed=True, before=before, after={}, answer_lost=lost is not None)


def _send(admin: ExchangeAdmin, cmdlet: str, parameters: Values) -> OutcomeUnknown | None:
    """Send one write. A lost answer is returned, not raised: reading back decides what it meant."""
    try:
        admin.invoke(cmdlet, parameters)
    except OutcomeUnknown as lost:
        return lost
    return None


def _prove(identity: str, goal: Values, after: Values, lost: OutcomeUnknown | None) -> None:
    missing = _differing(after, goal)
    if after and not missing:
        return
    if lost is not None:
        raise lost
    raise NotTaken(identity=identity, wanted=missing, found=after)


def _goal(kind: ObjectType, wanted: Values) -> dict[str, object]:
    return {
        item.option: item.kind.canonical(wanted[item.option])
        for item in kind.properties
        if wanted.get(item.option) is not None
    }


def _differing(found: Values, goal: Values) -> dict[str, object]:
    return {option: value for option, value in goal.items() if found.get(option) != value}


def _refuse_create_only(kind: ObjectType, identity: str, before: Values, differing: Values) -> None:
    for item in kind.properties:
        if item.create_only and item.option in differing:
            raise CreateOnly(
                identity=identity,
                option=item.option,
                wanted=differing[item.option],
                found=before[item.option],
            )


def _parameters(kind: ObjectType, wanted: Values, options: set[str]) -> dict[str, object]:
    """The values to send, made from what the person wrote: the canonical form is for comparing only."""
    return {
        item.parameter: item.kind.wire(wanted[item.option])
        for item in kind.properties
        if item.option in options
    }


def _canonical(item: Property, value: object) -> object:
    if value is None or value == "":
        return [] if item.kind.elements else None
    return item.kind.canonical(value)
