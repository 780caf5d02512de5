"""The whole life of an object of every kind: made or adopted, read, imported, drifted, set, and released."""

from __future__ import annotations

from typing import Any

import pytest

from infra.exchange.engine import Absent
from infra.exchange.kinds import ASSIGNED, Life, ObjectType, Property
from infra.exchange.provider import Exchange
from infra.exchange.rules import Between, Flag, Members, Names, Number, Text
from infra.exchange.table import TYPES
from infra.servicer import ProviderError, Subject
from tests.infra.exchange.tenant import Tenant

TENANT = "9b424469-06f1-47ec-8522-46de505d3489"
KINDS = list(TYPES.values())


def value(one: Property, *, other: bool = False) -> Any:
    """A value that the property may have, or another one."""
    match one.rule:
        case Flag():
            return other
        case Number(least, _):
            return least + (2 if other else 1)
        case Names() | Members():
            return ["c", "d"] if other else ["a", "b"]
        case Between():
            return {"minimum": 30, "maximum": 40} if other else {"minimum": 10, "maximum": 20}
        case Text(choices) if choices:
            return choices[-1] if other else choices[0]
        case _:
            return "y" if other else "x"


def said(kind: ObjectType, name: str = "it") -> dict[str, Any]:
    """Everything that the program can say of an object."""
    key = {kind.key: name} if kind.key else {}
    return key | {one.name: value(one) for one in kind.properties}


def live(kind: ObjectType, name: str) -> dict[str, Any]:
    """An object that is there already and satisfies what is said."""
    row: dict[str, Any] = {"Identity": name, "Guid": f"guid-of-{name}"}
    for one in kind.properties:
        shown = one.shown or one.parameter
        row[shown] = "Disabled" if shown == "State" else value(one)
        if isinstance(one.rule, Between):
            row[shown] = 15
        if one.by == ASSIGNED:
            row["RoleAssignments"] = [f"{role}-{name}" for role in row[shown]]
    return row


def tenant(kind: ObjectType, name: str) -> Tenant:
    """A tenant that has the object only if the stack would not make it."""
    rows = [] if kind.made(name) else [live(kind, name)]
    organisation = {"Identity": "OrganizationConfig", "ExternalDirectoryOrganizationId": TENANT}
    nouns: dict[str, list[Any]] = {"OrganizationConfig": [organisation], kind.noun: rows}
    if kind.noun == "OrganizationConfig":
        nouns[kind.noun] = [live(kind, name) | organisation]
    return Tenant(**nouns)


def provider(exchange: Tenant) -> Exchange:
    """A provider for that tenant."""
    made = Exchange(lambda: (TENANT, exchange))
    made.configure({"tenantId": TENANT})
    return made


def named(kind: ObjectType) -> list[str]:
    """A name of one's own, and the names that every tenant has."""
    return ["it" if kind.key else kind.noun, *sorted(kind.standing)]


CASES = [pytest.param(kind, name, id=f"{kind.noun} {name}") for kind in KINDS for name in named(kind)]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_life_of_an_object(kind: ObjectType, name: str) -> None:
    """It should come to what is said, stay so, be adopted again, and go only if the stack made it."""
    exchange, subject = tenant(kind, name), Subject(kind.token, "x", "urn")
    ours, inputs = provider(exchange), said(kind, name)
    assert inputs == ours.check(subject, {}, inputs, b"")
    object_id, state = ours.create(subject, inputs, preview=False)
    seen = ours.read(subject, object_id, inputs, state)
    assert seen is not None
    assert (inputs, object_id) == (seen.inputs, seen.id)

    exchange.sent.clear()
    assert (object_id, state) == ours.create(subject, inputs, preview=False)
    assert [] == exchange.sent

    ours.delete(subject, object_id, inputs, state)
    removed = kind.life is Life.OWNED and name not in kind.standing
    assert removed == (ours.read(subject, object_id, inputs, state) is None)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_an_import_reads_everything(kind: ObjectType, name: str) -> None:
    """It should report all that a program could say of an object, which then is no change to it."""
    exchange, subject = tenant(kind, name), Subject(kind.token, "x", "urn")
    exchange.objects[kind.noun][name] = exchange.objects[kind.noun].get(name, {}) | live(kind, name)
    ours, inputs = provider(exchange), said(kind, name)
    for one in kind.properties:
        if isinstance(one.rule, Between):
            inputs[one.name] = {"minimum": 15, "maximum": 15}
    imported = ours.read(subject, name, {}, {})
    assert imported is not None
    assert inputs == imported.inputs
    assert [] == list(ours.diff(subject, name, imported.inputs, inputs, imported.outputs).changes)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_drift_is_shown_and_set_right_property_by_property(kind: ObjectType) -> None:
    """It should show what somebody else changed, set just that, and leave alone what is not said."""
    name = named(kind)[0]
    exchange, subject = tenant(kind, name), Subject(kind.token, "x", "urn")
    ours, inputs = provider(exchange), said(kind, name)
    ours.create(subject, inputs, preview=False)
    for one in kind.properties:
        if not one.settable or kind.fixed(one):
            continue
        row = exchange.objects[kind.noun][name]
        shown = one.shown or one.parameter
        now = 500 if isinstance(one.rule, Between) else value(one, other=True)
        row[shown] = "Enabled" if shown == "State" else now
        if one.by == ASSIGNED:
            row["RoleAssignments"] = [f"{role}-{name}" for role in now]
        found = ours.read(subject, name, inputs, {})
        assert found is not None
        assert [one.name] == [key for key in inputs if found.inputs[key] != inputs[key]]
        without = {key: each for key, each in inputs.items() if key != one.name}
        ours.update(subject, name, inputs, without, {}, preview=False)
        assert (row[shown] == "Enabled") if shown == "State" else now == row[shown]
        exchange.sent.clear()
        ours.update(subject, name, found.inputs, inputs, {}, preview=False)
        assert (4 if one.by == ASSIGNED else 1) == len(exchange.sent)
        restored = ours.read(subject, name, inputs, {})
        assert restored is not None
        assert inputs == restored.inputs


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_what_every_tenant_has_is_never_made(kind: ObjectType, name: str) -> None:
    """It should refuse, in the preview too, to make what is only adopted, and make the rest."""
    adopted = kind.life is Life.ADOPTED or name in kind.standing
    for preview in (True, False):
        exchange = tenant(kind, name)
        exchange.objects[kind.noun].clear()
        ours = Exchange(lambda exchange=exchange: (TENANT, exchange))  # type: ignore[misc]
        ours._admin = exchange
        if adopted:
            with pytest.raises(Absent):
                ours.create(Subject(kind.token, "x", "urn"), said(kind, name), preview=preview)
        else:
            ours.create(Subject(kind.token, "x", "urn"), said(kind, name), preview=preview)
        assert (adopted or preview) == (exchange.sent == [])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_what_cannot_be_set_is_refused_before_anything_is_sent(kind: ObjectType) -> None:
    """It should refuse, in the preview too, a live object that differs where only a new one could be right."""
    name = named(kind)[0]
    subject = Subject(kind.token, "x", "urn")
    for one in kind.properties:
        if one.settable and not kind.fixed(one):
            continue
        exchange = tenant(kind, name)
        exchange.objects[kind.noun][name] = live(kind, name) | {
            one.shown or one.parameter: value(one, other=True)
        }
        for preview in (True, False):
            with pytest.raises(ProviderError, match=one.name):
                provider(exchange).create(subject, said(kind, name), preview=preview)
        assert [] == exchange.sent


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_a_read_that_fails_is_neither_gone_nor_new(kind: ObjectType) -> None:
    """It should raise on a read that failed, in each hook, and send nothing."""
    name = named(kind)[0]
    exchange, subject = tenant(kind, name), Subject(kind.token, "x", "urn")
    ours, inputs = provider(exchange), said(kind, name)
    exchange.outage = True
    for preview in (True, False):
        with pytest.raises(ProviderError):
            ours.create(subject, inputs, preview=preview)
        with pytest.raises(ProviderError):
            ours.update(subject, name, inputs, inputs, {}, preview=preview)
    with pytest.raises(ProviderError):
        ours.read(subject, name, inputs, {})
    assert [] == exchange.sent
