"""One engine for every kind of Exchange object: read, compare, set, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exchange_admin import Ambiguous, ExchangeAdmin, NotFound, OutcomeUnknown, Row, find_one
from infra.exchange.kinds import ObjectType, Property
from infra.servicer import ProviderError, has_unknown

Inputs = Mapping[str, Any]


class Absent(ProviderError):
    """An object that must be there is not; the read that says so succeeded. *there* are those that are."""

    def __init__(self, *, kind: ObjectType, name: str, there: Sequence[str]) -> None:
        self.kind = kind
        self.name = name
        self.there = tuple(there)
        what = kind.absent or "every tenant has it"
        others = f"; there are: {', '.join(there)}" if there else ""
        super().__init__(
            f"there is no {kind.noun} {name!r} in the tenant, and this stack does not make one: {what}{others}"
        )


class NotOurs(ProviderError):
    """A live value that the stack relies on and cannot change."""

    def __init__(self, *, kind: ObjectType, name: str, prop: Property, said: object, live: object) -> None:
        self.kind = kind
        self.name = name
        self.prop = prop
        why = (
            "Exchange sets it only when the object is made" if prop.settable else "this stack does not set it"
        )
        super().__init__(
            f"{prop.name} of {kind.noun} {name!r} is {live!r} and the program says {said!r}; {why}"
        )


class BothThere(ProviderError):
    """An object is to be called as another one already is."""

    def __init__(self, *, kind: ObjectType, old: str, new: str) -> None:
        self.kind = kind
        self.old = old
        self.new = new
        super().__init__(
            f"{kind.noun} {old!r} is to be called {new!r}, and there is one of that name: let a person remove "
            "whichever is not used, then run the same command again"
        )


class NotTaken(ProviderError):
    """Exchange accepted a change that a read straight after does not show."""

    def __init__(self, *, kind: ObjectType, name: str, parameters: list[str]) -> None:
        self.kind = kind
        self.name = name
        self.parameters = parameters
        super().__init__(f"{kind.noun} {name!r} was set, but {', '.join(parameters)} did not change")


def tenant(admin: ExchangeAdmin) -> str:
    """Return the GUID of the tenant that answers; empty where it does not say."""
    rows = admin.invoke("Get-OrganizationConfig").rows
    return str(rows[0].get("ExternalDirectoryOrganizationId") or "") if rows else ""


def find(admin: ExchangeAdmin, kind: ObjectType, name: str) -> Row | None:
    """Return the object called *name*, None if it certainly does not exist.

    :raises Ambiguous: if a kind of one object a tenant has several.
    """
    live = find_one(admin, kind.cmdlet("Get"), name) if kind.key else _only(admin, kind)
    if live is None:
        return None
    rows = {
        key: admin.invoke(cmdlet, {"Identity": identity.format(name)}).rows
        for key, (cmdlet, identity) in kind.besides.items()
    }
    return live | rows


def foresee(admin: ExchangeAdmin, kind: ObjectType, inputs: Inputs) -> tuple[Row | None, dict[str, Any]]:
    """Return the live object and what would be sent to it, without sending it; what is not known yet is left out.

    :raises Absent: if an object that the stack does not make is not there.
    :raises NotOurs: if a property that cannot be set differs.
    """
    name = kind.identity(inputs)
    live = find(admin, kind, name)
    if live is None and not kind.made(name):
        raise _absent(admin, kind, name)
    return live, {} if live is None else _changes(kind, inputs, live)


def ensure(admin: ExchangeAdmin, kind: ObjectType, inputs: Inputs) -> Row:
    """Make the object, or adopt the one of that name, as *inputs* say, and return it as it then is.

    :raises Absent: if an adopted object is not there.
    """
    name = kind.identity(inputs)
    if not kind.made(name) or find(admin, kind, name) is not None:
        return bring(admin, kind, inputs)
    try:
        admin.invoke(kind.cmdlet("New"), dict.fromkeys(kind.given, name) | _at_birth(kind, inputs))
    except OutcomeUnknown:
        if find(admin, kind, name) is None:  # it may still appear: the next run adopts it then
            raise
    return bring(admin, kind, inputs)


def bring(admin: ExchangeAdmin, kind: ObjectType, inputs: Inputs) -> Row:
    """Set whatever does not satisfy *inputs*, read it back, and return the object.

    :raises Absent: if it is not there.
    :raises NotOurs: if a property that cannot be set differs.
    :raises NotTaken: if the read back still differs.
    """
    name = kind.identity(inputs)
    live = _existing(admin, kind, name)
    changes = _changes(kind, inputs, live)
    if not changes:
        return live
    try:
        for cmdlet, parameters in kind.calls(name, changes):
            admin.invoke(cmdlet, parameters)
    except OutcomeUnknown:
        if _changes(kind, inputs, _existing(admin, kind, name)):
            raise
    live = _existing(admin, kind, name)
    left = _changes(kind, inputs, live)
    if left:
        raise NotTaken(kind=kind, name=name, parameters=sorted(left))
    return live


def rename(admin: ExchangeAdmin, kind: ObjectType, old: str, new: str) -> None:
    """Call the object *old* by its *new* name; one that a run that was cut off has renamed already is left.

    :raises BothThere: if there is another object of the new name.
    """
    if find(admin, kind, new) is not None:
        if find(admin, kind, old) is not None:
            raise BothThere(kind=kind, old=old, new=new)
        return
    try:
        admin.invoke(kind.cmdlet("Set"), {"Identity": old, kind.given[0]: new})
    except OutcomeUnknown:
        if find(admin, kind, new) is None:
            raise


def release(admin: ExchangeAdmin, kind: ObjectType, name: str) -> None:
    """Remove an owned object; any other is left as it is."""
    if not kind.removed(name):
        return
    try:
        admin.invoke(kind.cmdlet("Remove"), {"Identity": name})
    except NotFound:
        return
    except OutcomeUnknown:
        if find(admin, kind, name) is not None:
            raise


def reported(kind: ObjectType, said: Inputs, live: Row) -> dict[str, Any]:
    """Return the live object as the program could have written it; all of it where *said* is empty (an import)."""
    rows = [one for one in kind.properties if not said or said.get(one.name) is not None]
    values = {one.name: one.rule.reported(said.get(one.name), one.live(live)) for one in rows}
    key = {kind.key: said.get(kind.key) or live["Identity"]} if kind.key else {}
    return key | {name: value for name, value in values.items() if value is not None}


def _only(admin: ExchangeAdmin, kind: ObjectType) -> Row | None:
    cmdlet = kind.cmdlet("Get")
    rows = admin.invoke(cmdlet).rows
    if len(rows) > 1:
        found = [str(row.get("Identity")) for row in rows]
        raise Ambiguous(cmdlet=cmdlet, identity=kind.noun, found=found)
    return rows[0] if rows else None


def _existing(admin: ExchangeAdmin, kind: ObjectType, name: str) -> Row:
    live = find(admin, kind, name)
    if live is None:
        raise _absent(admin, kind, name)
    return live


def _absent(admin: ExchangeAdmin, kind: ObjectType, name: str) -> Absent:
    rows = admin.invoke(kind.cmdlet("Get")).rows if kind.key else []
    return Absent(kind=kind, name=name, there=sorted(str(row.get("Identity")) for row in rows))


def _changes(kind: ObjectType, inputs: Inputs, live: Row) -> dict[str, Any]:
    """What to send, by parameter."""
    changes: dict[str, Any] = {}
    for one in kind.properties:
        said = inputs.get(one.name)
        if said is None or has_unknown(said):
            continue
        wanted = one.rule.wanted(said, one.live(live))
        if wanted is None:
            continue
        if not one.settable or kind.fixed(one):
            raise NotOurs(kind=kind, name=kind.identity(inputs), prop=one, said=said, live=one.live(live))
        changes[one.parameter] = wanted
    return kind.settled(changes, live)


def _at_birth(kind: ObjectType, inputs: Inputs) -> dict[str, Any]:
    """What New- is given; the rest is set afterwards. Every made kind has plain values only."""
    said = {one.parameter: inputs.get(one.name) for one in kind.properties if kind.at_birth(one)}
    return {parameter: value for parameter, value in said.items() if value is not None}
