"""What can go wrong with a change: each difference gets a class, and the dangerous ones a sentence in plain words.

Every type of resource has a class of its own. A difference that touches only labels is cosmetic, whatever it is on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mailwave.core.change.classes import CLASSES, COMPONENT
from mailwave.core.stacks import PropertyChange, StackChange


class Risk(StrEnum):
    """What a difference puts at risk, the worst first."""

    MAIL_ROUTING = "mail-routing"
    IDENTITY = "identity"
    DATA = "data"
    CAPACITY = "capacity"
    COSMETIC = "cosmetic"


LABELS = re.compile(r"^(tags|description|comment|comments|notes|displayName|title)\b")
"""Properties that nothing depends on: people read them."""

REMOVING = frozenset({"delete", "replace"})


@dataclass(frozen=True)
class Judged:
    """A *change* of *stack* with its *risk*; *danger* says in plain words what may happen, empty when little may."""

    stack: str
    change: StackChange
    risk: Risk
    danger: str = ""


@dataclass(frozen=True)
class Danger:
    """A kind of change that people have to be told of.

    *types*: what a resource's type has to hold; *operations*: none means any; *path*: a property that has to differ,
    empty where the operation is enough; *when*: asked of the old and the new value.
    """

    types: str
    says: str
    operations: frozenset[str] = frozenset()
    path: str = ""
    when: Callable[[Any, Any], bool] = lambda old, new: old != new
    risk: Risk | None = None

    def applies(self, change: StackChange) -> bool:
        """Whether *change* is of this kind."""
        if not re.search(self.types, change.type):
            return False
        if self.operations and change.operation not in self.operations:
            return False
        return not self.path or any(self._differs(each) for each in change.properties)

    def _differs(self, each: PropertyChange) -> bool:
        return re.match(self.path, each.path) is not None and self.when(_value(each.old), _value(each.new))


def judge(stack: str, changes: Iterable[StackChange], dangers: Sequence[Danger]) -> list[Judged]:
    """Each of *changes* with its risk, the worst first, in the order of the names within a risk."""
    found = [_judged(stack, change, dangers) for change in changes]
    order = list(Risk)
    return sorted(found, key=lambda each: (order.index(each.risk), not each.danger, each.change.name))


def _judged(stack: str, change: StackChange, dangers: Sequence[Danger]) -> Judged:
    hits = [danger for danger in dangers if danger.applies(change)]
    risk = next((danger.risk for danger in hits if danger.risk), None) or risk_of(change)
    return Judged(stack, change, risk, "; ".join(dict.fromkeys(danger.says for danger in hits)))


def risk_of(change: StackChange) -> Risk:
    """The class of a difference by itself; a type that nobody has classed counts as the worst."""
    paths = [each.path for each in change.properties]
    if change.type.startswith(COMPONENT):
        return Risk.COSMETIC
    if change.operation == "update" and paths and all(LABELS.match(path) for path in paths):
        return Risk.COSMETIC
    return Risk(CLASSES.get(change.type, Risk.MAIL_ROUTING))


def lowered(old: Any, new: Any) -> bool:
    """Whether a number became smaller."""
    return _numbers(old, new) and new < old


def raised(old: Any, new: Any) -> bool:
    """Whether a number became larger."""
    return _numbers(old, new) and new > old


def becomes(*values: object) -> Callable[[Any, Any], bool]:
    """A test of whether the new value is one of *values*."""
    return lambda _, new: new in values


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _value(text: str) -> Any:
    """The value behind the text of a `PropertyChange`; None where there is none, the text where it is no JSON."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
