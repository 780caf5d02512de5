# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""One engine for every Exchange object that a play keeps: read, compare, show, set, read back.

A kind of object is a row of the table objects.yaml; all comparing, predicting and proving is done here, once. What a
version of Exchange does not take is refused by its metadata before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import CreateOnly, NotMade, NotTaken
from ansible_collections.mailwave.exchange.plugins.plugin_utils.object_types import (
    ObjectType,
    Place,
    Property,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.releases import Offer

from exchange_admin.errors import Ambiguous, OutcomeUnknown
from exchange_admin.port import ExchangeAdmin, Row, find_one

Values = Mapping[str, Any]

COMMITTED = "committed"
"""The option that stands for a kind's `commit`: whether what was set took effect on everybody."""


@dataclass(frozen=True)
class Wanted:
    r"""One object as it should be.

    *name*, *server* and *group* say which, as far as its kind needs them. *values* are by option; *includes* are, by
    option, items that a list must hold beside whatever else it holds. *check* is the id of the verify play's check.
    """

    kind: ObjectType
    name: str = ""
    server: str = ""
    group: str = ""
    values: Values = field(default_factory=dict)
    includes: Values = field(default_factory=dict)
    present: bool = True
    check: str = ""

    @property
    def identity(self) -> str:
        r"""The name by which Exchange knows it: ``SERVER\name`` for what belongs to a server."""
        match self.kind.place:
            case Place.SERVER:
                return f"{self.server}\\{self.name}"
            case Place.DIRECTORY:
                return f"{self.server}\\{self.kind.called}"
            case Place.ITSELF:
                return self.server
            case Place.ALONE:
                return self.kind.noun
            case Place.MEMBER:
                return f"{self.group}\\{self.name}"
        return self.name

    @property
    def naming(self) -> dict[str, object]:
        """The parameters by which its maker names it."""
        match self.kind.place:
            case Place.MEMBER:
                return {"Identity": self.group, "Member": self.name}
            case Place.SERVER:
                return {"Name": self.name, "Server": self.server}
        return {self.kind.named_by: self.name}

    def addressed(self, identity: str) -> dict[str, object]:
        """The parameters by which Set- and Remove- find it, whose *identity* it was found under."""
        match self.kind.place:
            case Place.ALONE:
                return {}
            case Place.MEMBER:
                return self.naming
        return {"Identity": identity}


@dataclass(frozen=True)
class Comparison:
    """One object beside what it should be, canonical values by option; *before* is empty where it does not exist.

    *exact* are the values as they would be sent; *identity* is the name that it goes by, where another one had been
    given to it.
    """

    wanted: Wanted
    identity: str
    before: Values
    goal: Values
    exact: Values

    @property
    def there(self) -> bool:
        """Whether the object exists."""
        return bool(self.before)

    @property
    def differing(self) -> list[str]:
        """The options that are not as they should be; `state` where the object should not be, or not be missing."""
        if self.wanted.present != self.there:
            return ["state"]
        if not self.there:
            return []
        return sorted(option for option, value in self.goal.items() if self.before.get(option) != value)


@dataclass(frozen=True)
class Change:
    """What was done, or would be: canonical values by option, empty where the object does not exist.

    *answer_lost*: the answer of a cmdlet never came, and reading back showed that it had taken effect.
    """

    changed: bool
    before: Values
    after: Values
    answer_lost: bool = False

    @property
    def differing(self) -> list[str]:
        """The options that were, or would be, different afterwards."""
        options = sorted({*self.before, *self.after})
        return [option for option in options if self.before.get(option) != self.after.get(option)]


_THERE = "exists"


def compare(admin: ExchangeAdmin, wanted: Wanted) -> Comparison:
    """Read the object and set it beside what it should be; nothing is sent but the read.

    Raises:
        exchange_admin.errors.ExchangeError: it could not be read.
        ValueError: a value is not of its kind.
    """
    row = _find(admin, wanted)
    exact = _exact(wanted, row)
    goal = {
        item.option: item.kind.canonical(exact[item.option])
        for item in wanted.kind.properties
        if item.option in exact and not (item.only_made and row)
    }
    if wanted.kind.commit is not None:
        goal[COMMITTED] = True
    identity = str(row["Identity"]) if row and _goes_by_another(wanted, row) else wanted.identity
    return Comparison(wanted, identity, _shown(wanted.kind, row), goal if wanted.present else {}, exact)


def ensure(admin: ExchangeAdmin, wanted: Wanted, offer: Offer, *, check: bool) -> Change:
    """Make the object be as it should be; what *wanted* does not name is left alone.

    In *check* nothing is sent and the result is a prediction; what would be refused by *offer* is refused then too.

    Raises:
        NotTaken: the cmdlet was accepted and reading back shows other values.
        CreateOnly: the object exists and a property that only its maker gives differs.
        NotMade: the object is missing, and nobody can make such a one.
        NotInVersion: the version of Exchange that answers does not take a cmdlet or a parameter.
        exchange_admin.errors.ExchangeError: Exchange refused, could not be reached, or its answer was lost.
    """
    found = compare(admin, wanted)
    if not found.differing:
        return Change(changed=False, before=found.before, after=found.before)
    acts = _acts(found, offer)
    if check:
        after = {**found.before, **found.goal} if wanted.present else {}
        return Change(changed=True, before=found.before, after=after)
    lost = None
    for cmdlet, parameters in acts:
        lost = _send(admin, cmdlet, parameters) or lost
    again = compare(admin, wanted)
    _prove(again, lost)
    return Change(changed=True, before=found.before, after=again.before, answer_lost=lost is not None)


def every(admin: ExchangeAdmin, kind: ObjectType) -> list[str]:
    """The names of every object of *kind* but those that its table leaves out."""
    rows = admin.invoke(f"Get-{kind.noun}").rows
    return [
        str(row["Identity"])
        for row in rows
        if not any(
            str(row.get(key)) in {str(value) for value in values} for key, values in kind.all_but.items()
        )
    ]


def _find(admin: ExchangeAdmin, wanted: Wanted) -> Row | None:
    reader = f"Get-{wanted.kind.noun}"
    match wanted.kind.place:
        case Place.ALONE:
            rows = admin.invoke(reader).rows
            if len(rows) > 1:
                raise Ambiguous(cmdlet=reader, identity="", found=[str(row.get("Identity")) for row in rows])
            return rows[0] if rows else None
        case Place.MEMBER:
            rows = admin.invoke(reader, {"Identity": wanted.group}).rows
            bare = wanted.name.rpartition("\\")[2].casefold()
            names = ("Name", "SamAccountName", "Alias", "UserPrincipalName")
            return next(
                (row for row in rows if bare in {str(row.get(key)).casefold() for key in names}), None
            )
    return find_one(admin, reader, wanted.identity) or _known_by_values(admin, wanted)


def _known_by_values(admin: ExchangeAdmin, wanted: Wanted) -> Row | None:
    """The object that is the wanted one under a name that somebody else gave it: Exchange lets no second one be."""
    known = [item for item in wanted.kind.properties if item.parameter in wanted.kind.known_by]
    asked = {item: wanted.values.get(item.option) for item in known}
    if not known or None in asked.values():
        return None
    for row in admin.invoke(f"Get-{wanted.kind.noun}").rows:
        if all(_canonical(item, row.get(item.read_as)) == item.kind.canonical(asked[item]) for item in known):
            return row
    return None


def _goes_by_another(wanted: Wanted, row: Row) -> bool:
    names = {str(row.get(key)).casefold() for key in ("Identity", wanted.kind.named_by, "Name")}
    return bool(wanted.kind.known_by) and wanted.identity.casefold() not in names


def _shown(kind: ObjectType, row: Row | None) -> Values:
    if row is None:
        return {}
    found: dict[str, Any] = {item.option: _canonical(item, row.get(item.read_as)) for item in kind.properties}
    if kind.commit is not None:
        found[COMMITTED] = str(row.get(kind.commit.shown)) == "True"
    return found or {_THERE: True}


def _canonical(item: Property, value: object) -> object:
    if value is None or value == "":
        return [] if item.kind.elements else None
    return item.kind.canonical(value)


def _exact(wanted: Wanted, row: Row | None) -> Values:
    """The values to send, as a person wrote them; a list that must include items is what it is, and what it lacks."""
    exact = {option: value for option, value in wanted.values.items() if value is not None}
    for item in wanted.kind.properties:
        if item.option not in wanted.includes:
            continue
        have = list((row or {}).get(item.read_as) or [])
        held = {item.kind.same(each) for each in have}
        exact[item.option] = [
            *(str(each) for each in have),
            *(each for each in wanted.includes[item.option] if item.kind.same(each) not in held),
        ]
    return exact


def _acts(found: Comparison, offer: Offer) -> list[tuple[str, dict[str, object]]]:
    """The cmdlets that make the object as it should be, in their order; refused here if *offer* lacks one."""
    wanted, kind = found.wanted, found.wanted.kind
    if not wanted.present:
        acts = [(f"Remove-{kind.noun}", wanted.addressed(found.identity))]
    elif found.there:
        acts = _settings(found, offer, [option for option in found.differing if option != COMMITTED])
    else:
        acts = _making(found, offer)
    if wanted.present and kind.commit is not None:
        acts = [*acts, (kind.commit.cmdlet, {**wanted.addressed(found.identity), **kind.commit.parameters})]
    for cmdlet, parameters in acts:
        offer.require(cmdlet, parameters)
    return acts


def _making(found: Comparison, offer: Offer) -> list[tuple[str, dict[str, object]]]:
    wanted, kind = found.wanted, found.wanted.kind
    if not kind.place.made:
        raise NotMade(identity=wanted.identity, noun=kind.noun)
    chosen = [item for item in kind.properties if item.option in found.exact]
    taken = [item for item in chosen if offer.knows(kind.maker, item.parameter)]
    later = [item.option for item in chosen if item not in taken]
    first = {**kind.fixed, **wanted.naming, **_parameters(taken, found.exact)}
    return [(kind.maker, first), *_settings(found, offer, later)]


def _settings(found: Comparison, offer: Offer, options: list[str]) -> list[tuple[str, dict[str, object]]]:
    """Set- with *options*; a property that only the object's maker takes cannot be changed any more."""
    wanted, kind = found.wanted, found.wanted.kind
    chosen = [item for item in kind.properties if item.option in options]
    setter = f"Set-{kind.noun}"
    for item in chosen:
        settable = offer.knows(setter, item.parameter) and not (item.create_only and found.there)
        if not settable and offer.knows(kind.maker, item.parameter):
            raise CreateOnly(
                identity=wanted.identity,
                option=item.option,
                wanted=found.goal[item.option],
                found=found.before.get(item.option),
            )
    return (
        [(setter, {**wanted.addressed(found.identity), **_parameters(chosen, found.exact)})] if chosen else []
    )


def _parameters(items: list[Property], exact: Values) -> dict[str, object]:
    return {item.parameter: item.kind.wire(exact[item.option]) for item in items}


def _send(admin: ExchangeAdmin, cmdlet: str, parameters: Values) -> OutcomeUnknown | None:
    """Send one write. A lost answer is returned, not raised: reading back decides what it meant."""
    try:
        admin.invoke(cmdlet, parameters)
    except OutcomeUnknown as lost:
        return lost
    return None


def _prove(again: Comparison, lost: OutcomeUnknown | None) -> None:
    if not again.differing:
        return
    if lost is not None:
        raise lost
    wanted = {option: again.goal.get(option) for option in again.differing}
    found = {option: again.before.get(option) for option in again.differing}
    if again.differing == ["state"]:
        words = ("present", "absent") if again.wanted.present else ("absent", "present")
        wanted, found = {"state": words[0]}, {"state": words[1]}
    raise NotTaken(identity=again.wanted.identity, wanted=wanted, found=found)
