"""One engine for configuration objects: a `Kind` is data, and Get-, New-, Set-, Remove- act by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from rehearsal import draws
from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, Run, limited
from rehearsal.exchange_online.errors import NotFound
from rehearsal.exchange_online.objects import checks
from rehearsal.exchange_online.objects.intake import Intake
from rehearsal.exchange_online.objects.kind import Kind, taken
from rehearsal.exchange_online.objects.refusals import DefaultStays, ObjectExists, OutOfRange
from rehearsal.exchange_online.objects.world import World
from rehearsal.exchange_online.values import Guid, Row

_FOREST = "DC=GBRP123A001,DC=PROD,DC=OUTLOOK,DC=COM"
_NAMES = ("Name", "Identity", "Guid", "DistinguishedName")


class Objects:
    """The objects of one *kind*, in the order in which they are shown."""

    def __init__(self, noun: str, kind: Kind, world: World) -> None:
        self.noun = noun
        self.kind = kind
        self._world = world
        self._intake = Intake(kind, world)
        self._rows: dict[str, Row] = {}
        """By GUID."""

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        does: Mapping[str, Run] = {
            "Get": self._get,
            "New": self._new,
            "Set": self._set,
            "Remove": self._remove,
            "Enable": lambda bound: self._switch(bound, "Enabled"),
            "Disable": lambda bound: self._switch(bound, "Disabled"),
        }
        verbs = (*self.kind.verbs, "Enable", "Disable") if self.kind.ordered else self.kind.verbs
        return {f"{verb}-{self.noun}": Handler(does[verb], taken(verb, self.noun)) for verb in verbs}

    def born(self, settings: Mapping[str, Any]) -> None:
        """Put an object where it has been since the tenant was set up."""
        tenant = self._world.tenant
        name = str(settings[self.kind.name])
        guid = str(
            settings.get("Guid", draws.guid(tenant.seed, f"{tenant.estate.tenant_id}/{name}", self.noun))
        )
        row = self._intake.held({**self.kind.properties, **settings})
        row = checks.completed(self.noun, row, self._world)
        self._keep(row, guid, made=tenant.set_up)

    def rows(self) -> list[Row]:
        """Return what the objects show, rules in the order of their priority."""
        return [self._shown(row, place) for place, row in enumerate(self._rows.values())]

    def find(self, identity: object, *, status: int = 400) -> Row:
        """Return what the one object of this name, GUID or distinguished name shows.

        :raises NotFound: if there is none.
        """
        for row in self.rows():
            if self._is(row, str(identity)):
                return row
        raise NotFound(identity, status=status)

    def at(self, guid: str) -> Row | None:
        """Return what the object with this GUID shows, None once it is removed."""
        return next((row for row in self.rows() if str(row["Guid"]) == guid), None)

    def _is(self, row: Row, identity: str) -> bool:
        if not self._world.options.found_in_any_case:
            return identity == row["Name"]
        names = (row.get(key) for key in (*_NAMES, self.kind.name, *self.kind.keys))
        return identity.strip("{}").casefold() in (str(name).casefold() for name in names)

    def _get(self, bound: Bound) -> Output:
        if bound.get("Identity") is not None:
            return Output([self.find(bound["Identity"], status=404)])
        rows = self.rows()
        for parameter, name in self.kind.filters.items():
            if parameter in bound:
                rows = [row for row in rows if row.get(name) == bound[parameter]]
        for name, parameter in self.kind.hidden.items():
            rows = [row for row in rows if not row[name] or bound.flag(parameter)]
        return limited(rows, bound, honoured=self._world.tenant.options.honours_result_size)

    def _new(self, bound: Bound) -> Output:
        row = self._intake.given(bound, self.kind.properties)
        if self.kind.ordered:
            row["State"] = "Disabled" if bound.get("Enabled") is False else "Enabled"
        row = checks.completed(self.noun, row, self._world)
        self._check(row, self.rows())
        guid = self._world.tenant.new_guid(self.noun)
        self._place(bound, guid, len(self._rows), lambda: self._keep(row, guid, made=self._world.tenant.now))
        return Output([row for row in self.rows() if str(row["Guid"]) == guid])

    def _set(self, bound: Bound) -> Output:
        meant = self._meant(bound)
        guid = str(meant["Guid"])
        before = self._rows[guid]
        after = checks.completed(self.noun, self._intake.given(bound, before), self._world)
        moves = bound.get("Priority") not in (None, meant.get("Priority"))
        if after == before and not moves:
            text = f"The command completed successfully but no settings of '{meant['Identity']}' have been modified."
            return Output([], (text,) if self._world.options.unchanged_warns else ())
        renamed = after.get(self.kind.name) != before.get(self.kind.name)
        if renamed and self._is_default(meant) and self._world.options.default_keeps_name:
            raise DefaultStays(noun=self.noun, name=str(meant["Name"]))
        if meant["Name"] in self.kind.fixed and self._world.options.built_in_stays_as_it_is:
            raise DefaultStays(noun=self.noun, name=str(meant["Name"]))
        self._check(after, [row for row in self.rows() if str(row["Guid"]) != guid])
        self._place(bound, guid, len(self._rows) - 1, lambda: self._keep(after, guid))
        return NOTHING

    def _remove(self, bound: Bound) -> Output:
        row = self.find(bound.identity())
        if self._is_default(row) and self._world.options.default_stays:
            raise DefaultStays(noun=self.noun, name=str(row["Name"]))
        del self._rows[str(row["Guid"])]
        return NOTHING

    def _switch(self, bound: Bound, state: str) -> Output:
        guid = str(self.find(bound.identity())["Guid"])
        mode = {"Mode": bound["Mode"]} if "Mode" in bound else {}
        self._keep({**self._rows[guid], **mode, "State": state}, guid)
        return NOTHING

    def _meant(self, bound: Bound) -> Row:
        if self.kind.alone and bound.get("Identity") is None:
            return self.rows()[0]
        return self.find(bound.identity())

    def _is_default(self, row: Row) -> bool:
        return row["Name"] in (*self.kind.stays, *self.kind.fixed) or bool(row.get(self.kind.flag))

    def _check(self, row: Row, others: list[Row]) -> None:
        shown = self._links(row)
        name = str(row.get(self.kind.name)).casefold()
        for other in others:
            if str(other.get(self.kind.name)).casefold() == name and self._world.options.one_name:
                raise ObjectExists(str(other["DistinguishedName"]))
        checks.check(self.noun, self.kind, shown, others, self._world)

    def _place(self, bound: Bound, guid: str, most: int, keep: Callable[[], None]) -> None:
        """Keep an object and move it to the priority asked for, others after it."""
        asked = bound.number("Priority") if self.kind.ordered else None
        if asked is not None and not 0 <= asked <= most and self._world.options.priorities_in_range:
            raise OutOfRange(name="Priority", value=asked, least=0, greatest=most)
        keep()
        if asked is not None:
            order = [each for each in self._rows if each != guid]
            order.insert(asked, guid)
            self._rows = {each: self._rows[each] for each in order}

    def _keep(self, row: Row, guid: str, *, made: datetime | None = None) -> None:
        moment = made or self._world.tenant.now
        times: Row = {"WhenChanged": moment, "WhenChangedUTC": moment}
        if made:
            times |= {"WhenCreated": moment, "WhenCreatedUTC": moment}
        if self.kind.flag and row.get(self.kind.flag) and self.kind.mover:
            for each in self._rows.values():
                each[self.kind.flag] = False
        self._rows[guid] = {**row, **times, "Guid": guid}

    def _links(self, row: Mapping[str, Any]) -> Row:
        """Return *row* with the names of what it refers to; what was removed has none."""
        shown = dict(row)
        for name, noun in self.kind.refers.items():
            if row.get(name):
                target = self._world.kind(noun).at(str(row[name]))
                shown[name] = target["Name"] if target else None
        return shown

    def _shown(self, row: Row, place: int) -> Row:
        name = str(row.get(self.kind.name) or self.noun)
        domain = self._world.tenant.estate.tenant.domain
        distinguished = (
            f"CN={name},{self.kind.place},CN=Configuration,CN={domain},CN=ConfigurationUnits,{_FOREST}"
        )
        return {
            **{
                key: list(value) if isinstance(value, list) else value
                for key, value in self._links(row).items()
            },
            **({"Priority": place} if self.kind.ordered else {}),
            "Name": name,
            "Identity": name,
            "Id": name,
            "Guid": Guid(row["Guid"]),
            "ExchangeObjectId": Guid(row["Guid"]),
            "DistinguishedName": distinguished,
            "IsValid": True,
            "ObjectState": "Unchanged",
        }
