"""What every cmdlet of the simulator is made of: its bound parameters, its output, and what of it is modelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from rehearsal.exchange_online.errors import MissingParameters, NotFound, NotModelled
from rehearsal.exchange_online.values import Row
from rehearsal.multi_valued import edited

_MORE = (
    "By default, only the first 1000 items are returned. Use the ResultSize parameter to specify the number of items "
    'returned. To return all items, specify "-ResultSize Unlimited".'
)
_CLAUSE = re.compile(
    r"\s*\(?\s*(\w+)\s+-(eq|ne|like)\s+(?:'([^']*)'|\"([^\"]*)\"|(\$?\w+))\s*\)?\s*", re.IGNORECASE
)
_ADDRESSES = ("externalemailaddress", "emailaddresses")
DEFAULT_RESULT_SIZE = 1000


class Bound(dict[str, object]):
    """The parameters of one call, with proper names and values of the right type."""

    def text(self, name: str) -> str | None:
        """Return a text, None if it was not given."""
        value = self.get(name)
        return None if value is None else str(value)

    def identity(self) -> str:
        """Return the identity of what is to be changed.

        :raises MissingParameters: if none was given; a write never means all.
        """
        value = self.text("Identity")
        if value is None:
            raise MissingParameters(["Identity"])
        return value

    def number(self, name: str) -> int | None:
        """Return a whole number, None if it was not given or is Unlimited."""
        value = self.get(name)
        return value if isinstance(value, int) else None

    def flag(self, name: str) -> bool:
        """Tell whether a switch is on."""
        return self.get(name) is True

    def moment(self, name: str) -> datetime | None:
        """Return a time in UTC, None if it was not given or is null."""
        value = self.get(name)
        return value if isinstance(value, datetime) else None

    def data(self, name: str) -> bytes:
        """Return bytes, empty if they were not given."""
        value = self.get(name)
        return value if isinstance(value, bytes) else b""

    def changed_list(self, name: str, now: Iterable[str]) -> list[str]:
        """Return a list after the change asked for: a whole new one, or items added and removed (fact A18)."""
        value = self.get(name)
        if value is None:
            return []
        if isinstance(value, dict):
            return edited(now, value)
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]


@dataclass(frozen=True)
class Output:
    """The rows that a cmdlet wrote, and its warnings."""

    rows: list[Row]
    warnings: tuple[str, ...] = ()


NOTHING = Output([])
Run = Callable[[Bound], Output]


@dataclass(frozen=True)
class Handler:
    """How a cmdlet is carried out, and which of its parameters are modelled, besides Confirm and WhatIf."""

    run: Run
    parameters: frozenset[str]

    def check(self, cmdlet: str, bound: Mapping[str, object]) -> None:
        """Refuse, in the rehearsal's own name, what is real but not modelled; a switch that is off does not count.

        :raises NotModelled: naming the first such parameter.
        """
        for name, value in bound.items():
            if name not in self.parameters and name not in ("Confirm", "WhatIf") and value is not False:
                raise NotModelled(f"the parameter {name} of {cmdlet}")


def handler(run: Run, parameters: str = "") -> Handler:
    """Return a handler whose modelled parameters are the words of *parameters*."""
    return Handler(run, frozenset(parameters.split()))


def chosen[T](
    found: list[T], every: Callable[[], list[T]], bound: Bound, *, unknown_means_all: bool
) -> list[T]:
    """Return what was *found* by Identity, or *every* object when Identity is null or unknown (fact B24).

    :raises NotFound: for an unknown one, if that does not mean all.
    """
    if not found and bound.get("Identity") is not None and not unknown_means_all:
        raise NotFound(bound["Identity"], status=404)
    return found or every()


def limited(rows: list[Row], bound: Bound, *, honoured: bool) -> Output:
    """Cut *rows* at ResultSize, 1,000 by default, and say so (facts A15, A17)."""
    asked = bound.get("ResultSize", DEFAULT_RESULT_SIZE)
    if not honoured or not isinstance(asked, int) or len(rows) <= asked:
        return Output(rows)
    return Output(rows[:asked], () if "ResultSize" in bound else (_MORE,))


def filtered(rows: Iterable[Row], text: str | None) -> list[Row]:
    """Return the rows that an OPATH filter of clauses joined by `-and`, or all by `-or`, lets through.

    :raises NotModelled: for any other filter.
    """
    if not text:
        return list(rows)
    clauses = [_CLAUSE.fullmatch(part) for part in _split("and", text)]
    either = None in clauses
    if either:
        clauses = [_CLAUSE.fullmatch(part) for part in _split("or", text)]
    tests = [_test(clause, text) for clause in clauses]
    passes = any if either else all
    return [row for row in rows if passes(test(row) for test in tests)]


def guids_of(text: str | None) -> list[str] | None:
    """Return the GUIDs that a filter asks for by `ExchangeGuid -eq`, None if it asks for anything else."""
    clauses = [_CLAUSE.fullmatch(part) for part in _split("or", text or "")]
    asked = [(clause[1].lower(), clause[2].lower(), clause[3]) for clause in clauses if clause]
    if len(asked) < len(clauses) or any((name, how) != ("exchangeguid", "eq") for name, how, _ in asked):
        return None
    return [guid.lower() for _, _, guid in asked if guid]


def _split(word: str, text: str) -> list[str]:
    return re.split(rf"\s-{word}\s", text, flags=re.IGNORECASE)


def _test(clause: re.Match[str] | None, text: str) -> Callable[[Row], bool]:
    if clause is None:
        raise NotModelled(f"the filter {text!r}")
    name, operator = clause[1].lower(), clause[2].lower()
    wanted = next(part for part in clause.groups()[2:] if part is not None).lower().removeprefix("$")
    if name in _ADDRESSES and operator != "like":
        wanted = wanted.removeprefix("smtp:")
    pattern = re.compile(
        ".*".join(map(re.escape, wanted.split("*"))) if operator == "like" else re.escape(wanted)
    )

    whole = name in _ADDRESSES and operator != "like"  # which needs no prefix

    def passes(row: Row) -> bool:
        value = next((each for key, each in row.items() if key.lower() == name), None)
        items = value if isinstance(value, list) else ["" if value is None else value]
        if whole:
            items = [str(item).partition(":")[2] or item for item in items]
        return any(pattern.fullmatch(str(item).lower()) for item in items) != (operator == "ne")

    return passes
