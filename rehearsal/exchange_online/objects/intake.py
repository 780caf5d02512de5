"""What a call gives, in the form in which an object keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.exchange_online.cmdlet import Bound
from rehearsal.exchange_online.errors import BadArgument, BadValue, NotFound
from rehearsal.exchange_online.objects.forms import FORMS, NotInForm
from rehearsal.exchange_online.objects.kind import Kind
from rehearsal.exchange_online.objects.refusals import OutOfRange, TooLong, TooMany
from rehearsal.exchange_online.objects.world import World
from rehearsal.exchange_online.values import Row
from rehearsal.multi_valued import edited


class Intake:
    """Takes the settings of the objects of one *kind*."""

    def __init__(self, kind: Kind, world: World) -> None:
        self._kind = kind
        self._world = world

    def given(self, bound: Bound, before: Mapping[str, Any]) -> Row:
        """Return *before* with what *bound* gives; raise a `Refusal` for what is not taken."""
        after: Row = dict(before)
        for parameter, value in bound.items():
            name = self._kind.property_of(parameter)
            if name is not None and name != self._kind.flag:
                after[name] = self._value(parameter, name, value, before.get(name))
        if self._kind.mover and bound.flag(self._kind.mover):
            after[self._kind.flag] = True
        return after

    def held(self, settings: Row) -> Row:
        """Return the *settings* of an object that was always there."""
        row = dict(settings)
        for name, value in settings.items():
            if value and (name in self._kind.forms or name in self._kind.refers):
                row[name] = (
                    self._items(name, name, value)
                    if isinstance(value, list)
                    else self._one(name, name, value)
                )
        return row

    def _value(self, parameter: str, name: str, value: object, before: object) -> object:
        default = self._kind.properties.get(name)
        if value is None or (value == "" and default is None):
            return default if isinstance(default, list | str) and not default else None
        if isinstance(value, dict):
            changes = {edit: self._items(parameter, name, items) for edit, items in value.items()}
            return self._counted(name, edited(before if isinstance(before, list) else [], changes))
        if not isinstance(value, list):
            return self._one(parameter, name, value)
        items = self._items(parameter, name, value)
        if default is None or isinstance(default, list):
            return self._counted(name, edited([], {"Add": items}))
        if len(items) != 1:
            raise BadArgument(f"{parameter} takes one value.")
        return items[0]

    def _counted(self, name: str, items: list[str]) -> list[str]:
        most = self._kind.most.get(name)
        if most is not None and len(items) > most and self._world.options.counts_kept:
            raise TooMany(name=name, most=most)
        return items

    def _items(self, parameter: str, name: str, items: Sequence[object]) -> list[object]:
        most = self._kind.at_once.get(name)
        if most is not None and len(items) > most and self._world.options.counts_kept:
            raise TooMany(name=name, most=most)
        return [self._one(parameter, name, each) for each in items]

    def _one(self, parameter: str, name: str, value: object) -> object:
        """Return one value as it is kept."""
        options = self._world.options
        bounds = self._kind.ranges.get(name)
        if bounds and isinstance(value, int) and options.ranges_kept and not bounds[0] <= value <= bounds[1]:
            raise OutOfRange(name=parameter, value=value, least=bounds[0], greatest=bounds[1])
        longest = self._kind.longest_of(name)
        if longest and isinstance(value, str) and len(value) > longest and options.lengths_kept:
            raise TooLong(name=parameter, longest=longest, length=len(value))
        if name in self._kind.refers:
            return self._referred(name, str(value))
        form = self._kind.forms.get(name)
        if form is None or (form == "address_space" and not options.address_spaces):
            return value
        try:
            return FORMS[form](str(value))
        except NotInForm as problem:
            raise BadValue(name=parameter, value=value, wanted=problem.wanted) from None

    def _referred(self, name: str, identity: str) -> object:
        try:
            return str(self._world.kind(self._kind.refers[name]).find(identity)["Guid"])
        except NotFound:
            if self._world.options.references_exist:
                raise
            return identity
