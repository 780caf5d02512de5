# GNU General Public License v3.0 or later (see LICENSE in this collection)
r"""What the role server_reading has read of one server, and checks made of it.

A reading holds the registered results of the role's tasks by topic. What a task could not read raises `Unreadable`
where a check asks for it, so that such a check becomes unknown, and the others are decided all the same.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.releases import SE_FROM

Row = Mapping[str, Any]
Values = Mapping[str, Any]


class Unreadable(Exception):
    """The topic *what* could not be read; *why* is what the server or the connection said."""

    def __init__(self, *, what: str, why: str) -> None:
        self.what = what
        self.why = why
        super().__init__(f"{what}: {why}")


@dataclass(frozen=True)
class Reading:
    """One server as it was read; *data* are registered results by topic."""

    data: Values

    def registry(self, path: str) -> Values | None:
        """The values of a registry key by name, None where there is no such key; names are in lower case."""
        for each in self._result("registry").get("results", ()):
            if each.get("item", "").casefold() == path.casefold():
                _refuse_failed(path, each, "exists")
                found = each.get("properties", {}) if each["exists"] else None
                return found and {name.casefold(): value["value"] for name, value in found.items()}
        raise Unreadable(what=path, why="it was not asked for")

    def registry_value(self, path: str, name: str) -> Any:
        """One registry value; None where the key or the value is missing."""
        return (self.registry(path) or {}).get(name.casefold())

    def rows(self, name: str) -> list[Row]:
        """What Exchange wrote for the read called *name*."""
        found = self._result("exchange").get("readings", {}).get(name)
        if found is None:
            raise Unreadable(what=name, why=self._said("exchange"))
        if "error" in found:
            raise Unreadable(what=name, why=found["error"])
        return list(found["rows"])

    def row(self, name: str) -> Row:
        """The one object that Exchange wrote for the read called *name*."""
        rows = self.rows(name)
        if len(rows) != 1:
            raise Unreadable(what=name, why=f"{len(rows)} objects came back where one was asked for")
        return rows[0]

    def text(self, topic: str) -> str:
        """The text of a file that was read."""
        content = self.field(topic, "content")
        try:
            return base64.b64decode(content).decode("utf-8-sig")
        except (UnicodeDecodeError, binascii.Error) as error:
            raise Unreadable(what=topic, why="it is no text in UTF-8") from error

    def field(self, topic: str, key: str) -> Any:
        """The value called *key* of a task's result."""
        found = self._result(topic)
        _refuse_failed(topic, found, key)
        return found[key]

    @property
    def build(self) -> str:
        """The build of Exchange with its security update, such as 15.2.1748.10 (fact D16)."""
        return str(self.field("build", "win_file_version")["file_version_raw"])

    @property
    def now(self) -> float:
        """The server's own time in seconds since 1970."""
        return float(self.field("time", "ansible_facts")["ansible_date_time"]["epoch"])

    def _result(self, topic: str) -> Values:
        found = self.data.get(topic)
        if found is None:
            raise Unreadable(what=topic, why="it was not read")
        return dict(found)

    def _said(self, topic: str) -> str:
        return str(self._result(topic).get("msg") or "it gave no answer")


def _refuse_failed(what: str, result: Values, key: str) -> None:
    if result.get("unreachable") or key not in result:
        raise Unreadable(what=what, why=str(result.get("msg") or "it gave no answer"))


@dataclass(frozen=True)
class Found:
    """What a check *found*, what it *expected*, and whether it *holds*; *subject* names the object meant."""

    found: Any
    expected: Any
    holds: bool
    subject: str = ""


@dataclass(frozen=True)
class Case:
    """What a check is decided by: this server's *reading*, what is *wanted*, and the readings of all servers."""

    reading: Reading
    wanted: Values
    everybody: Mapping[str, Reading]


Check = Callable[[Case], Found | Iterable[Found]]


def decided(checks: Mapping[str, Check], case: Case) -> list[dict[str, Any]]:
    """Each of *checks*, by its id, as mailwave.exchange.verdict takes it."""
    return [each for name, check in checks.items() for each in _decided(name, check, case)]


def _decided(name: str, check: Check, case: Case) -> Iterator[dict[str, Any]]:
    try:
        result = check(case)
        found = [result] if isinstance(result, Found) else list(result)
    except Unreadable as problem:
        yield {"id": name, "unknown": str(problem)}
        return
    for each in found:
        yield {
            "id": name,
            "found": each.found,
            "expected": each.expected,
            "holds": each.holds,
            "subject": each.subject,
        }


def numbers(build: str) -> tuple[int, ...]:
    """The numbers of *build*, by which builds are compared (fact D16: by number, not by name)."""
    return tuple(int(part) for part in build.split("."))


def version_of(build: str) -> str:
    """The version of Exchange that *build* is of: 2016, 2019 or SE (fact D16); ValueError for an older one."""
    first, second, third = numbers(build)[:3]
    if (first, second) == (15, 1):
        return "2016"
    if (first, second) != (15, 2):
        raise ValueError(f"build {build} is not of Exchange 2016, 2019 or SE")
    return "SE" if third >= SE_FROM else "2019"
