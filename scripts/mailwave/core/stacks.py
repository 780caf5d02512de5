"""What an operation on a stack would change or has left: values without an engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StackChange:
    """One resource that differs: its logical *name*, its *type*, the engine's *operation*, the *properties*."""

    name: str
    type: str
    operation: str
    properties: tuple[str, ...] = ()

    def __str__(self) -> str:
        properties = f" ({', '.join(self.properties)})" if self.properties else ""
        return f"{self.operation} {self.type} {self.name}{properties}"


@dataclass(frozen=True)
class StackReport:
    """A stack, how many resources its state holds, and what was found to differ."""

    stack: str
    resources: int
    changes: tuple[StackChange, ...] = ()
