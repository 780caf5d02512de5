"""Creations that were cut off, decided from the state alone."""

from __future__ import annotations

from typing import Any

import pytest

from mailwave.core.pending import NOTE, adopted, open_operations, settle

STACK = "urn:pulumi:identity-rehearsal::mailwave"
PROVIDER = {
    "urn": f"{STACK}::pulumi:providers:azure-native::azure",
    "type": "pulumi:providers:azure-native",
    "custom": True,
    "id": "1",
    "inputs": {"subscriptionId": "s"},
}
GUID = "0b0bc5a3-3b6b-4a0c-9b0e-7c2f64a5a6d0"
GROUP = "azuread:index/group:Group"
REFUSAL = (
    f'An existing "azuread_group" with name "Team" (ID: "{GUID}") was found and `prevent_duplicate_names` ...'
)
UNIQUE = {"displayName": "Team", "preventDuplicateNames": True}


def resource(kind: str, inputs: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    """A custom resource's state, without an id."""
    return {"urn": f"{STACK}::{kind}::it", "type": kind, "custom": True, "inputs": inputs or {}, **more}


def cut_off(*creations: dict[str, Any], known: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A state in which the creation of each was under way."""
    notes = [{"resource": each, "type": "creating"} for each in creations]
    return {"resources": [PROVIDER, *known], "pending_operations": notes}


def test_a_computable_id_is_entered_for_the_refresh_to_read() -> None:
    """It should enter the object under the id that its inputs and its provider's make, and close its operation."""
    group = resource(
        "azure-native:resources:ResourceGroup",
        {"resourceGroupName": "g"},
        provider=f"{PROVIDER['urn']}::1",
    )

    settled = settle(cut_off(group))

    assert (group["urn"],) == settled.entered
    assert "/subscriptions/s/resourceGroups/g" == settled.deployment["resources"][-1]["id"]
    assert () == open_operations(settled.deployment)


def test_an_entry_takes_the_place_of_the_one_it_replaces() -> None:
    """It should stand where the removed one stood, because what follows may depend on it."""
    account = resource(
        "azure-native:authorization:RoleAssignment", {"scope": "/a", "roleAssignmentName": "n"}
    )
    old = {**account, "id": "/old", "pendingReplacement": True}
    after = resource("mailwave:identity:Grants", custom=False)

    settled = settle(cut_off(account, known=(old, after)))

    found = settled.deployment["resources"]
    assert ["/a/providers/Microsoft.Authorization/roleAssignments/n", None] == [
        found[1]["id"],
        found[2].get("id"),
    ]


@pytest.mark.parametrize("kind", ["exchange:index:OutboundConnector", "pulumi:providers:azuread"])
def test_what_is_taken_over_is_made_again(kind: str) -> None:
    """It should only close the operation where a repetition makes nothing twice."""
    settled = settle(cut_off(resource(kind)))

    assert (f"{STACK}::{kind}::it",) == settled.repeated
    assert [PROVIDER] == list(settled.deployment["resources"])


def test_a_unique_object_is_noted_until_the_service_has_spoken() -> None:
    """It should keep a note over updates that fail, and enter the object that the refusal names."""
    group = resource(GROUP, UNIQUE)

    settled = settle(cut_off(group))
    again = settle(settled.deployment)
    found = adopted(again.deployment, {group["urn"]: REFUSAL})

    assert (group["urn"],) == settled.tried == again.tried == found.entered
    assert [PROVIDER, {**group, "id": f"/groups/{GUID}"}] == list(found.deployment["resources"])


def test_only_noted_objects_are_adopted() -> None:
    """It should leave an object that nobody was making to whoever owns it."""
    found = adopted({"resources": [PROVIDER]}, {f"{STACK}::{GROUP}::it": REFUSAL})

    assert () == found.entered
    assert [PROVIDER] == list(found.deployment["resources"])


def test_another_refusal_adopts_nothing() -> None:
    """It should keep the note when the service refused for another reason."""
    settled = settle(cut_off(resource(GROUP, UNIQUE)))

    found = adopted(settled.deployment, {f"{STACK}::{GROUP}::it": "Insufficient privileges"})

    assert () == found.entered
    assert [NOTE] == [each["type"] for each in found.deployment["resources"][1:]]


@pytest.mark.parametrize(
    ("creation", "known"),
    [
        (resource(GROUP, {"displayName": "Team"}), ()),
        (resource("azuread:index/user:User"), ()),
        (resource("azure-native:resources:ResourceGroup"), ()),
        (resource(GROUP, UNIQUE), (resource(GROUP, {**UNIQUE, "displayName": "Old"}, id="/groups/1"),)),
    ],
    ids=["no guard", "no rule", "no inputs", "another lives"],
)
def test_what_no_rule_decides_is_left_open(
    creation: dict[str, Any], known: tuple[dict[str, Any], ...]
) -> None:
    """It should name it, keep its operation and change nothing."""
    state = cut_off(creation, known=known)

    settled = settle(state)

    assert (creation["urn"],) == settled.undecided == open_operations(settled.deployment)
    assert state == settled.deployment


def test_a_later_success_closes_the_question() -> None:
    """It should close a creation whose second attempt was taken: there was no first object."""
    group = resource(GROUP, UNIQUE)

    settled = settle(cut_off(group, known=({**group, "id": "/groups/1"},)))

    assert (group["urn"],) == settled.repeated
    assert () == open_operations(settled.deployment)


def test_changes_and_removals_are_left_to_the_refresh() -> None:
    """It should close every operation on an object whose id the state knows."""
    known = resource(GROUP, UNIQUE, id="/groups/1")
    state = {"resources": [known], "pending_operations": [{"resource": known, "type": "updating"}]}

    settled = settle(state)

    assert {"resources": [known], "pending_operations": []} == settled.deployment


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        (
            "azuread:index/groupWithoutMembers:GroupWithoutMembers",
            UNIQUE,
            f"/groups/{GUID}",
        ),
        (
            "azuread:index/administrativeUnit:AdministrativeUnit",
            UNIQUE,
            f"/directory/administrativeUnits/{GUID}",
        ),
        (
            "azuread:index/appRoleAssignment:AppRoleAssignment",
            {"resourceObjectId": "service", "principalObjectId": "worker", "appRoleId": "role"},
            f"/servicePrincipals/service/appRoleAssignedTo/{GUID}",
        ),
        (
            "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
            {"applicationId": "/applications/1", "issuer": "i", "subject": "s"},
            f"1/federatedIdentityCredential/{GUID}",
        ),
        (
            "azuread:index/privilegedAccessGroupEligibilitySchedule:PrivilegedAccessGroupEligibilitySchedule",
            {"groupId": "team", "assignmentType": "member", "principalId": "staff"},
            f"team_member_{GUID}",
        ),
    ],
)
def test_an_object_of_the_directory_is_entered_under_its_own_id(
    kind: str, inputs: dict[str, Any], expected: str
) -> None:
    """It should make the engine's id from the GUID that the refusal names and from the inputs."""
    creation = resource(kind, inputs)

    found = adopted(settle(cut_off(creation)).deployment, {creation["urn"]: REFUSAL})

    assert (creation["urn"],) == found.entered
    assert expected == found.deployment["resources"][-1]["id"]


def test_a_certificate_is_entered_under_the_key_id_of_its_inputs() -> None:
    """It should look it up at its id: the program chooses the key id, so that it follows from the certificate."""
    inputs = {"applicationId": "/applications/1", "keyId": "2"}
    creation = resource("azuread:index/applicationCertificate:ApplicationCertificate", inputs)

    settled = settle(cut_off(creation))

    assert (creation["urn"],) == settled.entered
    assert "1/certificate/2" == settled.deployment["resources"][-1]["id"]


def test_a_conditional_access_policy_is_left_to_a_person() -> None:
    """It should not guess: the directory takes a second policy of the same name."""
    policy = resource(
        "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy", {"displayName": "Block"}
    )

    assert (policy["urn"],) == settle(cut_off(policy)).undecided
