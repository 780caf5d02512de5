"""One engine for every kind of Exchange object: read, compare, set, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange_admin import ExchangeAdmin, NotFound, OutcomeUnknown, Row, find_one
from infra.exchange.table import ObjectType, Property
from infra.servicer import ProviderError

Inputs = Mapping[str, Any]


class Absent(ProviderError):
    """An object that must be there is not; the read that says so succeeded."""

    def __init__(self, *, kind: ObjectType, name: str) -> None:
        self.kind = kind
        self.name = name
        super().__init__(f"there is no {kind.noun} {name!r} in the tenant, and this stack does not make one")


class NotOurs(ProviderError):
    """A live value that the stack relies on and may not change."""

    def __init__(self, *, kind: ObjectType, name: str, prop: Property, said: object, live: object) -> None:
        self.kind = kind
        self.name = name
        self.prop = prop
        super().__init__(
            f"{prop.name} of {kind.noun} {name!r} is {live!r} and the program says {said!r}; this stack does not set it"
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
    """Return the object called *name*, None if it certainly does not exist."""
    return find_one(admin, kind.cmdlet("Get"), name)


def ensure(admin: ExchangeAdmin, kind: ObjectType, inputs: Inputs) -> Row:
    """Make the object, or adopt the one of that name, as *inputs* say, and return it as it then is.

    :raises Absent: if an adopted kind of object is not there.
    """
    live = find(admin, kind, inputs[kind.key])
    if live is not None or not kind.owned:
        return bring(admin, kind, inputs)
    try:
        admin.invoke(kind.cmdlet("New"), {"Name": inputs[kind.key]} | _parameters(kind, inputs))
    except OutcomeUnknown:
        if find(admin, kind, inputs[kind.key]) is None:  # it may still appear: the next run adopts it then
            raise
    return bring(admin, kind, inputs)


def bring(admin: ExchangeAdmin, kind: ObjectType, inputs: Inputs) -> Row:
    """Set whatever does not satisfy *inputs*, read it back, and return the object.

    :raises Absent: if it is not there.
    :raises NotOurs: if a property that may not be set differs.
    :raises NotTaken: if the read back still differs.
    """
    name = inputs[kind.key]
    live = _existing(admin, kind, name)
    changes = _changes(kind, inputs, live)
    if not changes:
        return live
    try:
        admin.invoke(kind.cmdlet("Set"), {"Identity": name} | changes)
    except OutcomeUnknown:
        if _changes(kind, inputs, _existing(admin, kind, name)):
            raise
    live = _existing(admin, kind, name)
    left = _changes(kind, inputs, live)
    if left:
        raise NotTaken(kind=kind, name=name, parameters=sorted(left))
    return live


def release(admin: ExchangeAdmin, kind: ObjectType, name: str) -> None:
    """Remove an owned object; an adopted one is left as it is."""
    if not kind.owned:
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
    rows = [prop for prop in kind.properties if not said or said.get(prop.name) is not None]
    values = {prop.name: prop.rule.reported(said.get(prop.name), live.get(prop.parameter)) for prop in rows}
    return {kind.key: said.get(kind.key) or live["Identity"]} | {
        name: value for name, value in values.items() if value is not None
    }


def _existing(admin: ExchangeAdmin, kind: ObjectType, name: str) -> Row:
    live = find(admin, kind, name)
    if live is None:
        raise Absent(kind=kind, name=name)
    return live


def _changes(kind: ObjectType, inputs: Inputs, live: Row) -> dict[str, Any]:
    """What to send, by parameter."""
    changes: dict[str, Any] = {}
    for prop in kind.properties:
        said = inputs.get(prop.name)
        wanted = None if said is None else prop.rule.wanted(said, live.get(prop.parameter))
        if wanted is not None and not prop.settable:
            raise NotOurs(
                kind=kind, name=inputs[kind.key], prop=prop, said=said, live=live.get(prop.parameter)
            )
        if wanted is not None:
            changes[prop.parameter] = wanted
    return kind.settled(changes, live)


def _parameters(kind: ObjectType, inputs: Inputs) -> dict[str, Any]:
    """What a new object is made with; every owned kind has plain values only."""
    said = {prop.parameter: inputs.get(prop.name) for prop in kind.properties}
    return {parameter: value for parameter, value in said.items() if value is not None}
