"""What a property of an Exchange object may be, when the live value satisfies it, and what to send when it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

UNLIMITED = 2**31 - 1
"""The number that stands for Exchange's `Unlimited`."""

Form = Callable[[str], str]
"""Brings two ways of writing the same text into one."""


def folded(text: str) -> str:
    """Case means nothing."""
    return text.casefold()


def address(text: str) -> str:
    """An address of the web: a slash at its end means nothing."""
    return text.casefold().rstrip("/")


def address_space(text: str) -> str:
    """A domain as Exchange Online writes it back on connectors: `smtp:*;1` is `*`."""
    return re.sub(r"^smtp:|;\d+$", "", text.strip().casefold())


def unspaced(text: str) -> str:
    """Blanks mean nothing, as in `example.org: CalendarSharingFreeBusySimple`."""
    return re.sub(r"\s", "", text.casefold())


def recipient_filter(text: str) -> str:
    """A filter of recipients: Exchange adds brackets and changes quotes and blanks when it writes one back."""
    return re.sub(r"[\s()]", "", text.casefold()).replace('"', "'")


class Rule(Protocol):
    """How one kind of property is compared and set; *said* is the program's value, *live* is Exchange's."""

    @property
    def python(self) -> str:
        """The type of the program's value."""
        ...

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
    """A text, one of *choices* if there are any; compared in its *form*."""

    choices: Sequence[str] = ()
    form: Form = folded
    python = "str"

    def problem(self, said: Any) -> str | None:
        """See `Rule`."""
        if not isinstance(said, str) or not said:
            return "must be a text"
        if self.choices and said not in self.choices:
            return f"must be one of {', '.join(self.choices)}, not {said!r}"
        return None

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return None if self.form(str(said)) == self.form(_text(_single(live))) else said

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        if said is not None and self.wanted(said, live) is None:
            return said
        value = _single(live)
        return None if value in (None, "") else str(value)


@dataclass(frozen=True)
class Flag:
    """True or false."""

    python = "bool"

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
class State(Flag):
    """True or false, which Get- shows as the text Enabled or Disabled."""

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return None if said is _enabled(live) else said

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return _enabled(live)


@dataclass(frozen=True)
class Number:
    """A whole number from *least* to *most*."""

    least: int = 0
    most: int = UNLIMITED
    python = "int"

    def problem(self, said: Any) -> str | None:
        """See `Rule`."""
        if isinstance(said, int) and not isinstance(said, bool) and self.least <= said <= self.most:
            return None
        return f"must be a whole number from {self.least} to {self.most}"

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return None if live is not None and number(live) == said else said

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return None if live is None else number(live)


@dataclass(frozen=True)
class Names:
    """A set of names such as domains or hosts, in any order; sent whole, compared in their *form*."""

    form: Form = folded
    python = "Sequence[str]"

    def problem(self, said: Any) -> str | None:
        """See `Rule`."""
        if not isinstance(said, list) or not all(isinstance(name, str) and name for name in said):
            return "must be a list of texts"
        if len(self._set(said)) < len(said):
            return "names something twice"
        return None

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        return None if self._set(said) == self._set(live) else list(said)

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        if said is not None and self.wanted(said, live) is None:
            return said
        return sorted(_listed(live))

    def _set(self, names: Any) -> set[str]:
        return {self.form(name) for name in _listed(names)}


@dataclass(frozen=True)
class Members:
    """Who belongs to a group: names or ids, of which the live rows show several each."""

    python = "Sequence[str]"

    def problem(self, said: Any) -> str | None:
        """See `Rule`."""
        return Names().problem(said)

    def wanted(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        rows = live or []
        met = [name for row in rows for name in said if _is_called(row, name)]
        return None if len(rows) == len(said) and sorted(met) == sorted(said) else list(said)

    def reported(self, said: Any, live: Any) -> Any:
        """See `Rule`."""
        if said is not None and self.wanted(said, live) is None:
            return said
        return sorted(str(row.get("Name") or row.get("Identity")) for row in live or [])


@dataclass(frozen=True)
class Between:
    """The minimum and maximum of a number that somebody else moves."""

    python = "Bounds"

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


def _text(live: Any) -> str:
    return "" if live is None else str(live)


def _single(live: Any) -> Any:
    """Exchange keeps some single values as a list of one."""
    return live[0] if isinstance(live, list) and len(live) == 1 else live


def _listed(live: Any) -> list[str]:
    return [str(name) for name in live] if isinstance(live, list) else [str(live)] if live else []


def _enabled(live: Any) -> bool:
    return str(live).casefold() in ("enabled", "true")


def _is_called(row: Any, name: str) -> bool:
    values = row.values() if isinstance(row, Mapping) else [row]
    return any(str(value).casefold() == name.casefold() for value in values)
