"""What rules look at and what they find, free of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
class Finding:
    """What is wrong, and with which resource; None where the fault is that there is none."""

    resource: Resource | None
    says: str


ResourceRule = Callable[[Resource], Iterator[str]]
StackRule = Callable[[Sequence[Resource]], Iterator[Finding]]


def unlike(resource: Resource, wanted: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each path whose value is known and is not the *wanted* one."""
    for path, value in wanted.items():
        found = resource.get(path)
        if found not in (value, UNKNOWN):
            yield f"{path} is {found!r} and must be {value!r}"


def of_type(stack: Iterable[Resource], *types: str) -> list[Resource]:
    """The resources of these types."""
    return [each for each in stack if each.type in types]
