"""/groups and /directory/administrativeUnits: read, made, changed, deleted, filled and licensed (facts C15-C20, E5)."""

from __future__ import annotations

from rehearsal.directory.errors import Absent, Invalid
from rehearsal.directory.objects import AdministrativeUnit, DirectoryObject, Group, User
from rehearsal.graph import bodies, pages
from rehearsal.graph.call import NO_CONTENT, Call, collection, entity
from rehearsal.graph.delta import delta
from rehearsal.graph.errors import BadRequest
from rehearsal.graph.shapes import Row, check_select, row
from rehearsal.graph.users import typed
from rehearsal.wire import Reply

_REQUIRED = ("display_name", "mail_enabled", "mail_nickname", "security_enabled")
_STATE = "licenseProcessingState"


def listing(call: Call) -> Reply:
    """GET /groups."""
    context = pages.selected("groups", call.query.select)
    return pages.listed(call, Group, call.entra.store.ids("groups"), context, lambda each: _shown(call, each))


def count(call: Call) -> Reply:
    """GET /groups/$count."""
    return pages.counted(call, Group, call.entra.store.ids("groups"))


def changes(call: Call) -> Reply:
    """GET /groups/delta."""
    return delta(call, Group)


def read(call: Call) -> Reply:
    """GET /groups/{id}."""
    group = call.view.get(Group, call.keys[0])
    check_select(Group, call.query.select or ())
    return entity(pages.selected("groups", call.query.select), _shown(call, group))


def make(call: Call) -> Reply:
    """POST /groups."""
    said = call.body(bodies.GroupBody)
    values = bodies.given(said, "members")
    bodies.require(values, Group, _REQUIRED)
    if values["mail_enabled"] and "Unified" not in values.get("group_types", ()):
        raise Invalid("The service does not currently support writes of mail-enabled groups.")
    store = call.entra.store
    bound = _bound(call, said)
    made = Group(id=store.new_id("group"), created_date_time=store.clock.now, **values)
    call.entra.add_group(made)
    for member in bound:
        call.entra.join(made, member)
    return entity("groups", row(made), 201)


def change(call: Call) -> Reply:
    """PATCH /groups/{id}; members can be bound to it in the same way as at its making."""
    group = call.entra.store.get(Group, call.keys[0])
    said = call.body(bodies.GroupBody)
    bound = _bound(call, said)
    group = call.entra.change_group(group, bodies.given(said, "members"))
    for member in bound:
        call.entra.join(group, member)
    return NO_CONTENT


def remove(call: Call) -> Reply:
    """DELETE /groups/{id}, unless it gives licences (fact C19)."""
    call.entra.delete(call.entra.store.get(Group, call.keys[0]))
    return NO_CONTENT


def give(call: Call) -> Reply:
    """POST /groups/{id}/assignLicense: accepted now, applied later (fact E5)."""
    said = call.body(bodies.LicencesBody)
    group = call.entra.store.get(Group, call.keys[0])
    changed = call.entra.licensing.give_by_group(group, said.add_licenses, said.remove_licenses)
    return entity("groups", row(changed), call.options.group_licence_status)


def members(call: Call) -> Reply:
    """GET /groups/{id}/members: the direct ones, each as what it is."""
    owner = call.view.get(Group, call.keys[0])
    return _members(call, list(call.view.members(owner.id)))


def members_count(call: Call) -> Reply:
    """GET /groups/{id}/members/$count, an advanced query (fact E2)."""
    owner = call.view.get(Group, call.keys[0])
    if call.options.count_needs_header and not call.query.eventual:
        raise Invalid("$count is not currently supported.")
    total = sum(1 for _ in call.view.members(owner.id))
    return Reply(200, {"content-type": "text/plain"}, str(total).encode("ascii"))


def all_members(call: Call) -> Reply:
    """GET /groups/{id}/transitiveMembers: also those of the groups in it."""
    owner = call.view.get(Group, call.keys[0])
    found: dict[str, None] = {}
    left = [owner.id]
    while left:
        for key in call.view.members(left.pop(0)):
            if key not in found:
                found[key] = None
                left.append(key)
    return _members(call, list(found))


def in_trouble(call: Call) -> Reply:
    """GET /groups/{id}/membersWithLicenseErrors."""
    group = call.view.get(Group, call.keys[0])
    found = (call.view.find(key) for key in call.view.members(group.id))
    rows = [
        typed(each)
        for each in found
        if isinstance(each, User)
        and any(
            state.assigned_by_group == group.id and state.state == "Error"
            for state in each.license_assignment_states
        )
    ]
    return collection("directoryObjects", rows)


def join(call: Call) -> Reply:
    """POST /groups/{id}/members/$ref."""
    group = call.entra.store.get(Group, call.keys[0])
    call.entra.join(group, _referred(call, call.body(bodies.ReferenceBody).address))
    return NO_CONTENT


def leave(call: Call) -> Reply:
    """DELETE /groups/{id}/members/{member}/$ref."""
    group = call.entra.store.get(Group, call.keys[0])
    call.entra.leave(group, call.entra.store.get(DirectoryObject, call.keys[1]))
    return NO_CONTENT


def units(call: Call) -> Reply:
    """GET /directory/administrativeUnits (fact E8)."""
    ids = call.entra.store.ids("administrativeUnits")
    return pages.listed(call, AdministrativeUnit, ids, "directory/administrativeUnits")


def unit(call: Call) -> Reply:
    """GET /directory/administrativeUnits/{id}."""
    found = call.view.get(AdministrativeUnit, call.keys[0])
    check_select(AdministrativeUnit, call.query.select or ())
    return entity("directory/administrativeUnits", row(found, call.query.select))


def make_unit(call: Call) -> Reply:
    """POST /directory/administrativeUnits."""
    values = bodies.given(call.body(bodies.UnitBody))
    bodies.require(values, AdministrativeUnit, ("display_name",))
    store = call.entra.store
    made = AdministrativeUnit(id=store.new_id("unit"), created_date_time=store.clock.now, **values)
    store.add(made)
    return entity("directory/administrativeUnits", row(made), 201)


def change_unit(call: Call) -> Reply:
    """PATCH /directory/administrativeUnits/{id}."""
    found = call.entra.store.get(AdministrativeUnit, call.keys[0])
    call.entra.store.change(found, **bodies.given(call.body(bodies.UnitBody)))
    return NO_CONTENT


def remove_unit(call: Call) -> Reply:
    """DELETE /directory/administrativeUnits/{id}."""
    call.entra.delete(call.entra.store.get(AdministrativeUnit, call.keys[0]))
    return NO_CONTENT


def unit_members(call: Call) -> Reply:
    """GET /directory/administrativeUnits/{id}/members."""
    owner = call.view.get(AdministrativeUnit, call.keys[0])
    return _members(call, list(call.view.members(owner.id)))


def join_unit(call: Call) -> Reply:
    """POST /directory/administrativeUnits/{id}/members/$ref (fact C15)."""
    owner = call.entra.store.get(AdministrativeUnit, call.keys[0])
    call.entra.join(owner, _referred(call, call.body(bodies.ReferenceBody).address))
    return NO_CONTENT


def leave_unit(call: Call) -> Reply:
    """DELETE /directory/administrativeUnits/{id}/members/{member}/$ref."""
    owner = call.entra.store.get(AdministrativeUnit, call.keys[0])
    call.entra.leave(owner, call.entra.store.get(DirectoryObject, call.keys[1]))
    return NO_CONTENT


def _shown(call: Call, each: DirectoryObject) -> Row:
    shown = row(each, call.query.select)
    if _STATE in (call.query.select or ()):
        waiting = call.entra.licensing.waits(call.entra.store.links.members(each.id))
        shown[_STATE] = {"state": "ProcessingInProgress" if waiting else "ProcessingComplete"}
    return shown


def _members(call: Call, ids: list[str]) -> Reply:
    """A page of members; a filter or a search of them is not modelled."""
    return pages.of_ids(call, ids, lambda each: typed(each, call.query.select))


def _bound(call: Call, said: bodies.GroupBody) -> list[DirectoryObject]:
    addresses = said.members if isinstance(said.members, tuple) else ()
    if len(addresses) > bodies.MOST_BOUND:
        raise BadRequest(f"The number of members to be added exceeds the limit of {bodies.MOST_BOUND}.")
    return [_referred(call, address) for address in addresses]


def _referred(call: Call, address: str) -> DirectoryObject:
    """The object of an address such as https://graph.microsoft.com/v1.0/directoryObjects/{id}."""
    key = address.rstrip("/").rpartition("/")[2]
    found = call.entra.store.find(key)
    if found is None:
        raise Absent(key)
    return found
