"""One engine for Exchange's configuration objects: a `Kind` is data, and Get-, New-, Set- and Remove- act by it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rehearsal import draws
from rehearsal.estate import START
from rehearsal.multi_valued import edited
from rehearsal.site import failures, values
from rehearsal.site.binding import Bound, parameters_of
from rehearsal.site.conversion import UNLIMITED
from rehearsal.site.offer import Offer, Offered, Run
from rehearsal.site.replication import Replicated
from rehearsal.site.result_size import limited
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

Check = Callable[[Row, Sequence[Row]], None]
"""Refuses, with a `failures.CmdletFailure`, an object that Exchange would not let stand beside the others."""

Live = Callable[[Row, Bound], Row]

_ROOT = "CN=NHSmail,CN=Microsoft Exchange,CN=Services,CN=Configuration"


def _anything(_row: Row, _others: Sequence[Row]) -> None:
    return None


@dataclass(frozen=True)
class Kind:
    """What is peculiar to one noun.

    *defaults* are its properties as Exchange shows them where nobody set them; those that are parameters of New- or
    Set- can be given. *parameters* maps a parameter's name to another property's. *container* is where its objects
    stand in the directory. *of_server*: each belongs to a server. *alone*: there is one at most, which needs no name.
    *verbs* are those offered; *adds* are other verbs for New- and Remove-. *keys* name an object beside the usual ones.
    *parsers* turn each item of a list into the text that Exchange shows, or raise `values.NotAValue`.
    *asks* are the verbs that want a confirmation; *ignored* parameters are taken without effect. *filters* are
    parameters of Get-, each with the property of which it chooses a value; *looks* are others that it takes. *folder*
    is the canonical name of the place in a domain where objects stand that do not belong to the configuration.
    *complete* gives a new object what follows from the rest. *unapplied* is what New- and Set- make of an object until
    Update- has carried it to those it is for, which makes it *applied*.
    """

    noun: str
    defaults: Mapping[str, Any]
    container: str
    verbs: tuple[str, ...] = ("Get", "New", "Set", "Remove")
    parameters: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    name: str = "Name"
    of_server: bool = False
    alone: bool = False
    asks: tuple[str, ...] = ("Remove",)
    check: Check = _anything
    parsers: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    filters: Mapping[str, str] = field(default_factory=dict)
    looks: frozenset[str] = frozenset()
    folder: str = ""
    complete: Callable[[Row], Row] | None = None
    unapplied: Row = field(default_factory=dict)
    applied: Row = field(default_factory=dict)

    def taken(self, verb: str) -> frozenset[str]:
        """The parameters of its cmdlet with *verb* that take effect."""
        settings = frozenset(self.defaults) | frozenset(self.parameters) | {self.name, "Force"} | self.ignored
        match verb:
            case "Get":
                shown = frozenset({"Identity", *self.filters, *self.looks})
                return shown | {"Server", "ADPropertiesOnly"} if self.of_server else shown
            case "Remove":
                return frozenset({"Identity", "Force"})
            case "Update":
                return frozenset({"Identity"}) | self.ignored
            case "Set":
                return settings | {"Identity"}
        return settings | {"Server"} if self.of_server else settings


class Objects:
    """The objects of one *kind*; *born* are the settings of those there from the beginning.

    *live* gives what an object shows beside its settings each time that a call reads it.
    """

    def __init__(
        self, kind: Kind, around: Surroundings, born: Iterable[Row] = (), live: Live | None = None
    ) -> None:
        self.kind = kind
        self._around = around
        self._live = live
        self._made = 0
        self._kept: Replicated[Row] = Replicated(around.clock, around.controllers)
        for settings in born:
            row = self._new_row(settings, START)
            self._kept.born(self._key(row), row)
        does: Mapping[str, Run] = {
            "Get": self._get,
            "New": self._new,
            "Add": self._new,
            "Set": self._set,
            "Remove": self._remove,
            "Update": self._update,
        }
        self.cmdlets: Offer = {
            f"{verb}-{kind.noun}": Offered(does[verb], kind.taken(verb)) for verb in kind.verbs
        }

    def rows(self, controller: str | None = None) -> list[Row]:
        """Every object as *controller* knows it; as the first controller does where none is named."""
        asked = self._around.controllers.of("") if controller is None else controller
        return [dict(row) for _, row in self._kept.items(asked)]

    def find(self, identity: str, controller: str) -> Row:
        """The one object that *identity* names; raise `failures.CmdletFailure`."""
        found = self.matching(identity, controller)
        if not found:
            raise failures.not_found(identity, controller)
        if len(found) > 1:
            raise failures.not_unique(identity)
        return found[0]

    def matching(self, identity: str, controller: str) -> list[Row]:
        """Every object that has *identity* among its names, in any case of letters."""
        wanted = identity.casefold()
        keys = ("Identity", "Name", "Guid", "DistinguishedName", self.kind.name, *self.kind.keys)
        return [
            row
            for _, row in self._kept.items(controller)
            if any(str(row.get(key)).casefold() == wanted for key in keys)
        ]

    def change(self, row: Row, changes: Row, controller: str) -> Row:
        """Write *changes* of *row*, which keeps its identity, and return what it is then."""
        after = row | changes | values.moment_pair("WhenChanged", self._around.clock.now)
        self._kept.write(self._key(row), after, controller)
        return after

    def remove(self, row: Row, controller: str) -> None:
        """Take *row* away at *controller*, as another cmdlet's work or Setup's."""
        self._kept.write(self._key(row), None, controller)

    def _get(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        if (identity := bound.get("Identity")) is not None and not self.kind.alone:
            rows = [dict(self.find(identity, controller))]
        else:
            rows = [dict(row) for _, row in self._kept.items(controller)]
        for parameter, name in ({"Server": "Server"} | {**self.kind.filters}).items():
            if (asked := bound.get(parameter)) is not None:
                wanted = self._around.server(asked, controller).name if name == "Server" else str(asked)
                rows = [row for row in rows if str(row[name]).casefold() == wanted.casefold()]
        displayed = self._displayed(rows, bound, controller)
        if "ResultSize" not in self.kind.looks:
            return CmdletResult(rows=displayed)
        return limited(displayed, bound, cuts=self._around.options.first_thousand)

    def _displayed(self, rows: Iterable[Row], bound: Bound, controller: str) -> list[Row]:
        live = self._live or (lambda _row, _bound: {})
        return [row | live(row, bound) | {"OriginatingServer": controller} for row in rows]

    def _new(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        before = self.rows(controller)
        if self.kind.alone and before:
            raise failures.exists_already(str(before[0]["DistinguishedName"]), controller)
        given = self._settings(bound, self.kind.defaults) | self.kind.unapplied
        row = self._new_row(given, self._around.clock.now)
        if any(self._key(row) == self._key(other) for other in before):
            raise failures.exists_already(str(row["DistinguishedName"]), controller)
        self.kind.check(row, before)
        if bound.changes:
            self._kept.write(self._key(row), row, controller)
        return CmdletResult(rows=self._displayed([row], bound, controller) if bound.changes else [])

    def _set(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        before = self._meant(bound, controller)
        after = before | self._settings(bound, before)
        if after == before:
            return unchanged(before["Identity"])
        if "Set" in self.kind.asks:
            self._ask(bound, before)
        others = [row for row in self.rows(controller) if row["Guid"] != before["Guid"]]
        after |= self._placed(after) | self.kind.unapplied
        if self._key(after) in {self._key(row) for row in others}:
            raise failures.exists_already(str(after["DistinguishedName"]), controller)
        self.kind.check(after, others)
        if bound.changes:
            if self._key(after) != self._key(before):
                self._kept.write(self._key(before), None, controller)
            self.change(after, {}, controller)
        return CmdletResult()

    def _meant(self, bound: Bound, controller: str) -> Row:
        if not self.kind.alone:
            return self.find(bound.get("Identity"), controller)
        if not (rows := self.rows(controller)):
            raise failures.not_found(self.kind.noun, controller)
        return rows[0]

    def _remove(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        row = self._meant(bound, controller)
        self._ask(bound, row)
        if bound.changes:
            self._kept.write(self._key(row), None, controller)
        return CmdletResult()

    def _update(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        row = self._meant(bound, controller)
        if bound.changes:
            self.change(row, self.kind.applied, controller)
        return CmdletResult()

    def _ask(self, bound: Bound, row: Row) -> None:
        quiet = bound.get("Confirm") is False or bound.get("WhatIf") or bound.get("Force")
        if self._around.options.writes_ask and not quiet:
            raise failures.no_confirmation(f'{bound.cmdlet} on "{row["Identity"]}".')

    def _settings(self, bound: Bound, before: Mapping[str, Any]) -> Row:
        """The properties that *bound* gives, as Exchange shows them, with additions and removals applied."""
        types = parameters_of(bound.cmdlet)
        settings: Row = {}
        for parameter, value in bound.values.items():
            name = self.kind.parameters.get(parameter, parameter)
            if name not in self.kind.defaults and name not in (self.kind.name, "Server"):
                continue
            if name in self.kind.parsers and value is not None:
                settings[name] = self._parsed(name, before.get(name) or [], value)
            elif isinstance(value, dict):
                settings[name] = edited(before.get(name) or [], value)
            else:
                settings[name] = shown(value, types[parameter])
        return settings

    def _parsed(self, name: str, before: Iterable[object], value: Any) -> list[str]:
        parse = self.kind.parsers[name]
        try:
            if isinstance(value, dict):
                return edited(
                    before, {edit: [parse(str(item)) for item in items] for edit, items in value.items()}
                )
            return list(dict.fromkeys(parse(str(item)) for item in value))
        except values.NotAValue as problem:
            raise failures.bad_value(name, problem.text, problem.kind) from None

    def _new_row(self, settings: Row, now: datetime) -> Row:
        self._made += 1
        row: Row = {**self.kind.defaults, **settings}
        if self.kind.of_server:
            row["Server"] = self._around.server(str(row.get("Server") or ""), "").name
        if self.kind.complete is not None:
            row |= self.kind.complete(row)
        guid = draws.guid(self._around.seed, self.kind.noun, str(row.get(self.kind.name, "")), self._made)
        return {
            **row,
            **self._placed(row),
            "Guid": uuid.UUID(str(settings.get("Guid", guid))),
            "IsValid": True,
            "ExchangeVersion": "0.10 (14.0.100.0)",
            **values.moment_pair("WhenCreated", now),
            **values.moment_pair("WhenChanged", now),
        }

    def _placed(self, row: Row) -> Row:
        """Name, identity and place in the directory of an object with the settings of *row*."""
        name = str(row.get(self.kind.name) or self.kind.noun)
        if self.kind.folder:
            domain, *units = self.kind.folder.split("/")
            parts = [f"OU={unit}" for unit in reversed(units)] + [f"DC={part}" for part in domain.split(".")]
            distinguished = ",".join([f"CN={name}", *parts])
            return {
                "Name": name,
                "Identity": f"{self.kind.folder}/{name}",
                "DistinguishedName": distinguished,
            }
        if self.kind.of_server:
            place = f"{self.kind.container},CN={row['Server']},CN=Servers"
            identity = name if name == row["Server"] else f"{row['Server']}\\{name}"
        else:
            place, identity = self.kind.container, name
        return {"Name": name, "Identity": identity, "DistinguishedName": f"CN={name},{place},{_ROOT}"}

    def _key(self, row: Row) -> str:
        return str(row["Identity"]).casefold()


def shown(value: object, kind: str) -> object:
    """A *value* of the type *kind* as Exchange shows it: a number that may be unlimited is a text."""
    if kind == "Unlimited":
        return "Unlimited" if value == UNLIMITED else str(value)
    return value


def unchanged(identity: object) -> CmdletResult:
    """What a Set- says where every value is what it was."""
    text = f"The command completed successfully but no settings of '{identity}' have been modified."
    return CmdletResult(warnings=[text])
