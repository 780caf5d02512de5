"""The cmdlets of service principals and of role groups and their members."""

from __future__ import annotations

from collections.abc import Iterable

from rehearsal.estate import accounts
from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, filtered, handler, limited
from rehearsal.exchange_online.errors import NotFound
from rehearsal.exchange_online.objects.refusals import DefaultStays, ObjectExists
from rehearsal.exchange_online.rbac import Assignment, Principal, Rbac, RoleGroup, role_named, scope_named
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Guid, Row

_MADE = "Name DisplayName Description ManagedBy Force"


class Principals:
    """The cmdlets of the applications that Exchange knows."""

    def __init__(self, tenant: Tenant, rbac: Rbac) -> None:
        self._tenant = tenant
        self._rbac = rbac

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-ServicePrincipal": handler(self._get, "Identity"),
            "New-ServicePrincipal": handler(self._new, "AppId ObjectId ServiceId DisplayName"),
            "Set-ServicePrincipal": handler(self._set, "Identity DisplayName"),
            "Remove-ServicePrincipal": handler(self._remove, "Identity"),
        }

    def _get(self, bound: Bound) -> Output:
        identity = bound.text("Identity")
        every = self._rbac.principals.values()
        return Output([self._row(each) for each in ([self._find(identity, 404)] if identity else every)])

    def _row(self, principal: Principal) -> Row:
        """An application as its own cmdlets show it, with the identifier by which access lists hold it."""
        row, seed = _row(principal), self._tenant.seed
        if not self._tenant.options.principals_show_sid:
            return row
        return row | {"Sid": accounts.sid(seed, accounts.FOREST, principal.guid)}

    def _find(self, identity: str, status: int = 400) -> Principal:
        found = self._rbac.principal(identity)
        if found is None:
            raise NotFound(identity, status=status)
        return found

    def _new(self, bound: Bound) -> Output:
        app, key = str(bound["AppId"]).lower(), str(bound["ObjectId"]).lower()
        if any(app == each.app_id or key == each.object_id for each in self._rbac.principals.values()):
            raise ObjectExists(key)
        guid = self._tenant.new_guid("service-principal")
        made = Principal(app, key, bound.text("DisplayName") or "", guid, self._tenant.now)
        self._rbac.principals[guid] = made
        return Output([self._row(made)])

    def _set(self, bound: Bound) -> Output:
        found = self._find(bound.identity())
        found.display_name = str(bound.get("DisplayName", found.display_name))
        return NOTHING

    def _remove(self, bound: Bound) -> Output:
        found = self._find(bound.identity())
        del self._rbac.principals[found.guid]
        self._rbac.unassign(found.guid)
        for group in self._rbac.groups.values():
            group.members.pop(found.guid, None)
        return NOTHING


class RoleGroups:
    """The cmdlets of role groups."""

    def __init__(self, tenant: Tenant, rbac: Rbac) -> None:
        self._tenant = tenant
        self._rbac = rbac

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        member = "Identity Member BypassSecurityGroupManagerCheck"
        return {
            "Get-RoleGroup": handler(self._get, "Identity Filter ResultSize"),
            "New-RoleGroup": handler(self._new, f"{_MADE} Roles Members CustomRecipientWriteScope"),
            "Set-RoleGroup": handler(self._set, f"Identity {_MADE} BypassSecurityGroupManagerCheck"),
            "Remove-RoleGroup": handler(self._remove, "Identity Force BypassSecurityGroupManagerCheck"),
            "Get-RoleGroupMember": handler(self._members, "Identity ResultSize"),
            "Add-RoleGroupMember": handler(self._add_member, member),
            "Remove-RoleGroupMember": handler(self._remove_member, member),
            "Update-RoleGroupMember": handler(
                self._update_members, "Identity Members BypassSecurityGroupManagerCheck"
            ),
        }

    def _get(self, bound: Bound) -> Output:
        identity = bound.text("Identity")
        found = [self._find(identity, 404)] if identity else list(self._rbac.groups.values())
        return self._limited(filtered([self._row(each) for each in found], bound.text("Filter")), bound)

    def _find(self, identity: str, status: int = 400) -> RoleGroup:
        wanted = identity.lower()
        for each in self._rbac.groups.values():
            if wanted in (each.name.lower(), each.guid):
                return each
        raise NotFound(identity, status=status)

    def _new(self, bound: Bound) -> Output:
        name, now = str(bound["Name"]), self._tenant.now
        self._check_name(name)
        scope = scope_named(self._rbac, bound.text("CustomRecipientWriteScope"))
        given = [role_named(self._rbac, role) for role in _listed(bound.get("Roles"))]
        members = {self._member(each): None for each in _listed(bound.get("Members"))}
        group = RoleGroup(name, self._tenant.new_guid("role-group"), now, members=members)
        self._rbac.groups[group.guid] = group
        self._apply(group, bound)
        for role in given:
            guid = self._tenant.new_guid("role-assignment")
            made = Assignment(f"{role}-{name}", guid, role, group.guid, now, scope)
            self._rbac.assignments[guid] = made
        return Output([self._row(group)])

    def _set(self, bound: Bound) -> Output:
        group = self._find(bound.identity())
        name = str(bound.get("Name", group.name))
        if name.lower() != group.name.lower():
            self._check_default(group)
            self._check_name(name)
        group.name = name
        self._apply(group, bound)
        return NOTHING

    def _apply(self, group: RoleGroup, bound: Bound) -> None:
        group.display_name = str(bound.get("DisplayName", group.display_name or group.name))
        group.description = str(bound.get("Description", group.description))
        if "ManagedBy" in bound:
            group.managed_by = bound.changed_list("ManagedBy", group.managed_by)

    def _remove(self, bound: Bound) -> Output:
        group = self._find(bound.identity())
        self._check_default(group)
        del self._rbac.groups[group.guid]
        self._rbac.unassign(group.guid)
        return NOTHING

    def _members(self, bound: Bound) -> Output:
        group = self._find(bound.identity(), 404)
        return self._limited([self._member_row(guid) for guid in group.members], bound)

    def _add_member(self, bound: Bound) -> Output:
        group, member = self._find(bound.identity()), self._member(str(bound["Member"]))
        if member in group.members:
            raise ObjectExists(str(bound["Member"]))
        group.members[member] = None
        return NOTHING

    def _remove_member(self, bound: Bound) -> Output:
        group, member = self._find(bound.identity()), self._member(str(bound["Member"]))
        if member not in group.members:
            raise NotFound(bound["Member"])
        del group.members[member]
        return NOTHING

    def _update_members(self, bound: Bound) -> Output:
        group = self._find(bound.identity())
        names = {str(self._member_row(guid)["Name"]): guid for guid in group.members}
        wanted = bound.changed_list("Members", names)
        group.members = {names.get(each) or self._member(each): None for each in wanted}
        return NOTHING

    def _member(self, identity: str) -> str:
        """Return the GUID of the application or recipient that is to be a member."""
        found = self._rbac.principal(identity)
        return found.guid if found else self._tenant.recipient(identity, status=400).guid

    def _member_row(self, guid: str) -> Row:
        principal = self._rbac.principals.get(guid)
        return _row(principal) if principal else self._rbac.row(self._tenant.recipient(guid))

    def _check_name(self, name: str) -> None:
        if any(name.lower() == each.name.lower() for each in self._rbac.groups.values()):
            raise ObjectExists(name)

    def _check_default(self, group: RoleGroup) -> None:
        if group.built_in and self._tenant.options.built_in_groups_stay:
            raise DefaultStays(noun="RoleGroup", name=group.name)

    def _limited(self, rows: list[Row], bound: Bound) -> Output:
        return limited(rows, bound, honoured=self._tenant.options.honours_result_size)

    def _row(self, group: RoleGroup) -> Row:
        given = [each for each in self._rbac.assignments.values() if each.assignee == group.guid]
        return {
            "Identity": group.name,
            "Name": group.name,
            "DisplayName": group.display_name or group.name,
            "Description": group.description,
            "Guid": Guid(group.guid),
            "Members": [str(self._member_row(guid)["Name"]) for guid in group.members],
            "ManagedBy": list(group.managed_by),
            "Roles": [each.role for each in given],
            "RoleAssignments": [each.name for each in given],
            "RoleGroupType": "Standard",
            "WhenCreated": group.made,
        }


def _listed(value: object) -> Iterable[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _row(principal: Principal) -> Row:
    """An application as Exchange shows it; its name there is its object id."""
    return {
        "Identity": principal.object_id,
        "Name": principal.object_id,
        "DisplayName": principal.display_name,
        "AppId": principal.app_id,
        "ObjectId": principal.object_id,
        "ServiceId": principal.object_id,
        "ExternalDirectoryObjectId": principal.object_id,
        "Guid": Guid(principal.guid),
        "RecipientType": "ServicePrincipal",
        "WhenCreated": principal.made,
    }
