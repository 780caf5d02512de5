"""What rules look at and what they find, free of the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from controls.wanted import met, reading

UNKNOWN = "(known only after the deployment)"
"""Stands for a value that a preview cannot know. It breaks no rule: the rule looks again in the deployment."""

KEPT = ("pilot", "production")
"""Environments that carry real mail: what must be kept or in force is demanded of them only."""

Key = tuple[str, str]
"""A resource of a stack: its type and its name."""


@dataclass(frozen=True)
class Resource:
    """One resource as the program declares it.

    *stack* is called ``<layer>-<environment>``; *properties* are in the engine's camel case; *depends*: for a property,
    the resources whose outputs its value is made of.
    """

    stack: str
    type: str
    name: str
    properties: Mapping[str, Any]
    protect: bool = False
    depends: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    urn: str = ""

    @property
    def key(self) -> Key:
        """What other resources name it by."""
        return self.type, self.name

    @property
    def layer(self) -> str:
        """The layer of its stack."""
        return self.stack.rpartition("-")[0]

    @property
    def kept(self) -> bool:
        """Whether it carries real mail, identity or evidence."""
        return self.stack.rpartition("-")[2] in KEPT

    def get(self, path: str) -> Any:
        """The value at a dotted path; None where there is none, UNKNOWN where it or its holder is not known yet."""
        value: Any = self.properties
        for part in path.split("."):
            if not isinstance(value, Mapping):
                return value if value == UNKNOWN else None
            value = value.get(part)
        return value

    def every(self, path: str) -> list[Any]:
        """The list at a dotted path; empty where there is none."""
        value = self.get(path)
        return [*value] if isinstance(value, Sequence) and not isinstance(value, str) else []


@dataclass(frozen=True)
class Waiver:
    """Who answers for a control that is not met by *resource* of *stack*, and until the end of which day, in UTC.

    *resource* is the name in the program, or in the tenant where *stack* is called ``tenant-<environment>``; empty
    where the fault is that there is none.
    """

    stack: str
    resource: str
    owner: str
    reason: str
    expires: date

    def covers(self, finding: Finding, stack: str, today: date) -> bool:
        """Whether the finding is waived *today*, in UTC; a waiver that has expired waives nothing."""
        name = finding.resource.name if finding.resource else ""
        return today <= self.expires and (self.stack, self.resource) == (stack, name)


@dataclass(frozen=True)
class Finding:
    """What is wrong, and with which resource; None where the fault is that there is none. *waiver*: who answers."""

    resource: Resource | None
    says: str
    waiver: Waiver | None = None

    def __str__(self) -> str:
        where = f"{self.resource.name}: " if self.resource else ""
        if self.waiver is None:
            return f"{where}{self.says}"
        until = f"waived until {self.waiver.expires} by {self.waiver.owner}: {self.waiver.reason}"
        return f"{where}{self.says} ({until})"


ResourceRule = Callable[[Resource], Iterator[str]]
StackRule = Callable[[Sequence[Resource]], Iterator[Finding]]


def unlike(resource: Resource, wanted: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each path whose value is known and is not what is *wanted*: a value, or a `Wanted`."""
    for path, value in wanted.items():
        found = resource.get(path)
        if found != UNKNOWN and not met(value, found):
            yield f"{path} is {found!r} and must be {reading(value)}"


_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


def property_name(parameter: str) -> str:
    """What a stack calls a parameter of Exchange: `UseMXRecord` is `useMxRecord`."""
    first, *others = _WORDS.findall(parameter) or [parameter]
    return "".join((first.lower(), *(word.capitalize() for word in others)))


def of_type(stack: Iterable[Resource], *types: str) -> list[Resource]:
    """The resources of these types."""
    return [each for each in stack if each.type in types]
