"""Policies of role assignment: what people may do with their own mailboxes."""

from __future__ import annotations

import pytest

from rehearsal.exchange_online.lab import Lab
from rehearsal.exchange_online.roles import DEFAULT_POLICY, USER_ROLES

APPS = "My Custom Apps"


def test_a_new_tenant_has_one_policy_with_every_end_user_role() -> None:
    """It should show the default policy with its roles, each by an assignment of its own."""
    lab = Lab()

    (policy,) = lab.rows("Get-RoleAssignmentPolicy")
    (assignment,) = lab.rows("Get-ManagementRoleAssignment", Identity=f"{APPS}-{DEFAULT_POLICY}")

    assert (DEFAULT_POLICY, True, list(USER_ROLES)) == (
        policy["Name"],
        policy["IsDefault"],
        policy["AssignedRoles"],
    )
    assert (APPS, DEFAULT_POLICY, "RoleAssignmentPolicy") == tuple(
        assignment[name] for name in ("Role", "RoleAssigneeName", "RoleAssigneeType")
    )


def test_a_role_is_given_and_taken_by_an_assignment() -> None:
    """It should show the roles of a policy as its assignments come and go."""
    lab = Lab()
    lab.rows("New-RoleAssignmentPolicy", Name="clinics", Roles=["MyBaseOptions"], IsDefault=True)
    lab.rows("New-ManagementRoleAssignment", Role=APPS, Policy="CLINICS")
    lab.rows("Remove-ManagementRoleAssignment", Identity="MyBaseOptions-clinics", Confirm=False)

    (policy,) = lab.rows("Get-RoleAssignmentPolicy", Identity="clinics")
    assert ([APPS], [f"{APPS}-clinics"]) == (policy["AssignedRoles"], policy["RoleAssignments"])


def test_there_is_one_default() -> None:
    """It should make another policy the default in the place of the first, and rename it."""
    lab = Lab()
    lab.rows("New-RoleAssignmentPolicy", Name="clinics")
    lab.rows("Set-RoleAssignmentPolicy", Identity="clinics", Name="all", IsDefault=True, Description="ours")

    found = [
        (row["Name"], row["Description"], row["IsDefault"]) for row in lab.rows("Get-RoleAssignmentPolicy")
    ]
    assert [(DEFAULT_POLICY, "", False), ("all", "ours", True)] == found
    assert 400 == lab.refusal("New-RoleAssignmentPolicy", Name="ALL")[0]


@pytest.mark.parametrize("first", ["roles", "default"])
def test_a_policy_in_use_stays(first: str) -> None:
    """It should remove a policy only without roles, and not the default."""
    lab = Lab()
    lab.rows("New-RoleAssignmentPolicy", Name="clinics", Roles=["MyBaseOptions"])
    if first == "default":
        lab.rows("Remove-ManagementRoleAssignment", Identity="MyBaseOptions-clinics", Confirm=False)
        lab.rows("Set-RoleAssignmentPolicy", Identity="clinics", IsDefault=True)

    assert 400 == lab.refusal("Remove-RoleAssignmentPolicy", Identity="clinics", Confirm=False)[0]
    lab.rows("Set-RoleAssignmentPolicy", Identity=DEFAULT_POLICY, IsDefault=True)
    if first == "roles":
        lab.rows("Remove-ManagementRoleAssignment", Identity="MyBaseOptions-clinics", Confirm=False)
    lab.rows("Remove-RoleAssignmentPolicy", Identity="clinics", Confirm=False)
    assert [DEFAULT_POLICY] == [row["Name"] for row in lab.rows("Get-RoleAssignmentPolicy")]


def test_people_get_no_role_of_administrators() -> None:
    """It should refuse a policy a role that is not an end user's."""
    refused = Lab().refusal("New-ManagementRoleAssignment", Role="Mail Recipients", Policy=DEFAULT_POLICY)

    assert 400 == refused[0]
    assert "isn't an end-user role" in refused[2]
