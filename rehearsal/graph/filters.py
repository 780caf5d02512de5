"""`$filter`, `$search` and `$orderby`: read, checked against what each property allows, and turned into tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rehearsal.directory.logic import Reader, Test, Words
from rehearsal.directory.objects import DirectoryObject
from rehearsal.graph.capabilities import RESOURCES
from rehearsal.graph.errors import UnsupportedQuery
from rehearsal.graph.shapes import getter

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "gt": lambda left, right: left is not None and right is not None and left > right,
    "ge": lambda left, right: left is not None and right is not None and left >= right,
    "lt": lambda left, right: left is not None and right is not None and left < right,
    "le": lambda left, right: left is not None and right is not None and left <= right,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": lambda value, part: value.startswith(part),
    "endswith": lambda value, part: value.endswith(part),
}
Key = Callable[[Any], Any]
"""What objects are sorted by."""
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_SEARCH = re.compile(r'\s*"(?P<name>\w+):(?P<text>[^"]*)"\s*(?P<joint>AND|OR)?')


@dataclass(frozen=True)
class Condition:
    """A test of objects; *advanced* tells that it takes the parameters of advanced queries (fact E2)."""

    test: Test
    advanced: bool


class Filter:
    """Reads the `$filter` of one kind of object."""

    def __init__(self, kind: type[DirectoryObject]) -> None:
        self._kind = kind
        self._resource = RESOURCES[kind]
        self._advanced = False

    def read(self, text: str) -> Condition:
        """The condition that *text* is; raises `Unreadable`, or `UnsupportedQuery` for what the property forbids."""
        test = Reader(text, Words(), self._term).whole()
        negated = re.search(r"\bnot\b", re.sub(r"'[^']*'", "", text), re.IGNORECASE) is not None
        return Condition(test, self._advanced or negated)

    def _term(self, reader: Reader) -> Test:
        name = reader.next().text
        if name.casefold() in (*_FUNCTIONS, "contains"):
            return self._function(reader, name.casefold())
        if name.endswith("/any"):
            return self._any(reader, name.removesuffix("/any"))
        if name.endswith("/$count"):
            return self._count(reader, name.removesuffix("/$count"))
        operator = reader.next().text.casefold()
        if operator == "in":
            return self._in(reader, name)
        if operator not in _COMPARE:
            raise reader.wrong()
        value = _literal(reader)
        self._use(name, operator)
        if value is None:
            self._use(name, "null")
        read, compare = getter(self._kind, name), _COMPARE[operator]
        return lambda each: compare(_folded(read(each)), value)

    def _function(self, reader: Reader, name: str) -> Test:
        reader.expect("(")
        subject = reader.next().text
        reader.expect(",")
        part = _literal(reader)
        reader.expect(")")
        self._use(subject, name)
        read, holds = getter(self._kind, subject), _FUNCTIONS[name]
        return lambda each: holds(str(_folded(read(each)) or ""), str(part))

    def _in(self, reader: Reader, name: str) -> Test:
        self._use(name, "eq")
        reader.expect("(")
        values = [_literal(reader)]
        while reader.accept(","):
            values.append(_literal(reader))
        reader.expect(")")
        read = getter(self._kind, name)
        return lambda each: _folded(read(each)) in values

    def _any(self, reader: Reader, name: str) -> Test:
        """`name/any(x:x eq 'a')`, `any(x:x/skuId eq guid)` or `any(x:startswith(x,'a'))`."""
        reader.expect("(")
        variable = reader.next().text
        reader.expect(":")
        word = reader.next().text
        if word.casefold() in _FUNCTIONS:
            operator = word.casefold()
            reader.expect("(")
            reader.expect(variable.casefold())
            reader.expect(",")
            part = _literal(reader)
            reader.expect(")")
            holds: Callable[[Any, Any], bool] = _FUNCTIONS[operator]
            field = ""
        else:
            field = word.removeprefix(variable).removeprefix("/")
            operator = reader.next().text.casefold()
            part = _literal(reader)
            holds = _COMPARE.get(operator, _COMPARE["eq"])
        reader.expect(")")
        self._use(name, f"any:{operator}")
        read = getter(self._kind, name)
        inner = _part_of(field)
        return lambda each: any(holds(_folded(inner(item)), part) for item in _items(read(each)))

    def _count(self, reader: Reader, name: str) -> Test:
        self._use(name, "count")
        operator, value = reader.next().text.casefold(), int(str(_literal(reader)))
        if operator not in {"eq", "ne"} or value > 1:
            raise reader.wrong()
        read, compare = getter(self._kind, name), _COMPARE[operator]
        return lambda each: compare(len(_items(read(each))), value)

    def _use(self, name: str, operator: str) -> None:
        """Note that a property is asked for by an operator; raises `UnsupportedQuery` where that cannot be."""
        known = self._resource.properties.get(name)
        if known is None or operator not in known.plain | known.advanced:
            raise UnsupportedQuery(
                "Unsupported or invalid query filter clause specified for property "
                f"'{name}' of resource '{self._resource.type}'."
            )
        self._advanced |= operator not in known.plain


def searching(kind: type[DirectoryObject], text: str) -> Test:
    """The test of a `$search` such as `"displayName:ann" OR "mail:ann"`; raises `UnsupportedQuery`."""
    resource = RESOURCES[kind]
    alternatives: list[list[Test]] = [[]]
    at = 0
    while at < len(text.rstrip()):
        match = _SEARCH.match(text, at)
        if match is None or match["name"] not in resource.searched:
            raise UnsupportedQuery(
                'Syntax error: $search takes "property:text" with a property that can be searched.'
            )
        alternatives[-1].append(_found_in(kind, match["name"], match["text"]))
        if match["joint"] == "OR":
            alternatives.append([])
        at = match.end()
    return lambda each: any(all(test(each) for test in tests) for tests in alternatives)


def _found_in(kind: type[DirectoryObject], name: str, text: str) -> Test:
    read, wanted = getter(kind, name), text.casefold()
    return lambda each: any(
        word.startswith(wanted) for word in [str(read(each) or "").casefold(), *_words(read(each))]
    )


def ordering(kind: type[DirectoryObject], text: str) -> tuple[Key, bool, bool]:
    """The key of a `$orderby`, whether it falls, and whether it is advanced; raises `UnsupportedQuery`."""
    name, _, direction = text.strip().partition(" ")
    resource = RESOURCES[kind]
    if name not in (*resource.plain_order, *resource.advanced_order) or direction not in {"", "asc", "desc"}:
        raise UnsupportedQuery("Sorting not supported for current query.")
    read = getter(kind, name)
    return (
        lambda each: (read(each) is None, _folded(read(each))),
        direction == "desc",
        name in resource.advanced_order,
    )


def _literal(reader: Reader) -> object:
    token = reader.next()
    if token.quoted:
        return token.text.casefold()
    if token.text.casefold() in _CONSTANTS:
        return _CONSTANTS[token.text.casefold()]
    try:
        return (
            datetime.fromisoformat(token.text)
            if "T" in token.text and "-" in token.text
            else _bare(token.text)
        )
    except ValueError:
        raise reader.wrong() from None


def _bare(text: str) -> object:
    """A number, or a GUID without quotation marks."""
    return int(text) if text.isdigit() else text.casefold()


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


def _items(value: object) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _words(value: object) -> list[str]:
    return re.split(r"\W+", str(value or "").casefold())


def _part_of(field: str) -> Callable[[Any], object]:
    if not field:
        return lambda item: item
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", field).lower()
    return lambda item: getattr(item, name, None)
