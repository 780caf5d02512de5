"""Settings of the tenant and role assignments, as Graph's reference has them."""

from __future__ import annotations

import pytest

from rehearsal.graph import OPERATOR
from rehearsal.graph.lab import Lab, refusal

ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"


def assign(lab: Lab, principal: str) -> str:
    """Make somebody a global administrator; the id of the assignment."""
    body = {"principalId": principal, "roleDefinitionId": ADMINISTRATOR, "directoryScopeId": "/"}
    return str(lab.do("POST", "roleManagement/directory/roleAssignments", body)["id"])


@pytest.mark.parametrize(
    ("verb", "where", "change"),
    [
        ("PATCH", "policies/authorizationPolicy", {"allowInvitesFrom": "none"}),
        ("PUT", "policies/adminConsentRequestPolicy", {"isEnabled": True}),
        ("PATCH", "policies/defaultAppManagementPolicy", {"isEnabled": True}),
    ],
)
def test_a_setting_is_changed_in_part(verb: str, where: str, change: dict[str, object]) -> None:
    """It should change what is said and leave the rest as it was."""
    lab = Lab()
    before = lab.get(where)
    lab.do(verb, where, change)

    lab.advance(minutes=1)
    assert before | change == lab.get(where)


def test_a_nested_setting_keeps_its_neighbours() -> None:
    """It should leave the other permissions of people alone."""
    lab = Lab()
    where, name = "policies/authorizationPolicy", "defaultUserRolePermissions"
    before = lab.get(where)[name]
    lab.do("PATCH", where, {name: {"allowedToCreateApps": False}})

    assert before | {"allowedToCreateApps": False} == lab.get(where)[name]


@pytest.mark.parametrize(
    "change",
    [
        {"noSuchThing": True},
        {"defaultUserRolePermissions": {"noSuchThing": True}},
        {"blockMsolPowerShell": "x"},
    ],
)
def test_what_a_setting_has_not_is_refused(change: dict[str, object]) -> None:
    """It should refuse a property that there is not, or one of another kind, and change nothing."""
    lab = Lab()
    before = lab.get("policies/authorizationPolicy")

    assert 400 == lab.send("PATCH", "policies/authorizationPolicy", change).status
    assert before == lab.get("policies/authorizationPolicy")


def test_synchronisation_is_a_list_of_one() -> None:
    """It should list the tenant's one synchronisation, and change it by its id."""
    lab = Lab()
    (row,) = lab.get("directory/onPremisesSynchronization")["value"]
    change = {"features": {"blockSoftMatchEnabled": True}}
    lab.do("PATCH", f"directory/onPremisesSynchronization/{row['id']}", change)

    (after,) = lab.get("directory/onPremisesSynchronization")["value"]
    assert row["features"] | change["features"] == after["features"]


def test_a_role_is_given_once_and_taken_away() -> None:
    """It should list who has it, refuse the same again or nobody, and forget who has it no more."""
    lab = Lab()
    where = "roleManagement/directory/roleAssignments"
    made = assign(lab, lab.users[0].id)
    body = {"principalId": lab.users[0].id, "roleDefinitionId": ADMINISTRATOR, "directoryScopeId": "/"}

    assert [lab.users[0].id] == [row["principalId"] for row in lab.get(where)["value"]]
    assert (400, "Request_BadRequest") == refusal(lab.send("POST", where, body))
    assert 404 == lab.send("POST", where, body | {"principalId": made}).status
    lab.do("DELETE", f"{where}/{made}")
    assert [] == lab.get(where)["value"]


def test_who_is_deleted_has_no_role() -> None:
    """It should not list somebody who is no longer there."""
    lab = Lab()
    assign(lab, lab.users[0].id)
    lab.do("DELETE", f"users/{lab.users[0].id}")

    assert [] == lab.get("roleManagement/directory/roleAssignments")["value"]


def test_the_application_of_the_move_may_only_look() -> None:
    """It should let the operators' permissions read every setting and change none."""
    lab = Lab(roles=OPERATOR)
    for where in ("policies/authorizationPolicy", "directory/onPremisesSynchronization"):
        assert lab.get(where)
    assert 403 == lab.send("PATCH", "policies/authorizationPolicy", {"allowInvitesFrom": "none"}).status
