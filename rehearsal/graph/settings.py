"""Settings of the tenant and assignments of its roles, as Graph's reference names them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from rehearsal.graph.call import NO_CONTENT, Call, collection, entity
from rehearsal.graph.errors import NotModelled
from rehearsal.graph.shapes import Row
from rehearsal.wire import Reply

SYNCHRONISATION = "onPremisesSynchronization"


class AssignmentBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Who gets which role; only the whole tenant can be its scope here."""

    principal_id: str
    role_definition_id: str
    directory_scope_id: str


def reading(name: str) -> Callable[[Call], Reply]:
    """GET of the setting *name*."""
    return lambda call: entity(f"policies/{name}", dict(call.entra.settings.read(name)))


def changing(name: str) -> Callable[[Call], Reply]:
    """PATCH, or PUT where Graph has that, of the setting *name*."""

    def change(call: Call) -> Reply:
        call.entra.settings.change(name, call.body(Row))
        return NO_CONTENT

    return change


def synchronisations(call: Call) -> Reply:
    """GET /directory/onPremisesSynchronization: a list of the one that there is."""
    row = {"id": call.entra.store.tenant_id, **call.entra.settings.read(SYNCHRONISATION)}
    return collection("directory/onPremisesSynchronization", [row])


def assignments(call: Call) -> Reply:
    """GET /roleManagement/directory/roleAssignments, all on one page."""
    if call.query.filter or call.query.select or call.query.top:
        raise NotModelled("a query of role assignments")
    rows = [msgspec.to_builtins(each) for each in call.entra.settings.every()]
    return collection("roleManagement/directory/roleAssignments", rows)


def assign(call: Call) -> Reply:
    """POST /roleManagement/directory/roleAssignments."""
    said = call.body(AssignmentBody)
    if said.directory_scope_id != "/":
        raise NotModelled(f"the scope {said.directory_scope_id}")
    made = call.entra.settings.assign(said.principal_id, said.role_definition_id)
    return entity("roleManagement/directory/roleAssignments", msgspec.to_builtins(made), 201)


def withdraw(call: Call) -> Reply:
    """DELETE /roleManagement/directory/roleAssignments/{id}."""
    call.entra.settings.withdraw(call.keys[0])
    return NO_CONTENT
