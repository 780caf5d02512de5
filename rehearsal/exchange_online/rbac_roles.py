"""The cmdlets of management roles, and of the entries of each: the cmdlets that it carries."""

from __future__ import annotations

from fnmatch import fnmatchcase

from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, handler
from rehearsal.exchange_online.errors import BadArgument, NotModelled
from rehearsal.exchange_online.metadata import online_cmdlets
from rehearsal.exchange_online.objects.refusals import ObjectExists
from rehearsal.exchange_online.rbac import Rbac, role_named
from rehearsal.exchange_online.roles import Role
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Row


class ManagementRoles:
    """The cmdlets of roles. Whoever derives one says which of its parent's cmdlets it has (EnabledCmdlets)."""

    def __init__(self, tenant: Tenant, rbac: Rbac) -> None:
        self._tenant = tenant
        self._rbac = rbac

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-ManagementRole": handler(self._get, "Identity"),
            "New-ManagementRole": handler(self._new, "Name Parent EnabledCmdlets Description Force"),
            "Remove-ManagementRole": handler(self._remove, "Identity Force"),
            "Get-ManagementRoleEntry": handler(self._entries, "Identity"),
        }

    def _role(self, identity: str, status: int = 400) -> Role:
        return self._rbac.roles[role_named(self._rbac, identity, status=status)]

    def _get(self, bound: Bound) -> Output:
        identity = bound.text("Identity")
        every = self._rbac.roles.values()
        return Output([_row(each) for each in ([self._role(identity, 404)] if identity else every)])

    def _new(self, bound: Bound) -> Output:
        name, parent = str(bound["Name"]), self._role(str(bound["Parent"]))
        if name.lower() in {each.lower() for each in self._rbac.roles}:
            raise ObjectExists(name)
        if parent.parent:
            raise NotModelled("a role that is derived of a derived one")
        made = Role(name, parent.name, _enabled(bound, parent))
        self._rbac.roles[name] = made
        return Output([_row(made)])

    def _remove(self, bound: Bound) -> Output:
        role = self._role(bound.identity())
        if not role.parent:
            raise BadArgument(f"The built-in role '{role.name}' can't be removed.")
        users = [each for each in self._rbac.assignments.values() if each.role == role.name]
        if users and self._tenant.options.assigned_role_stays:
            raise BadArgument(
                f"The management role '{role.name}' can't be removed because it has the management role "
                f"assignment '{users[0].name}'."
            )
        for each in users:
            del self._rbac.assignments[each.guid]
        del self._rbac.roles[role.name]
        return NOTHING

    def _entries(self, bound: Bound) -> Output:
        name, _, pattern = bound.identity().partition("\\")
        role = self._role(name, 404)
        rows: list[Row] = [
            {"Identity": f"{role.name}\\{each}", "Name": each, "Role": role.name, "Type": "Cmdlet"}
            for each in _carried(role)
            if fnmatchcase(each.lower(), pattern.lower())
        ]
        return Output(rows)


def _enabled(bound: Bound, parent: Role) -> frozenset[str]:
    carried = {name.lower(): name for name in _carried(parent)}
    named = bound.get("EnabledCmdlets")
    if not isinstance(named, list):
        return frozenset(carried.values())
    for each in named:
        if str(each).lower() not in carried:
            raise BadArgument(f"The role '{parent.name}' has no role entry for the cmdlet '{each}'.")
    return frozenset(carried[str(each).lower()] for each in named)


def _carried(role: Role) -> list[str]:
    return sorted(name for name, _ in online_cmdlets().values() if role.carries(name))


def _row(role: Role) -> Row:
    kind = role.parent or role.name
    return {
        "Identity": role.name,
        "Name": role.name,
        "RoleType": kind.replace(" ", ""),
        "Parent": role.parent or None,
        "IsRootRole": not role.parent,
    }
