"""What an operation on a stack would change, or has changed: values without an engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

DONE = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "import": "adopted",
}
"""Each operation as what has been done; `StackReport.tally` counts them in this order."""

PROTECT = "protect"
"""How the engine's own refusal to delete a resource is called among its properties."""

_LONGEST = 100


@dataclass(frozen=True)
class PropertyChange:
    """A property by its *path*, with its *old* value and the *new* one as JSON texts; empty where there is none.

    A secret is the text that the engine shows instead of it.
    """

    path: str
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        if not self.old and not self.new:
            return self.path
        return f"{self.path}: {_short(self.old)} -> {_short(self.new)}"


@dataclass(frozen=True)
class StackChange:
    """One resource that differs: its logical *name*, its *type*, the *operation* (a key of `DONE`), *properties*."""

    name: str
    type: str
    operation: str
    properties: tuple[PropertyChange, ...] = ()

    def __str__(self) -> str:
        properties = f" ({'; '.join(map(str, self.properties))})" if self.properties else ""
        return f"{self.operation} {self.type} {self.name}{properties}"


@dataclass(frozen=True)
class Breach:
    """What a stack lacks: *about* names the control with its number, *says* what is wrong with which resource.

    *waived*: somebody answers for it until a day that *says* names, and it stops nothing.
    """

    control: int
    about: str
    says: str
    waived: bool = False

    def __str__(self) -> str:
        return f"{'waived' if self.waived else 'broken'}: {self.about}: {self.says}"


@dataclass(frozen=True)
class StackReport:
    """A stack, how many resources its state holds, and what differs or, of an update, what was *applied*.

    *breaches*: which controls the program breaks, waived ones too.
    """

    stack: str
    resources: int
    changes: tuple[StackChange, ...] = ()
    applied: bool = False
    breaches: tuple[Breach, ...] = ()

    @property
    def broken(self) -> tuple[Breach, ...]:
        """The breaches that nobody has waived."""
        return tuple(breach for breach in self.breaches if not breach.waived)

    @property
    def tally(self) -> str:
        """How many resources were, or are to be, created, updated, replaced and deleted."""
        numbers = Counter(change.operation for change in self.changes)
        counts = [
            f"{numbers[operation]} {done if self.applied else f'to {operation}'}"
            for operation, done in DONE.items()
            if numbers[operation]
        ]
        return ", ".join(counts) or ("nothing to change" if self.applied else "no difference")

    def __str__(self) -> str:
        return f"{self.stack}: {self.resources} resources, {self.tally}"


@dataclass(frozen=True)
class StackMark:
    """Which state a stack is in: the *digest* of all that it holds, and the *last_update* of its history."""

    digest: str
    last_update: str


@dataclass(frozen=True)
class StackPlan:
    """An update as it was previewed, from the state *mark*.

    *steps* are the engine's steps in canonical form, *outputs* the names of the stack's outputs that become others.
    *refused* is the engine's sentence where it could not preview, and then there is no more.
    """

    report: StackReport
    mark: StackMark
    steps: bytes = b""
    outputs: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class StackBeat:
    """A sign of life of an operation on *stack*: *resources* seen so far, the last of them by *type* and *name*."""

    stack: str
    resources: int
    type: str
    name: str


def _short(text: str) -> str:
    """The text, cut in the middle of nothing: a long one keeps its beginning."""
    if not text:
        return "nothing"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
