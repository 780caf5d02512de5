"""The layer `identity` as a whole, on a foundation that is or is not there."""

from __future__ import annotations

from datetime import date

import pytest

from infra.errors import BadSetting, NotDeployed, WrongOwner
from infra.identity.applications import APPLICATIONS, EXCHANGE_ONLINE
from infra.identity.grants import GRANTS
from infra.identity.layer import lay_identity
from infra.identity.teams import TEAMS
from infra.settings.identity import CareBoard, IdentitySettings, Licence, Pipeline
from infra.stack import StackName
from tests.infra.doubles import FOUNDATION_OUTPUTS, OTHER, SUBSCRIPTION, TENANT, Clouds, run
from tests.infra.identity.certificates import a_certificate

STACK = StackName("identity", "rehearsal")
TODAY = date(2026, 11, 21)
SETTINGS = IdentitySettings(
    tenant_id=TENANT,
    subscription_id=SUBSCRIPTION,
    protect=True,
    retain=True,
    pipeline=Pipeline(issuer="https://pipeline.example", repository="nhs/mailwave"),
    certificates=(),
    licences=(Licence(name="office", sku=OTHER, disabled_plans=()),),
    care_boards=(CareBoard(code="QWO", name="West Yorkshire"),),
    enforced_policies=("require-mfa",),
)


def lay(settings: IdentitySettings = SETTINGS) -> dict[str, object]:
    return run(lambda: lay_identity(STACK, settings, TODAY))


def deployed() -> Clouds:
    return Clouds(stacks={"foundation-rehearsal": FOUNDATION_OUTPUTS}).install(str(STACK))


def test_outputs() -> None:
    """It should export who acts and who stands behind it, and call the batch runner what the operator signs in as."""
    deployed()

    assert {
        "tenant_id": TENANT,
        "client_id": "client-id-of-batch-runner",
        "principal_id": "object-id-of-batch-runner",
        "client_ids": {name: f"client-id-of-{name}" for name in APPLICATIONS},
        "principal_ids": {name: f"object-id-of-{name}" for name in APPLICATIONS},
        **{f"{team.replace('-', '_')}_group_id": f"object-id-of-{team}" for team in TEAMS},
        "licence_group_ids": {"office": "object-id-of-licence-office"},
        "administrative_unit_ids": {"QWO": "object-id-of-QWO"},
    } == lay()


def test_grants_what_the_foundation_exported() -> None:
    """It should take vault, container and resource group from the foundation's outputs."""
    clouds = deployed()

    lay()

    scopes = {role.inputs["scope"] for role in clouds.of_type("azure-native:authorization:RoleAssignment")}
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/the-group"
    assert {"/the/container", "/the/vault", group} == scopes


def test_consents_to_the_principals_of_this_tenant() -> None:
    """It should ask the directory for Microsoft's principals, whose object ids differ from tenant to tenant."""
    clouds = deployed()

    lay()

    consents = clouds.of_type("azuread:index/appRoleAssignment:AppRoleAssignment")
    of_exchange = [
        each.name for each in consents if each.inputs["resourceObjectId"] == f"principal-of-{EXCHANGE_ONLINE}"
    ]
    assert {
        "reader-Exchange.ManageAsApp",
        "batch-runner-Exchange.ManageAsApp",
        "completer-Exchange.ManageAsApp",
        "courier-Exchange.ManageAsApp",
        "mender-Exchange.ManageAsApp",
        "hybrid-full_access_as_app",
    } == set(of_exchange)


def test_trusts_one_environment_of_the_pipeline_a_duty() -> None:
    """It should let a job sign in as a duty only from that duty's own environment of the pipeline."""
    clouds = deployed()

    lay()

    made = clouds.of_type(
        "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
    )
    assert {
        f"repo:nhs/mailwave:environment:rehearsal-{duty}"
        for duty in ("reader", "batch-runner", "completer", "courier", "mender")
    } == {each.inputs["subject"] for each in made}
    assert {"https://pipeline.example"} == {each.inputs["issuer"] for each in made}


def test_gives_a_certificate_to_its_holder() -> None:
    """It should add each configured certificate to the application that it is for."""
    clouds = deployed()
    certificate = a_certificate(holder="hybrid", starts=date(2026, 11, 1), expires=date(2027, 3, 1))

    lay(SETTINGS.model_copy(update={"certificates": (certificate,)}))

    (made,) = clouds.of_type("azuread:index/applicationCertificate:ApplicationCertificate")
    assert "hybrid-one" == made.name
    assert "2027-03-01T00:00:00Z" == made.inputs["endDate"]


def test_refuses_an_expired_certificate() -> None:
    """It should plan nothing with a certificate that has expired."""
    clouds = deployed()
    certificate = a_certificate(holder="hybrid", starts=date(2026, 8, 1), expires=TODAY)

    with pytest.raises(BadSetting) as refused:
        lay(SETTINGS.model_copy(update={"certificates": (certificate,)}))

    assert "mailwave:certificates[0].expires" == refused.value.key
    assert [] == clouds.resources


def test_makes_no_secret_and_no_member() -> None:
    """It should make neither a password nor a person nor anybody's membership."""
    clouds = deployed()

    lay()

    kinds = {resource.typ.rpartition(":")[2] for resource in clouds.resources}
    assert not {kind for kind in kinds if kind.endswith(("Password", "Member", "User"))}
    assert not any("members" in resource.inputs for resource in clouds.resources)


def test_refuses_a_foundation_of_another_tenant() -> None:
    """It should plan nothing on a foundation that belongs to another tenant."""
    foundation = {**FOUNDATION_OUTPUTS, "tenant_id": OTHER}
    Clouds(stacks={"foundation-rehearsal": foundation}).install(str(STACK))

    with pytest.raises(WrongOwner) as refused:
        lay()

    assert "stack foundation-rehearsal" == refused.value.where


def test_refuses_an_entra_credential_of_another_tenant() -> None:
    """It should plan nothing when the directory that is signed in to is another one."""
    Clouds(tenant=OTHER, stacks={"foundation-rehearsal": FOUNDATION_OUTPUTS}).install(str(STACK))

    with pytest.raises(WrongOwner) as refused:
        lay()

    assert "the Entra credential" == refused.value.where


@pytest.mark.parametrize("stacks", [{}, {"foundation-rehearsal": {}}])
def test_refuses_without_a_foundation(stacks: dict[str, dict[str, str]]) -> None:
    """It should say which stack to deploy first, whether that stack is unknown or empty."""
    Clouds(stacks=stacks).install(str(STACK))

    with pytest.raises(NotDeployed) as refused:
        lay()

    assert "foundation-rehearsal" == refused.value.below
    assert "pulumi up --stack foundation-rehearsal" in str(refused.value)


def test_protects_every_resource_and_keeps_what_is_identity() -> None:
    """It should protect everything, down to the components' children, and keep all but grants in the tenant."""
    clouds = deployed()

    lay()

    names = {
        resource.name
        for resource in clouds.resources
        if resource.typ.startswith(("azuread:", "azure-native:")) and "provider" not in resource.typ
    }
    assert names == clouds.monitor.names("protect")
    assert names - set(GRANTS) <= clouds.monitor.names("retainOnDelete")


def test_keeps_the_application_of_an_older_version() -> None:
    """It should take what used to be the operator's application for the batch runner's, and make no second one."""
    clouds = deployed()

    lay()

    aliases = {
        alias.spec.type or alias.urn
        for request in clouds.monitor.registered
        if request.type == "mailwave:identity:Application" and request.name == "batch-runner"
        for alias in request.aliases
    }
    assert {"mailwave:identity:OperatorApplication"} == aliases
