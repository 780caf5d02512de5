"""The cmdlets of management scopes and of the assignments of roles."""

from __future__ import annotations

from rehearsal.exchange_online import roles
from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, filtered, handler
from rehearsal.exchange_online.errors import BadArgument, NotFound
from rehearsal.exchange_online.objects.refusals import ObjectExists
from rehearsal.exchange_online.rbac import Assignment, Rbac, Scope, policy_named, role_named, scope_named
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Guid, Row

_SCOPES = "CustomRecipientWriteScope CustomResourceScope Force"


class Scopes:
    """The cmdlets of management scopes of recipients."""

    def __init__(self, tenant: Tenant, rbac: Rbac) -> None:
        self._tenant = tenant
        self._rbac = rbac

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-ManagementScope": handler(self._get, "Identity"),
            "New-ManagementScope": handler(self._new, "Name RecipientRestrictionFilter Force"),
            "Set-ManagementScope": handler(self._set, "Identity Name RecipientRestrictionFilter Force"),
            "Remove-ManagementScope": handler(self._remove, "Identity Force"),
        }

    def _get(self, bound: Bound) -> Output:
        identity = bound.text("Identity")
        every = list(self._rbac.scopes.values())
        return Output([_scope_row(each) for each in ([self._find(identity, 404)] if identity else every)])

    def _find(self, identity: str, status: int = 400) -> Scope:
        found = self._rbac.scope(identity)
        if found is None:
            raise NotFound(identity, status=status)
        return found

    def _new(self, bound: Bound) -> Output:
        name, condition = str(bound["Name"]), str(bound["RecipientRestrictionFilter"])
        self._check(name, condition)
        made = Scope(name, self._tenant.new_guid("management-scope"), condition, self._tenant.now)
        self._rbac.scopes[made.guid] = made
        return Output([_scope_row(made)])

    def _set(self, bound: Bound) -> Output:
        scope = self._find(bound.identity())
        name = str(bound.get("Name", scope.name))
        condition = str(bound.get("RecipientRestrictionFilter", scope.condition))
        self._check(None if name.lower() == scope.name.lower() else name, condition)
        scope.name, scope.condition = name, condition
        return NOTHING

    def _remove(self, bound: Bound) -> Output:
        scope = self._find(bound.identity())
        users = [each for each in self._rbac.assignments.values() if each.scope == scope.guid]
        if users and self._tenant.options.used_scope_stays:
            raise BadArgument(
                f"The management scope '{scope.name}' can't be removed because it's used by the management role "
                f"assignment '{users[0].name}'."
            )
        for each in users:
            each.scope = None
        del self._rbac.scopes[scope.guid]
        return NOTHING

    def _check(self, name: str | None, condition: str) -> None:
        if name is not None and self._rbac.scope(name):
            raise ObjectExists(name)
        filtered([], condition)  # which refuses what the rehearsal does not read


class Assignments:
    """The cmdlets that give roles to role groups and to applications."""

    def __init__(self, tenant: Tenant, rbac: Rbac) -> None:
        self._tenant = tenant
        self._rbac = rbac

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-ManagementRoleAssignment": handler(self._get, "Identity Role RoleAssignee Enabled"),
            "New-ManagementRoleAssignment": handler(
                self._new, f"Name Role SecurityGroup Policy App {_SCOPES}"
            ),
            "Set-ManagementRoleAssignment": handler(self._set, f"Identity Enabled {_SCOPES}"),
            "Remove-ManagementRoleAssignment": handler(self._remove, "Identity Force"),
        }

    def _get(self, bound: Bound) -> Output:
        identity = bound.text("Identity")
        every = list(self._rbac.assignments.values())
        rows = [self._row(each) for each in ([self._find(identity, 404)] if identity else every)]
        for name, column in (("Role", "Role"), ("RoleAssignee", "RoleAssigneeName"), ("Enabled", "Enabled")):
            if name in bound:
                rows = [row for row in rows if str(row[column]).lower() == str(bound[name]).lower()]
        return Output(rows)

    def _find(self, identity: str, status: int = 400) -> Assignment:
        wanted = identity.lower()
        for each in self._rbac.assignments.values():
            if wanted in (each.name.lower(), each.guid):
                return each
        raise NotFound(identity, status=status)

    def _new(self, bound: Bound) -> Output:
        role = role_named(self._rbac, str(bound["Role"]))
        assignee, called = self._assignee(bound, role)
        name = bound.text("Name") or f"{role}-{called}"
        if any(name.lower() == each.name.lower() for each in self._rbac.assignments.values()):
            raise ObjectExists(name)
        scope = self._scope(bound)
        guid = self._tenant.new_guid("role-assignment")
        made = Assignment(name, guid, role, assignee, self._tenant.now, scope)
        self._rbac.assignments[guid] = made
        return Output([self._row(made)])

    def _assignee(self, bound: Bound, role: str) -> tuple[str, str]:
        """Return GUID and name of whom the role is for; App takes the roles of applications only, Policy people's."""
        app, policy = bound.text("App"), bound.text("Policy")
        if policy is not None:
            if role not in roles.USER_ROLES and self._tenant.options.policies_take_user_roles:
                raise BadArgument(
                    f"The role '{role}' isn't an end-user role and can't be assigned to a policy."
                )
            found_policy = policy_named(self._rbac, policy)
            return found_policy.guid, found_policy.name
        if app is None:
            return self._group(str(bound["SecurityGroup"]))
        found = self._rbac.principal(app)
        if found is None:
            raise NotFound(app)
        if role not in roles.APPLICATION_ROLES and self._tenant.options.applications_take_application_roles:
            raise BadArgument(f"The role '{role}' can't be assigned to a service principal.")
        return found.guid, found.object_id

    def _group(self, identity: str) -> tuple[str, str]:
        for each in self._rbac.groups.values():
            if identity.lower() in (each.name.lower(), each.guid):
                return each.guid, each.name
        raise NotFound(identity)

    def _scope(self, bound: Bound) -> str | None:
        name = bound.text("CustomRecipientWriteScope") or bound.text("CustomResourceScope")
        return scope_named(self._rbac, name)

    def _set(self, bound: Bound) -> Output:
        found = self._find(bound.identity())
        found.enabled = bool(bound.get("Enabled", found.enabled))
        if {"CustomRecipientWriteScope", "CustomResourceScope"} & bound.keys():
            found.scope = self._scope(bound)
        return NOTHING

    def _remove(self, bound: Bound) -> Output:
        del self._rbac.assignments[self._find(bound.identity()).guid]
        return NOTHING

    def _row(self, assignment: Assignment) -> Row:
        group = self._rbac.groups.get(assignment.assignee)
        policy = self._rbac.policies.get(assignment.assignee)
        principal = self._rbac.principals.get(assignment.assignee)
        kind = "RoleGroup" if group else "RoleAssignmentPolicy" if policy else "ServicePrincipal"
        holder = group or policy
        who = holder.name if holder else principal.object_id if principal else ""
        scope = self._rbac.scopes[assignment.scope].name if assignment.scope else None
        bounded = "CustomRecipientScope" if scope and group else "Organization"
        return {
            "Identity": assignment.name,
            "Name": assignment.name,
            "Guid": Guid(assignment.guid),
            "Role": assignment.role,
            "RoleAssignee": who,
            "RoleAssigneeName": who,
            "RoleAssigneeType": kind,
            "AssignmentMethod": "Direct",
            "RoleAssignmentDelegationType": "Regular",
            "RecipientReadScope": "Organization",
            "RecipientWriteScope": bounded,
            "CustomRecipientWriteScope": scope if group else None,
            "CustomResourceScope": None if group else scope,
            "Enabled": assignment.enabled,
            "WhenCreated": assignment.made,
        }


def _scope_row(scope: Scope) -> Row:
    return {
        "Identity": scope.name,
        "Name": scope.name,
        "Guid": Guid(scope.guid),
        "RecipientRoot": "",
        "RecipientFilter": scope.condition,
        "ScopeRestrictionType": "RecipientScope",
        "Exclusive": False,
        "WhenCreated": scope.made,
    }
