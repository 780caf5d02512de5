"""Who may run which cmdlet, and on whom (facts A10, A23, B9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.exchange_online.lab import READER, STRANGER, UNCONSENTED, Lab, batch
from rehearsal.exchange_online.roles import APPLICATION_ROLES, ROLES, carries

KEY = "00000000-0000-4000-8000-0000000000aa"
GROUP = "Leeds movers"


def lab_of(client: str) -> Lab:
    """Return a tenant of two people, called by *client*."""
    lab = Lab()
    lab.sign_in(client)
    return lab


def new_batch(lab: Lab) -> dict[str, Any]:
    """Return what makes a batch of everybody."""
    return batch("wave-1") | {"CSVData": lab.listed(lab.addresses)}


def movers(*roles: str, scope: str | None = None) -> Lab:
    """Return a tenant whose role group of an application without other roles has *roles*, bounded by a scope."""
    lab = Lab()
    lab.rows("New-ServicePrincipal", AppId=STRANGER, ObjectId=KEY, ServiceId=KEY, DisplayName="movers")
    bound = {}
    if scope is not None:
        lab.rows("New-ManagementScope", Name="few", RecipientRestrictionFilter=scope)
        bound = {"CustomRecipientWriteScope": "few"}
    lab.rows("New-RoleGroup", Name=GROUP, Roles=list(roles), Members=[KEY], **bound)
    lab.sign_in(STRANGER)
    return lab


def only(lab: Lab, n: int) -> str:
    """Return a filter for one person."""
    return f"Alias -eq '{lab.estate.mailboxes[n].alias}'"


@pytest.mark.parametrize("client", [STRANGER, UNCONSENTED])
def test_nobody_comes_in_without_permission_and_role(client: str) -> None:
    """It should answer with the unreadable 403 of an unknown cmdlet (facts A10, A23)."""
    reply = lab_of(client).post("Get-MigrationBatch", {})

    assert (403, "gzip", b"") == (reply.status, reply.headers["content-encoding"], reply.body.strip(b"\0"))


@pytest.mark.parametrize(
    ("cmdlet", "status"),
    [
        ("Get-MigrationBatch", 200),
        ("Get-AcceptedDomain", 200),
        ("New-MigrationBatch", 403),
        ("Get-RoleGroup", 200),
    ],
)
def test_a_reader_reads(cmdlet: str, status: int) -> None:
    """It should let who has the role Global Reader read everything and start nothing (fact A10)."""
    lab = lab_of(READER)
    given = new_batch(lab) if cmdlet.startswith("New-") else {}

    assert status == lab.post(cmdlet, given).status


def test_a_role_group_gives_an_application_its_roles() -> None:
    """It should move mailboxes by the roles of its group, and configure nothing (fact A10)."""
    lab = movers("Migration")

    assert 200 == lab.post("New-MigrationBatch", new_batch(lab)).status
    assert (
        403
        == lab.post(
            "New-ManagementScope", {"Name": "x", "RecipientRestrictionFilter": "Alias -eq 'x'"}
        ).status
    )


def test_who_leaves_the_group_has_its_roles_no_more() -> None:
    """It should refuse a former member, and one of a group that is gone."""
    lab = movers("Migration")
    lab.sign_in()
    lab.rows("Remove-RoleGroupMember", Identity=GROUP, Member="movers", Confirm=False)
    lab.sign_in(STRANGER)

    assert 403 == lab.post("Get-MigrationBatch", {}).status


def test_a_disabled_assignment_gives_nothing() -> None:
    """It should refuse what only an assignment out of force would allow."""
    lab = movers("Migration")
    lab.sign_in()
    lab.rows("Set-ManagementRoleAssignment", Identity=f"Migration-{GROUP}", Enabled=False)
    lab.sign_in(STRANGER)

    assert 403 == lab.post("Get-MigrationBatch", {}).status


def test_a_scope_bounds_what_is_changed_and_not_what_is_read() -> None:
    """It should give a right on one person's mailbox, refuse one on another's, and show both."""
    lab = movers("Mail Recipients", scope=only(Lab(), 0))
    given = {"AccessRights": ["SendAs"], "Trustee": lab.addresses[1], "Confirm": False}

    lab.rows("Add-RecipientPermission", Identity=lab.addresses[0], **given)
    status, exception, text = lab.refusal("Add-RecipientPermission", Identity=lab.addresses[1], **given)

    assert (400, "InvalidOperationException") == (status, exception)
    assert "out of the current user's write scope" in text
    assert 1 == len(lab.rows("Get-Recipient", Identity=lab.addresses[1]))


def test_the_list_of_a_batch_is_not_bounded() -> None:
    """It should take people whom its maker may not change (fact B9, peers 6)."""
    lab = movers("Migration", scope=only(Lab(), 0))

    assert 2 == lab.rows("New-MigrationBatch", **new_batch(lab))[0]["TotalCount"]


@pytest.mark.parametrize(
    ("role", "parameter", "status"),
    [
        ("Mail Recipients", "LitigationHoldEnabled", 400),
        ("Mail Recipients", "AuditEnabled", 400),
        ("Mail Recipients", "MessageCopyForSentAsEnabled", 200),
        ("Legal Hold", "LitigationHoldEnabled", 200),
        ("Legal Hold", "MessageCopyForSentAsEnabled", 400),
        ("Audit Logs", "AuditEnabled", 200),
    ],
)
def test_a_role_carries_parameters(role: str, parameter: str, status: int) -> None:
    """It should not know a parameter that no role of the caller carries, though the cmdlet is carried."""
    lab = movers(role, "View-Only Recipients")
    lab.service.tenant.recipients[0].moved = lab.clock.now

    reply = lab.post("Set-Mailbox", {"Identity": lab.addresses[0], parameter: True})

    assert status == reply.status
    assert (f"matches parameter name '{parameter}'" in reply.body.decode()) is (status == 400)


def derived(*cmdlets: str) -> Lab:
    """Return a tenant whose role group has *cmdlets* of the role Mail Recipients."""
    lab = movers("View-Only Recipients")
    lab.sign_in()
    lab.rows("New-ManagementRole", Name="some", Parent="Mail Recipients", EnabledCmdlets=list(cmdlets))
    lab.rows("New-ManagementRoleAssignment", Name="some of it", Role="some", SecurityGroup=GROUP)
    lab.sign_in(STRANGER)
    return lab


def test_a_derived_role_carries_some_of_its_parents_cmdlets() -> None:
    """It should run the cmdlet that was enabled, and refuse another of the parent's."""
    lab = derived("Add-RecipientPermission")
    given = {"AccessRights": ["SendAs"], "Trustee": lab.addresses[1], "Confirm": False}
    given["Identity"] = lab.addresses[0]

    assert [200, 403] == [lab.post(f"{verb}-RecipientPermission", given).status for verb in ("Add", "Remove")]


def test_a_derived_role_is_shown_with_its_entries() -> None:
    """It should be there under its name, with its parent, and list its cmdlets by a pattern."""
    lab = derived("Set-Mailbox", "Set-CASMailbox")
    lab.sign_in()

    (role,) = lab.rows("Get-ManagementRole", Identity="SOME")
    listed = {each["Name"] for each in lab.rows("Get-ManagementRoleEntry", Identity="some\\*")}

    assert ("Mail Recipients", False) == (role["Parent"], role["IsRootRole"])
    assert {"Set-Mailbox", "Set-CASMailbox"} == listed
    assert ["Set-CASMailbox"] == [
        each["Name"] for each in lab.rows("Get-ManagementRoleEntry", Identity="some\\*CAS*")
    ]


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("New-ManagementRole", {"Name": "Some", "Parent": "Legal Hold"}),
        ("New-ManagementRole", {"Name": "other", "Parent": "Nobody's"}),
        ("New-ManagementRole", {"Name": "x", "Parent": "Legal Hold", "EnabledCmdlets": ["Set-CASMailbox"]}),
        ("Remove-ManagementRole", {"Identity": "some", "Confirm": False}),
        ("Remove-ManagementRole", {"Identity": "Legal Hold", "Confirm": False}),
    ],
)
def test_roles_that_cannot_be(cmdlet: str, parameters: dict[str, Any]) -> None:
    """It should refuse a name that is taken, an unknown parent, a cmdlet it lacks, and to remove what is in use."""
    lab = derived("Set-Mailbox")
    lab.sign_in()

    assert 400 == lab.post(cmdlet, parameters).status


def test_a_derived_role_goes_once_nobody_has_it() -> None:
    """It should be removed after its assignment, and be found no more."""
    lab = derived("Set-Mailbox")
    lab.sign_in()
    lab.rows("Remove-ManagementRoleAssignment", Identity="some of it", Confirm=False)
    lab.rows("Remove-ManagementRole", Identity="some", Confirm=False)

    assert 404 == lab.post("Get-ManagementRole", {"Identity": "some"}).status


def test_one_role_without_a_scope_is_enough() -> None:
    """It should reach everybody by whichever of two roles is not bounded."""
    lab = movers("Mail Recipients", scope=only(Lab(), 0))
    lab.sign_in()
    lab.rows("New-ManagementRoleAssignment", Role="Mail Recipients", SecurityGroup=GROUP, Name="wide")
    lab.sign_in(STRANGER)
    given = {"AccessRights": ["SendAs"], "Trustee": lab.addresses[0], "Confirm": False}

    assert 200 == lab.post("Add-RecipientPermission", {"Identity": lab.addresses[1], **given}).status


def test_objects_are_read_back_as_they_were_made() -> None:
    """It should show group, members, assignment, scope and principal under their names."""
    lab = movers("Migration", scope="CustomAttribute1 -eq 'RR8'")
    lab.sign_in()

    (group,) = lab.rows("Get-RoleGroup", Identity=GROUP)
    (member,) = lab.rows("Get-RoleGroupMember", Identity=GROUP)
    (assignment,) = lab.rows("Get-ManagementRoleAssignment", RoleAssignee=GROUP)
    (scope,) = lab.rows("Get-ManagementScope", Identity="few")
    (principal,) = lab.rows("Get-ServicePrincipal", Identity=STRANGER)

    assert ([KEY], ["Migration"], [f"Migration-{GROUP}"]) == (
        group["Members"],
        group["Roles"],
        group["RoleAssignments"],
    )
    assert KEY == member["ExternalDirectoryObjectId"]
    assert ("Migration", GROUP, "few", True) == tuple(
        assignment[name] for name in ("Role", "RoleAssigneeName", "CustomRecipientWriteScope", "Enabled")
    )
    assert ("CustomAttribute1 -eq 'RR8'", "RecipientScope") == (
        scope["RecipientFilter"],
        scope["ScopeRestrictionType"],
    )
    assert (STRANGER, KEY, "movers") == tuple(
        principal[name] for name in ("AppId", "ObjectId", "DisplayName")
    )


def test_members_are_replaced_as_a_whole() -> None:
    """It should have exactly the members given, people and applications."""
    lab = movers("Migration")
    lab.sign_in()
    lab.rows("Update-RoleGroupMember", Identity=GROUP, Members=[lab.addresses[0]])

    members = lab.rows("Get-RoleGroupMember", Identity=GROUP)

    assert [lab.estate.mailboxes[0].alias] == [row["Name"] for row in members]


def test_objects_are_changed_and_removed() -> None:
    """It should rename a scope, change its filter, and let everything go in its order."""
    lab = movers("Migration", scope="Alias -eq 'x'")
    lab.sign_in()
    lab.rows("Set-ManagementScope", Identity="few", Name="fewer", RecipientRestrictionFilter="Alias -eq 'y'")
    lab.rows("Set-RoleGroup", Identity=GROUP, Description="who moves")
    lab.rows("Set-ServicePrincipal", Identity=KEY, DisplayName="jobs")

    assert "Alias -eq 'y'" == lab.rows("Get-ManagementScope", Identity="fewer")[0]["RecipientFilter"]
    refused = lab.refusal("Remove-ManagementScope", Identity="fewer", Confirm=False)
    assert f"used by the management role assignment 'Migration-{GROUP}'" in refused[2]
    lab.rows("Remove-ManagementRoleAssignment", Identity=f"Migration-{GROUP}", Confirm=False)
    lab.rows("Remove-ManagementScope", Identity="fewer", Confirm=False)
    lab.rows("Remove-ServicePrincipal", Identity="jobs", Confirm=False)
    assert [] == lab.rows("Get-RoleGroupMember", Identity=GROUP)
    lab.rows("New-ManagementRoleAssignment", Role="Migration", SecurityGroup=GROUP)
    lab.rows("Remove-RoleGroup", Identity=GROUP, Confirm=False)
    assert [] == [row for row in lab.rows("Get-ManagementRoleAssignment") if row["Name"].endswith(GROUP)]
    assert 404 == lab.refusal("Get-RoleGroup", Identity=GROUP)[0]


@pytest.mark.parametrize(
    ("cmdlet", "given"),
    [
        ("New-ServicePrincipal", {"AppId": STRANGER, "ObjectId": KEY, "ServiceId": KEY}),
        ("New-RoleGroup", {"Name": GROUP.upper()}),
        ("New-ManagementScope", {"Name": "FEW", "RecipientRestrictionFilter": "Alias -eq 'x'"}),
        ("New-ManagementRoleAssignment", {"Role": "Migration", "SecurityGroup": GROUP}),
        ("Add-RoleGroupMember", {"Identity": GROUP, "Member": KEY}),
    ],
)
def test_a_name_is_taken_once(cmdlet: str, given: dict[str, Any]) -> None:
    """It should refuse a second object of the same name."""
    lab = movers("Migration", scope="Alias -eq 'x'")
    lab.sign_in()

    assert (400, "ADObjectAlreadyExistsException") == lab.refusal(cmdlet, **given)[:2]


def test_an_application_takes_application_roles() -> None:
    """It should assign a role called Application, and no other, by App."""
    lab = movers("Migration")
    lab.sign_in()

    given = {"App": KEY, "CustomResourceScope": None}
    assert 400 == lab.refusal("New-ManagementRoleAssignment", App=KEY, Role="Migration")[0]
    (made,) = lab.rows("New-ManagementRoleAssignment", **given, Role="Application Mail.Read")
    assert "ServicePrincipal" == made["RoleAssigneeType"]


def test_a_filter_that_is_not_modelled_is_said_to_be() -> None:
    """It should refuse in the rehearsal's own name, never guess."""
    reply = Lab().post("New-ManagementScope", {"Name": "x", "RecipientRestrictionFilter": "Alias -gt 'x'"})

    assert 501 == reply.status, json.loads(reply.body)


def test_some_role_carries_every_cmdlet() -> None:
    """It should leave no cmdlet out, and give applications' roles none."""
    for cmdlet in (
        "New-MigrationBatch",
        "Set-OutboundConnector",
        "Get-Mailbox",
        "New-RoleGroup",
        "Get-TransportRule",
    ):
        assert any(carries(role, cmdlet) for role in ROLES)
        assert not any(carries(role, cmdlet) for role in APPLICATION_ROLES)
