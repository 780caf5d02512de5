"""Filters of Get- cmdlets: comparisons of properties, joined by `-and` or by `-or`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rehearsal.site import failures

_CLAUSE = re.compile(
    r"\s*\(?\s*(\w+)\s+-(eq|ne|like|notlike|gt|ge|lt|le)\s+(?:'((?:[^']|'')*)'|\"([^\"]*)\"|(\$?\w+))\s*\)?\s*",
    re.IGNORECASE,
)


_ADDRESSES = ("externalemailaddress", "emailaddresses")
_ORDER: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def moment(text: str) -> datetime:
    """The moment that a filter compares with, in UTC where it names no zone; raise a `failures.CmdletFailure`."""
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        raise failures.not_modelled(f"the moment {text!r} in a filter") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Clause:
    """One comparison: *operator* is eq, ne, like, notlike, or of moments gt, ge, lt or le; *value* in lower case."""

    name: str
    operator: str
    value: str

    def passes(self, row: Mapping[str, object]) -> bool:
        """Whether *row* has a value that compares so; of a list, one item is enough."""
        found = next((each for key, each in row.items() if key.casefold() == self.name), None)
        if self.operator in _ORDER:
            return isinstance(found, datetime) and _ORDER[self.operator](found, moment(self.value))
        items = found if isinstance(found, list) else ["" if found is None else found]
        if self.name in _ADDRESSES and self.operator in ("eq", "ne"):  # a whole address needs no prefix
            items = [str(item).partition(":")[2] or item for item in items]
        wild = self.operator.endswith("like")
        pattern = re.compile(
            ".*".join(map(re.escape, self.value.split("*"))) if wild else re.escape(self.value)
        )
        matches = any(pattern.fullmatch(str(item).casefold()) for item in items)
        return matches != (self.operator in ("ne", "notlike"))


@dataclass(frozen=True)
class Filter:
    """*clauses*, of which all must pass, or with *either* one."""

    clauses: tuple[Clause, ...]
    either: bool = False

    def passes(self, row: Mapping[str, object]) -> bool:
        """Whether *row* is let through."""
        answers = (clause.passes(row) for clause in self.clauses)
        return any(answers) if self.either else all(answers)

    def translated(self, names: Collection[str], translate: Callable[[str], str]) -> Filter:
        """It, with the values of the properties called *names* (in lower case) as *translate* says them."""
        clauses = (
            replace(each, value=translate(each.value)) if each.name in names else each
            for each in self.clauses
        )
        return replace(self, clauses=tuple(clauses))

    def only(self, name: str) -> list[str] | None:
        """The values of *name* that are let through, where the filter asks for nothing else; None where it does."""
        single = self.either or len(self.clauses) == 1
        same = all((each.name, each.operator) == (name.casefold(), "eq") for each in self.clauses)
        return [each.value for each in self.clauses] if single and same else None


def parse(text: str) -> Filter:
    """The filter that *text* is; raise the rehearsal's own refusal for what mixes or nests."""
    for word in ("and", "or"):
        parts = re.split(rf"\s-{word}\s", text, flags=re.IGNORECASE)
        matches = [_CLAUSE.fullmatch(part) for part in parts]
        clauses = tuple(_clause(match) for match in matches if match is not None)
        if len(clauses) == len(parts):
            return Filter(clauses, either=word == "or")
    raise failures.not_modelled(f"the filter {text!r}")


def _clause(match: re.Match[str]) -> Clause:
    text, *others = match.groups()[2:]
    value = next(part for part in others if part is not None) if text is None else text.replace("''", "'")
    if match[2].casefold() in _ORDER:
        moment(value)
    name, how, wanted = match[1].casefold(), match[2].casefold(), value.casefold().removeprefix("$")
    if name in _ADDRESSES and how in ("eq", "ne"):
        wanted = wanted.removeprefix("smtp:")
    return Clause(name, how, wanted)
