"""Rules of the simulated services: each has a name, a switch, a fact, and how far that fact can be trusted.

The rules of a service are the fields of a frozen dataclass, its options, made with `rule` and `choice`. A rule that is
a boolean is on unless it is switched off. Where sources disagree the rule is a choice: the first value is the usual
one, `alternatives` are the others. `rehearsal.matrix` shows that each switch can be told apart from every other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

MARKS = {
    "doc": "Microsoft's documentation",
    "live": "seen on the service by others",
    "mod": "read in Microsoft's module",
    "decomp": "old on-premises code",
    "2nd": "a secondary source",
    "inf": "an inference",
    "?": "could not be confirmed",
}
"""How far a fact can be trusted; `Rule.confidence` joins several by a comma."""


@dataclass(frozen=True)
class Rule:
    """One rule: the field *name* of its options, its *fact* (or section of the collection of facts), and what it says.

    *confidence* is made of `MARKS`. *usual* is the default and *alternatives* are the other values that it can take.
    """

    name: str
    fact: str
    confidence: str
    says: str
    usual: object
    alternatives: tuple[object, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks that *confidence* joins."""
        return tuple(self.confidence.split(", "))

    @property
    def unproved(self) -> bool:
        """Whether it rests on an inference, or on something that could not be confirmed."""
        return bool({"inf", "?"} & set(self.marks))


def rule(fact: str, confidence: str, says: str) -> Any:
    """Return the field of a rule that is on unless it is switched off."""
    return choice(True, (False,), fact, confidence, says)


def choice(usual: object, alternatives: tuple[object, ...], fact: str, confidence: str, says: str) -> Any:
    """Return the field of a rule with several values, of which *usual* is the default."""
    told = {"fact": fact, "confidence": confidence, "says": says, "alternatives": alternatives}
    return field(default=usual, metadata=told)


def rules(options: type) -> tuple[Rule, ...]:
    """Return the rules of a dataclass of *options*, in the order of its bases and then of its own fields.

    A field that was made with neither `rule` nor `choice` is no rule.
    """
    found = {each.name: each for each in fields(options) if each.metadata}
    named = dict.fromkeys(name for name in _in_order(options) if name in found)
    return tuple(Rule(name, usual=found[name].default, **found[name].metadata) for name in named)


def _in_order(options: type) -> Iterator[str]:
    for base in options.__bases__:
        yield from _in_order(base)
    yield from vars(options).get("__annotations__", {})
