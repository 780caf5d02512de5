"""What a kind of Exchange object is: its name, its properties, and how it comes and goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from exchange_admin.cmdlets import Side, has_parameter, sets_of
from infra.exchange.rules import Rule

TOGGLE = "Enable-/Disable-"
"""How a property is set that has a pair of cmdlets instead of a parameter of Set-."""

ASSIGNED = "New-/Remove-ManagementRoleAssignment"
"""How roles are set: each is given and taken by an assignment of its own."""

Call = tuple[str, dict[str, Any]]
"""A cmdlet and its parameters."""


class Life(Enum):
    """How objects of a kind come and go."""

    ADOPTED = "adopted"
    """They are there already: updated only, and released when the resource leaves the stack."""
    OWNED = "owned"
    """Made, and removed when the resource leaves the stack."""
    KEPT = "kept"
    """Made where it is not there, and never removed."""


@dataclass(frozen=True)
class Property:
    """A property: its *name* in the program and the *parameter* of Exchange that sets it.

    *shown*: what the row of Get- calls it, where that is not the parameter. *settable* false: the live value must
    already satisfy the program, because the stack may not change it. *by*: what sets it, where that is not Set-:
    `TOGGLE`, `ASSIGNED` or the name of a cmdlet.
    """

    name: str
    parameter: str
    rule: Rule
    says: str
    required: bool = False
    settable: bool = True
    shown: str = ""
    by: str = ""

    def live(self, row: Mapping[str, Any]) -> Any:
        """Return the value in a row of Get-."""
        return row.get(self.shown or self.parameter)


def prop(parameter: str, rule: Rule, says: str, **more: Any) -> Property:
    """Return a property that is called as its parameter is."""
    return Property(named(parameter), parameter, rule, says, **more)


def named(parameter: str) -> str:
    """Return the program's name of a parameter: `UseMXRecord` is `useMxRecord`."""
    first, *others = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+", parameter)
    return "".join((first.lower(), *(word.capitalize() for word in others)))


@dataclass(frozen=True)
class ObjectType:
    """A kind of object.

    *key* names the property that says which object is meant, *given* the parameters of New- that take it; a kind
    without a key has one object a tenant. *standing* are objects that every tenant has: they are adopted whatever the
    *life* of the kind. *absent* says what to do where one that must be there is not. *besides*: rows of
    another Get- cmdlet that belong to the object, by the name under which they join its row, with the Identity that it
    takes, in which {} is the object's. *called* is what the
    program calls the kind where two have the same cmdlets.
    """

    noun: str
    key: str
    says: str
    properties: tuple[Property, ...]
    life: Life = Life.OWNED
    given: tuple[str, ...] = ("Name",)
    standing: frozenset[str] = frozenset()
    absent: str = ""
    besides: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    called: str = ""

    @property
    def token(self) -> str:
        """The resource type in the engine."""
        return f"exchange:index:{self.type_name}"

    @property
    def type_name(self) -> str:
        """What the program calls it."""
        return self.called or self.noun

    def cmdlet(self, verb: str) -> str:
        """The cmdlet that does *verb* to such an object."""
        return f"{verb}-{self.noun}"

    def identity(self, inputs: Mapping[str, Any]) -> str:
        """Return what the object is called; the one of a tenant is called as its kind."""
        return str(inputs[self.key]) if self.key else self.noun

    def made(self, name: str) -> bool:
        """Tell whether the stack may make the object *name*."""
        return self.life is not Life.ADOPTED and name not in self.standing

    def removed(self, name: str) -> bool:
        """Tell whether the object *name* goes when its resource leaves the stack."""
        return self.life is Life.OWNED and name not in self.standing

    def at_birth(self, one: Property) -> bool:
        """Tell whether New- sets the property."""
        return self.life is not Life.ADOPTED and _takes(self.cmdlet("New"), one.parameter)

    def fixed(self, one: Property) -> bool:
        """Tell whether only New- sets the property: then another value needs another object."""
        return (
            one.settable
            and not one.by
            and self.at_birth(one)
            and not _takes(self.cmdlet("Set"), one.parameter)
        )

    def renamed(self, old: str, new: str) -> bool:
        """Tell whether Set- makes the object *old* the object *new*."""
        takes = self.life is Life.OWNED and _takes(self.cmdlet("Set"), self.given[0])
        return takes and self.standing.isdisjoint((old, new))

    def replacing(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """Return the properties, by name, of which another value is another object."""
        fixed = [one.name for one in self.properties if self.life is Life.OWNED and self.fixed(one)]
        if not self.key or self.renamed(str(old.get(self.key)), str(new.get(self.key))):
            return fixed
        return [self.key, *fixed]

    def calls(self, name: str, changes: Mapping[str, Any]) -> Iterator[Call]:
        """Return the calls that make *changes*, by parameter, to the object *name*."""
        identity = {"Identity": name} if self.key else {}
        own = {one.parameter: one.by for one in self.properties if one.by}
        plain = {parameter: value for parameter, value in changes.items() if parameter not in own}
        for some in _compatible(self.cmdlet("Set"), plain):
            yield self.cmdlet("Set"), identity | some
        for parameter, by in own.items():
            if parameter not in changes:
                continue
            if by == TOGGLE:
                yield self.cmdlet("Enable" if changes[parameter] else "Disable"), dict(identity)
            else:
                yield by, identity | {parameter: changes[parameter]}

    def problems(self, inputs: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """Return what is wrong with *inputs* beyond each property by itself."""
        return ()

    def settled(self, changes: dict[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
        """Return *changes*, by parameter, made such that Exchange takes them together."""
        return changes


def _takes(cmdlet: str, parameter: str) -> bool:
    return has_parameter(cmdlet, parameter, Side.ONLINE)


def _compatible(cmdlet: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """*parameters* in as few calls as their parameter sets allow."""
    calls: list[tuple[frozenset[str], dict[str, Any]]] = []
    for parameter, value in parameters.items():
        own = sets_of(cmdlet, parameter)
        for place, (sets, call) in enumerate(calls):
            if not own or not sets or own & sets:
                calls[place] = (own & sets if own and sets else own or sets), call
                call[parameter] = value
                break
        else:
            calls.append((own, {parameter: value}))
    return [call for _, call in calls]
