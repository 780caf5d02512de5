"""Receive connectors: each belongs to one server and listens there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.estate import START, Estate, Server
from rehearsal.site import failures, values
from rehearsal.site.binding import UNLIMITED, Bound
from rehearsal.site.connector_rules import ANYWHERE, DEFAULTS, MULTI_VALUED, PRESETS, STANDARD, check
from rehearsal.site.directory import Directory
from rehearsal.site.recipients import Row, server_named
from rehearsal.wire import CmdletResult

_SETTINGS = frozenset(DEFAULTS) | {"Name"}
_SWITCHES = frozenset({"Confirm", "WhatIf"})

MODELLED: Mapping[str, frozenset[str]] = {
    "Get-ReceiveConnector": frozenset({"Identity", "Server"}),
    "New-ReceiveConnector": _SETTINGS | _SWITCHES | {"Server", "Usage", *PRESETS},
    "Set-ReceiveConnector": _SETTINGS | _SWITCHES | {"Identity"},
    "Remove-ReceiveConnector": _SWITCHES | {"Identity"},
}

_Key = tuple[str, str]


class Connectors:
    """The receive connectors of every server of a site."""

    def __init__(self, estate: Estate, clock: VirtualClock, directory: Directory) -> None:
        self._estate = estate
        self._clock = clock
        self._directory = directory
        self._made = 0
        self._rows: dict[_Key, Row] = {}
        for server in estate.site.servers:
            for name, settings in STANDARD:
                row = self._row(server, {"Name": f"{name} {server.name}", **settings}, START)
                self._rows[_key(row)] = row
        self.cmdlets: Mapping[str, Callable[[Bound], CmdletResult]] = {
            "Get-ReceiveConnector": self._get,
            "New-ReceiveConnector": self._new,
            "Set-ReceiveConnector": self._set,
            "Remove-ReceiveConnector": self._remove,
        }

    def _get(self, bound: Bound) -> CmdletResult:
        if (identity := bound.get("Identity")) is not None:
            return CmdletResult(rows=[dict(self._find(identity))])
        rows = list(self._rows.values())
        if (asked := bound.get("Server")) is not None:
            server = server_named(self._estate.site.servers, asked, self._directory)
            rows = [row for row in rows if row["Server"] == server.name]
        return CmdletResult(rows=[dict(row) for row in rows])

    def _new(self, bound: Bound) -> CmdletResult:
        preset = _preset(bound)
        _require(bound, ["Bindings"] if preset == "Internet" else ["Bindings", "RemoteIPRanges"])
        first = self._estate.site.servers[0]
        asked = bound.get("Server")
        server = first if asked is None else server_named(self._estate.site.servers, asked, self._directory)
        given = {
            name: value for name, value in bound.values.items() if name in _SETTINGS and value is not None
        }
        settings: dict[str, Any] = {"RemoteIPRanges": list(ANYWHERE), **PRESETS[preset], **given}
        row = self._row(server, settings | _lists(settings, {}), self._clock.now)
        if _key(row) in self._rows:
            raise failures.exists_already(str(row["DistinguishedName"]), self._directory.controller)
        check(row, self._rows.values())
        if bound.get("WhatIf"):
            return CmdletResult()
        self._rows[_key(row)] = row
        return CmdletResult(rows=[dict(row)])

    def _set(self, bound: Bound) -> CmdletResult:
        before = self._find(bound.get("Identity"))
        given = {name: value for name, value in bound.values.items() if name in _SETTINGS}
        after = before | {name: _shown(value) for name, value in given.items()} | _lists(given, before)
        if after == before:
            text = f"The command completed successfully but no settings of '{before['Identity']}' have been modified."
            return CmdletResult(warnings=[text])
        after |= self._named(str(before["Server"]), str(after["Name"])) | _changed(self._clock.now)
        others = [row for row in self._rows.values() if row is not before]
        if _key(after) in {_key(row) for row in others}:
            raise failures.exists_already(str(after["DistinguishedName"]), self._directory.controller)
        check(after, others)
        if not bound.get("WhatIf"):
            self._rows = {
                _key(row): row for row in (after if row is before else row for row in self._rows.values())
            }
        return CmdletResult()

    def _remove(self, bound: Bound) -> CmdletResult:
        row = self._find(bound.get("Identity"))
        if bound.get("Confirm") is not False and not bound.get("WhatIf"):
            raise failures.no_confirmation(f'Removing the Receive connector "{row["Identity"]}".')
        if not bound.get("WhatIf"):
            del self._rows[_key(row)]
        return CmdletResult()

    def _find(self, identity: str) -> Row:
        wanted = identity.casefold()
        keys = ("Identity", "Name", "Guid", "DistinguishedName")
        found = [row for row in self._rows.values() if wanted in {str(row[key]).casefold() for key in keys}]
        if not found:
            raise failures.not_found(identity, self._directory.controller)
        if len(found) > 1:
            raise failures.not_unique(identity)
        return found[0]

    def _row(self, server: Server, settings: Mapping[str, Any], now: datetime) -> Row:
        self._made += 1
        guid = draws.guid(self._estate.seed, server.name, "receive-connector", self._made)
        return {
            **DEFAULTS,
            "Fqdn": server.fqdn,
            **{name: _shown(value) for name, value in settings.items()},
            "Server": server.name,
            **self._named(server.name, settings["Name"]),
            "Guid": uuid.UUID(guid),
            "IsValid": True,
            **values.moment_pair("WhenCreated", now),
            **_changed(now),
            "OriginatingServer": self._directory.controller,
        }

    @staticmethod
    def _named(server: str, name: str) -> Row:
        place = (
            f"CN=SMTP Receive Connectors,CN=Protocols,CN={server},CN=Servers,CN=NHSmail,CN=Microsoft Exchange"
        )
        return {"Name": name, "Identity": f"{server}\\{name}", "DistinguishedName": f"CN={name},{place}"}


def _key(row: Row) -> _Key:
    return str(row["Server"]), str(row["Name"]).casefold()


def _changed(now: datetime) -> Row:
    return values.moment_pair("WhenChanged", now)


def _shown(value: object) -> object:
    """A number as Exchange shows it: `Unlimited` or its digits; anything else as it is."""
    if isinstance(value, float):
        return "Unlimited" if value == UNLIMITED else str(int(value))
    return value


def _preset(bound: Bound) -> str:
    chosen = [name for name in PRESETS if bound.get(name)]
    if bound.get("Usage"):
        chosen.append(bound.get("Usage"))
    if len(chosen) > 1:
        raise failures.ambiguous_set()
    return chosen[0] if chosen else "Custom"


def _require(bound: Bound, names: list[str]) -> None:
    missing = [name for name in names if not bound.get(name)]
    if missing:
        raise failures.missing_parameters(missing)


def _lists(given: Mapping[str, Any], before: Mapping[str, Any]) -> Row:
    """The multi-valued properties among *given*, checked, with additions and removals applied to *before*."""
    result: Row = {}
    for name, parse in MULTI_VALUED.items():
        if name not in given or given[name] is None:
            continue
        try:
            result[name] = _edited(before.get(name, []), given[name], parse)
        except values.NotAValue as problem:
            raise failures.bad_value(name, problem.text, problem.kind) from None
    return result


def _edited(
    before: list[str], value: list[str] | dict[str, list[str]], parse: Callable[[str], str]
) -> list[str]:
    if isinstance(value, list):
        return list(dict.fromkeys(parse(item) for item in value))
    gone = {parse(str(item)) for item in value.get("Remove", [])}
    added = (parse(str(item)) for item in value.get("Add", []))
    return list(dict.fromkeys([*(item for item in before if item not in gone), *added]))
