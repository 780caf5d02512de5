"""Who may do what inside Exchange."""

from __future__ import annotations

from infra.exchange.kinds import ObjectType, prop
from infra.exchange.rules import Flag, Members, Text, recipient_filter

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
    besides={"Members": "Get-RoleGroupMember"},
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

KINDS = (SERVICE_PRINCIPAL, ROLE_GROUP, MANAGEMENT_SCOPE, MANAGEMENT_ROLE_ASSIGNMENT)
