"""What a property of an Exchange object may be, when the live value satisfies it, and what to send when it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

UNLIMITED = 2**31 - 1
"""The number that stands for Exchange's `Unlimited`."""


class Rule(Protocol):
    """How one kind of property is compared and set; *said* is the program's value, *live* is Exchange's."""

    def problem(self, said: Any) -> str | None:
        """Return what is wrong with the program's value by itself, None if it can be right."""
        ...

    def wanted(self, said: Any, live: Any) -> Any:
        """Return the value to send, None if the live one satisfies the program."""
        ...

    def reported(self, said: Any, live: Any) -> Any:
        """Return the live value in the program's form: equal to *said* exactly if it is satisfied.

        *said* is None on an import.
        """
        ...


@dataclass(frozen=True)
class Text:
    """A text, one of *choices* if there are any; compared without case."""

    choices: Sequence[str] = ()

    def problem(self, said: Any) -> str | None:
        """See `Rule`."""
        if not isinstance(said, str) or not said:
            return "must be a text"
        if self.choices and said not in self.choices:
            return f"must be one of {', '.join(self.choices)}, not {said!r}"
        return None

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return None if str(said).casefold() == str(live or "").casefold() else said

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return live if said is None or self.wanted(said, live) is not None else said


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def problem(self, said: Any) -> str | None:
        """See `Rule`."""
        return None if isinstance(said, bool) else "must be true or false"

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return None if said is live else said

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return live


@dataclass(frozen=True)
class Names:
    """A set of names such as domains or hosts, in any order and case; sent whole."""

    def problem(self, said: Any) -> str | None:
        """See `Rule`."""
        if not isinstance(said, list) or not all(isinstance(name, str) and name for name in said):
            return "must be a list of texts"
        if len({name.casefold() for name in said}) < len(said):
            return "names something twice"
        return None

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return None if _folded(said) == _folded(live) else list(said)

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return said if said is not None and self.wanted(said, live) is None else sorted(live or [])


@dataclass(frozen=True)
class Between:
    """The minimum and maximum of a number that somebody else moves."""

    def problem(self, said: Any) -> str | None:
        """See `Rule`."""
        if not isinstance(said, Mapping) or set(said) != {"minimum", "maximum"}:
            return "must have a minimum and a maximum, and nothing else"
        low, high = said["minimum"], said["maximum"]
        if not all(
            isinstance(bound, int) and not isinstance(bound, bool) and bound > 0 for bound in (low, high)
        ):
            return "must have whole numbers above 0"
        return None if low <= high else f"has a minimum of {low} above its maximum of {high}"

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`; outside the bounds the nearer one is wanted."""
        now = number(live)
        nearest = min(max(now, said["minimum"]), said["maximum"])
        return None if nearest == now else nearest

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`; a live value outside shows as the bound that it would need."""
        now = number(live)
        if said is None:
            return {"minimum": now, "maximum": now}
        return {"minimum": min(now, said["minimum"]), "maximum": max(now, said["maximum"])}


def number(live: Any) -> int:
    """Return Exchange's number, `UNLIMITED` for its `Unlimited`."""
    return UNLIMITED if str(live).casefold() == "unlimited" else int(live)


def _folded(names: Any) -> set[str]:
    return {str(name).casefold() for name in names or []}
