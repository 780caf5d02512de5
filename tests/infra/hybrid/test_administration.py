"""What the migration's applications may do."""

from __future__ import annotations

from typing import Any

from infra.hybrid.administration import Administration, AdministrationArgs
from infra.hybrid.duties import DUTIES
from tests.infra.doubles import IDENTITY_OUTPUTS, Clouds, run


def lay() -> tuple[Clouds, dict[str, Any]]:
    """Give every duty its roles."""
    clouds = Clouds().install("hybrid-rehearsal")
    args = AdministrationArgs(
        clients=IDENTITY_OUTPUTS["client_ids"],
        principals=IDENTITY_OUTPUTS["principal_ids"],
        names={duty: f"the {duty}" for duty in DUTIES},
        scope_name="movable",
        mailbox="delivery-check@x.example",
        mailbox_scope="one mailbox",
    )
    return clouds, run(lambda: dict(Administration("administration", args).group_names))


def test_outputs() -> None:
    """It should return the name of each role group by duty."""
    assert {duty: f"the {duty}" for duty in DUTIES} == lay()[1]


def test_each_group_has_its_application_and_nobody_else() -> None:
    """It should make each application known to Exchange, and the one member of its group."""
    clouds, _ = lay()
    principals = {
        each.inputs["objectId"]: each.inputs["appId"]
        for each in clouds.of_type("exchange:index:ServicePrincipal")
    }
    assert {f"principal-of-{duty}": f"client-of-{duty}" for duty in DUTIES} == principals
    members = {
        each.inputs["name"]: each.inputs["members"] for each in clouds.of_type("exchange:index:RoleGroup")
    }
    assert {f"the {duty}": [f"principal-of-{duty}"] for duty in DUTIES} == members


def test_whoever_writes_does_so_within_a_scope() -> None:
    """It should bound each role that changes recipients, and no role that only reads."""
    clouds, _ = lay()
    found = {
        (each.inputs["securityGroup"], each.inputs["role"]): each.inputs.get("customRecipientWriteScope")
        for each in clouds.of_type("exchange:index:ManagementRoleAssignment")
    }
    expected: dict[tuple[str, str], str | None] = {}
    for duty, row in DUTIES.items():
        expected |= {(f"the {duty}", role): None for role in row.reads}
        expected |= {(f"the {duty}", role): "movable" for role in row.writes}
        expected |= {(f"the {duty}", f"{role} of the {duty}"): "movable" for role in row.parts}
    assert expected == found


def test_a_part_of_a_role_has_the_cmdlets_of_its_row_alone() -> None:
    """It should derive a role for each part, with the cmdlets that the table lists."""
    clouds, _ = lay()
    made = {
        each.inputs["name"]: (each.inputs["parent"], tuple(each.inputs["enabledCmdlets"]))
        for each in clouds.of_type("exchange:index:ManagementRole")
    }

    parts = DUTIES["mender"].parts
    assert {f"{role} of the mender": (role, cmdlets) for role, cmdlets in parts.items()} == made


def test_whoever_sends_or_asks_does_so_as_one_mailbox() -> None:
    """It should give roles of applications to the courier alone, within a scope that has the one mailbox."""
    clouds, _ = lay()
    given = [each.inputs for each in clouds.of_type("exchange:index:ApplicationAssignment")]
    scopes = {
        each.inputs["name"]: each.inputs["recipientRestrictionFilter"]
        for each in clouds.of_type("exchange:index:ManagementScope")
    }

    assert {
        ("Application Mail.Send", "principal-of-courier"),
        ("Application Calendars.Read", "principal-of-courier"),
    } == {(each["role"], each["app"]) for each in given}
    assert {"PrimarySmtpAddress -eq 'delivery-check@x.example'"} == {
        scopes[each["customResourceScope"]] for each in given
    }
