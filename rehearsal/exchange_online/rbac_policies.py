"""The cmdlets of the policies that give people roles over their own mailboxes."""

from __future__ import annotations

from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, handler
from rehearsal.exchange_online.errors import BadArgument
from rehearsal.exchange_online.objects.refusals import ObjectExists
from rehearsal.exchange_online.rbac import Assignment, Rbac, RolePolicy, policy_named, role_named
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Guid, Row


class RolePolicies:
    """The cmdlets of policies of role assignment; which mailbox has which policy is not modelled."""

    def __init__(self, tenant: Tenant, rbac: Rbac) -> None:
        self._tenant = tenant
        self._rbac = rbac

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-RoleAssignmentPolicy": handler(self._get, "Identity"),
            "New-RoleAssignmentPolicy": handler(self._new, "Name Description Roles IsDefault"),
            "Set-RoleAssignmentPolicy": handler(self._set, "Identity Name Description IsDefault"),
            "Remove-RoleAssignmentPolicy": handler(self._remove, "Identity"),
        }

    def _get(self, bound: Bound) -> Output:
        identity = bound.text("Identity")
        if identity:
            return Output([self._row(policy_named(self._rbac, identity, status=404))])
        return Output([self._row(each) for each in self._rbac.policies.values()])

    def _new(self, bound: Bound) -> Output:
        name, now = str(bound["Name"]), self._tenant.now
        self._check_name(name)
        given = bound.get("Roles")
        named = [role_named(self._rbac, str(role)) for role in given] if isinstance(given, list) else []
        made = RolePolicy(name, self._tenant.new_guid("role-policy"), now)
        self._rbac.policies[made.guid] = made
        self._apply(made, bound)
        for role in named:
            guid = self._tenant.new_guid("role-assignment")
            self._rbac.assignments[guid] = Assignment(f"{role}-{name}", guid, role, made.guid, now)
        return Output([self._row(made)])

    def _set(self, bound: Bound) -> Output:
        policy = policy_named(self._rbac, bound.identity())
        name = str(bound.get("Name", policy.name))
        if name.lower() != policy.name.lower():
            self._check_name(name)
        policy.name = name
        self._apply(policy, bound)
        return NOTHING

    def _apply(self, policy: RolePolicy, bound: Bound) -> None:
        policy.description = str(bound.get("Description", policy.description))
        if bound.flag("IsDefault"):
            for each in self._rbac.policies.values():
                each.default = each is policy

    def _remove(self, bound: Bound) -> Output:
        policy = policy_named(self._rbac, bound.identity())
        held = policy.default or self._assignments(policy)
        if held and self._tenant.options.used_policy_stays:
            raise BadArgument(
                f"The role assignment policy '{policy.name}' can't be removed because it's the default or has roles."
            )
        del self._rbac.policies[policy.guid]
        self._rbac.unassign(policy.guid)
        return NOTHING

    def _check_name(self, name: str) -> None:
        if any(name.lower() == each.name.lower() for each in self._rbac.policies.values()):
            raise ObjectExists(name)

    def _assignments(self, policy: RolePolicy) -> list[Assignment]:
        return [each for each in self._rbac.assignments.values() if each.assignee == policy.guid]

    def _row(self, policy: RolePolicy) -> Row:
        given = self._assignments(policy)
        return {
            "Identity": policy.name,
            "Name": policy.name,
            "Guid": Guid(policy.guid),
            "Description": policy.description,
            "IsDefault": policy.default,
            "RoleAssignments": [each.name for each in given],
            "AssignedRoles": [each.role for each in given],
            "WhenCreated": policy.made,
        }
