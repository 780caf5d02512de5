"""Tables in PowerShell scripts, read as data: the literal part of the language and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r]+|\#[^\n]*)
    | (?P<end>[;\n])
    | (?P<open>@\{|@\()
    | (?P<mark>[{}()=,])
    | '(?P<single>(?:[^']|'')*)'
    | "(?P<double>[^"`$]*)"
    | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
    | \$(?P<variable>\w+)
    | (?P<word>[A-Za-z_][\w.-]*)
    """,
    re.VERBOSE,
)
_CONSTANTS = {"true": True, "false": False, "null": None}


class NotData(ValueError):
    """A script's table holds something other than literals."""

    def __init__(self, *, found: str) -> None:
        self.found = found
        super().__init__(f"{found!r} is no literal")


class Variable(str):
    """A variable in the place of a value, by name: what it holds is not known."""

    __slots__ = ()


def table(script: str, name: str) -> dict[str, Any] | None:
    """The table that *script* assigns to `$name` at the start of a line, None where it assigns none.

    Raises `NotData`.
    """
    found = re.search(rf"^\${name}\s*=\s*(?=@\{{)", script, re.MULTILINE)
    if found is None:
        return None
    value = _Reader(script, found.end()).value()
    if not isinstance(value, dict):
        raise NotData(found=str(value))
    return value


class _Reader:
    """Reads one value and remembers where it ends."""

    def __init__(self, text: str, position: int) -> None:
        self._tokens = _tokens(text, position)
        self._kind, self._value = next(self._tokens)

    def value(self) -> Any:
        """A literal, or several with commas between them: a list, as the unary comma makes one of a single value."""
        unary = self._accept("mark", ",")
        items = [self._one()]
        while self._accept("mark", ","):
            self._skip_lines()
            items.append(self._one())
        return items if unary or len(items) > 1 else items[0]

    def _one(self) -> Any:
        kind, value = self._kind, self._value
        self._advance()
        match kind, value:
            case "open", "@{":
                return self._table()
            case "open", _:
                return self._list()
            case (("single" | "double" | "number"), _):
                return value
            case "variable", name:
                return _CONSTANTS.get(str(name).lower(), Variable(name))
        raise NotData(found=str(value))

    def _table(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        self._skip_lines()
        while not self._accept("mark", "}"):
            key = str(self._value)
            self._advance()
            self._expect("=")
            made[key] = self.value()
            self._skip_lines()
        return made

    def _list(self) -> list[Any]:
        """The values of `@(...)`: PowerShell takes a statement's value apart once where it is a list itself."""
        made: list[Any] = []
        self._skip_lines()
        while not self._accept("mark", ")"):
            item = self.value()
            made += item if isinstance(item, list) else [item]
            self._skip_lines()
        return made

    def _skip_lines(self) -> None:
        while self._kind == "end":
            self._advance()

    def _accept(self, kind: str, value: str) -> bool:
        if (self._kind, self._value) != (kind, value):
            return False
        self._advance()
        return True

    def _expect(self, mark: str) -> None:
        if not self._accept("mark", mark):
            raise NotData(found=str(self._value))

    def _advance(self) -> None:
        self._kind, self._value = next(self._tokens, ("nothing", ""))


def _tokens(text: str, position: int) -> Iterator[tuple[str, Any]]:
    while match := _TOKEN.match(text, position):
        position = match.end()
        kind = match.lastgroup or ""
        value = match[kind]
        match kind:
            case "space":
                continue
            case "single":
                yield kind, value.replace("''", "'")
            case "number":
                yield kind, float(value) if "." in value else int(value)
            case _:
                yield kind, value
    raise NotData(found=text[position : position + 20])
