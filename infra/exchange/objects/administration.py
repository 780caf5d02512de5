"""Who may do what inside Exchange."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.exchange.kinds import ASSIGNED, Call, Life, ObjectType, prop
from infra.exchange.rules import Flag, Members, Names, Text, folded, recipient_filter

_ROLES = "Roles"
_GIVE, _TAKE = "New-ManagementRoleAssignment", "Remove-ManagementRoleAssignment"


class RolePolicies(ObjectType):
    """Policies of role assignment. An assignment is called by its role, a hyphen, and a name."""

    def settled(self, changes: dict[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
        """Turn the roles into those to give, and the assignments to take away."""
        if _ROLES not in changes:
            return changes
        wanted = {folded(role): role for role in changes[_ROLES]}
        held = {folded(role) for role in live.get("AssignedRoles") or []}
        give = [role for key, role in wanted.items() if key not in held]
        gone = tuple(f"{role}-" for role in held - wanted.keys())
        take = [name for name in live.get("RoleAssignments") or [] if folded(name).startswith(gone)]
        return changes | {_ROLES: {_GIVE: give, _TAKE: take}}

    def calls(self, name: str, changes: Mapping[str, Any]) -> Iterator[Call]:
        """Return a call for each role beside those of the other changes."""
        yield from super().calls(name, {each: value for each, value in changes.items() if each != _ROLES})
        roles = changes.get(_ROLES, {})
        yield from ((_GIVE, {"Policy": name, "Role": role}) for role in roles.get(_GIVE, ()))
        yield from ((_TAKE, {"Identity": assignment}) for assignment in roles.get(_TAKE, ()))


SERVICE_PRINCIPAL = ObjectType(
    noun="ServicePrincipal",
    key="objectId",
    says="An application of the directory as Exchange knows it. *objectId* is its service principal's there.",
    given=("ObjectId", "ServiceId"),
    properties=(
        prop("AppId", Text(), "GUID of the application", required=True),
        prop("DisplayName", Text(), "What it is called in Exchange"),
    ),
)

ROLE_GROUP = ObjectType(
    noun="RoleGroup",
    key="name",
    says="Who has the roles that are assigned to the group.",
    properties=(
        prop("Description", Text(), "What the group is for"),
        prop("Members", Members(), "Object ids or names of its members", by="Update-RoleGroupMember"),
    ),
    besides={"Members": ("Get-RoleGroupMember", "{}")},
)

MANAGEMENT_SCOPE = ObjectType(
    noun="ManagementScope",
    key="name",
    says="Which recipients a role may change.",
    properties=(
        prop(
            "RecipientRestrictionFilter",
            Text(form=recipient_filter),
            "The filter that they meet",
            required=True,
            shown="RecipientFilter",
        ),
    ),
)

MANAGEMENT_ROLE = ObjectType(
    noun="ManagementRole",
    key="name",
    says="Some of the cmdlets of a built-in role of Exchange, as a role of their own.",
    properties=(
        prop("Parent", Text(), "The built-in role", required=True),
        prop("EnabledCmdlets", Members(), "The cmdlets, of those that *parent* has", required=True),
    ),
    besides={"EnabledCmdlets": ("Get-ManagementRoleEntry", r"{}\*")},
)

MANAGEMENT_ROLE_ASSIGNMENT = ObjectType(
    noun="ManagementRoleAssignment",
    key="name",
    says="A role of Exchange, given to a role group.",
    properties=(
        prop("Role", Text(), "The role", required=True),
        prop("SecurityGroup", Text(), "The role group", required=True, shown="RoleAssigneeName"),
        prop("CustomRecipientWriteScope", Text(), "The management scope that bounds what it changes"),
        prop("Enabled", Flag(), "Whether it is in force"),
    ),
)

APPLICATION_ASSIGNMENT = ObjectType(
    noun="ManagementRoleAssignment",
    called="ApplicationAssignment",
    key="name",
    says="A role of applications over what is in mailboxes, given to one application.",
    properties=(
        prop("Role", Text(), "The role", required=True),
        prop("App", Text(), "Object id of the application", required=True, shown="RoleAssigneeName"),
        prop("CustomResourceScope", Text(), "The management scope of the mailboxes"),
        prop("Enabled", Flag(), "Whether it is in force"),
    ),
)

ROLE_ASSIGNMENT_POLICY = RolePolicies(
    noun="RoleAssignmentPolicy",
    key="name",
    says="What people may do with their own mailboxes.",
    life=Life.ADOPTED,
    properties=(
        prop("Description", Text(), "What the policy is for"),
        prop(_ROLES, Names(), "The end-user roles that it gives", shown="AssignedRoles", by=ASSIGNED),
    ),
)

KINDS = (
    SERVICE_PRINCIPAL,
    ROLE_GROUP,
    MANAGEMENT_SCOPE,
    MANAGEMENT_ROLE,
    MANAGEMENT_ROLE_ASSIGNMENT,
    APPLICATION_ASSIGNMENT,
    ROLE_ASSIGNMENT_POLICY,
)
