"""What acts for the migration, duty by duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import NAMESPACE_OID, uuid5

import pulumi
import pytest

from infra.identity.application import Application, ApplicationArgs, Trust
from infra.identity.applications import (
    APPLICATIONS,
    EXCHANGE_ONLINE,
    MANAGE_AS_APP,
    MICROSOFT_GRAPH,
    WRITE_MEMBERS,
)
from rehearsal.cloud.built_in import BUILT_IN
from tests.infra.doubles import Clouds
from tests.infra.identity.certificates import a_certificate, a_pem

RESOURCES = {EXCHANGE_ONLINE: "exchange-here", MICROSOFT_GRAPH: "graph-here"}
CERTIFICATE = a_certificate(holder="reader", starts=date(2026, 11, 1), expires=date(2027, 4, 1))


def an_application(duty: str = "completer", **credentials: object) -> Application:
    return Application(
        "worker",
        ApplicationArgs("mailwave worker", APPLICATIONS[duty], RESOURCES, **credentials),  # type: ignore[arg-type]
    )


def checked(application: Application, check: Callable[[object], None]) -> pulumi.Output[None]:
    """Run *check* once everything of *application* is made."""
    made: list[pulumi.CustomResource] = [*application.consents.values(), *application.certificates]
    if application.federation:
        made.append(application.federation)
    return pulumi.Output.all(application.principal_id, *(each.id for each in made)).apply(check)


@pulumi.runtime.test
def test_asks_for_its_permissions_and_no_password() -> pulumi.Output[None]:
    """It should be of this tenant only, unique by name, with what the table says and no password."""
    clouds = Clouds().install("identity-rehearsal")

    def check(_: object) -> None:
        assert {
            "displayName": "mailwave worker",
            "description": APPLICATIONS["completer"].description,
            "signInAudience": "AzureADMyOrg",
            "preventDuplicateNames": True,
            "requiredResourceAccesses": [
                {
                    "resourceAppId": "00000002-0000-0ff1-ce00-000000000000",
                    "resourceAccesses": [{"id": "dc50a0fb-09a3-484d-be87-e023b12c6440", "type": "Role"}],
                }
            ],
        } == clouds.only("azuread:index/application:Application").inputs
        inputs = clouds.only("azuread:index/servicePrincipal:ServicePrincipal").inputs
        assert {"clientId": "client-id-of-worker", "appRoleAssignmentRequired": True} == inputs

    return checked(an_application(), check)


@pulumi.runtime.test
def test_consents_to_what_it_asks_for() -> pulumi.Output[None]:
    """It should give the principal each permission on the service that publishes it."""
    clouds = Clouds().install("identity-rehearsal")

    def check(_: object) -> None:
        made = clouds.of_type("azuread:index/appRoleAssignment:AppRoleAssignment")
        assert {
            ("exchange-here", "Exchange.ManageAsApp"),
            ("graph-here", "User.Read.All"),
            ("graph-here", "GroupMember.Read.All"),
            ("graph-here", "Organization.Read.All"),
            ("graph-here", "Policy.Read.All"),
            ("graph-here", "RoleManagement.Read.Directory"),
            ("graph-here", "OnPremDirectorySynchronization.Read.All"),
        } == {(each.inputs["resourceObjectId"], each.name.removeprefix("worker-")) for each in made}
        assert {"object-id-of-worker"} == {each.inputs["principalObjectId"] for each in made}

    return checked(an_application("reader"), check)


@pulumi.runtime.test
def test_signs_in_with_certificates_side_by_side() -> pulumi.Output[None]:
    """It should take the public part and both dates of each certificate, so that one follows another without a gap."""
    clouds = Clouds().install("identity-rehearsal")
    later = CERTIFICATE.model_copy(update={"name": "two"})

    def check(_: object) -> None:
        kept = clouds.of_type("azuread:index/applicationCertificate:ApplicationCertificate")
        first, second = sorted(kept, key=lambda each: each.name)  # they are registered side by side
        assert ["worker-one", "worker-two"] == [first.name, second.name]
        inputs = dict(first.inputs)
        assert a_pem().strip() == inputs.pop("value")["value"]  # the SDK calls it a secret, which it is not
        assert {
            "applicationId": "/azuread:index/application:Application/worker",
            "type": "AsymmetricX509Cert",
            "startDate": "2026-11-01T00:00:00Z",
            "endDate": "2027-04-01T00:00:00Z",
            "keyId": str(uuid5(NAMESPACE_OID, CERTIFICATE.pem)),
        } == inputs

    return checked(an_application(certificates=(CERTIFICATE, later)), check)


@pulumi.runtime.test
def test_trusts_one_subject() -> pulumi.Output[None]:
    """It should take tokens of exactly one issuer and subject, meant for Entra, as its own."""
    clouds = Clouds().install("identity-rehearsal")
    kind = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"

    def check(_: object) -> None:
        inputs = clouds.only(kind).inputs
        assert ("https://issuer", "one job") == (inputs["issuer"], inputs["subject"])
        assert ["api://AzureADTokenExchange"] == inputs["audiences"]

    return checked(an_application(trust=Trust("https://issuer", "one job")), check)


def test_only_the_reader_reads_the_directory_widely() -> None:
    """It should let nobody write in the directory but members of groups, and give the completer Exchange alone."""
    values = {name: {role.value for role in duty.roles} for name, duty in APPLICATIONS.items()}

    assert {MANAGE_AS_APP.value} == values["completer"] == values["courier"] == values["mender"]
    assert not any(
        value.startswith(("Mail.", "Calendars.")) for of_one in values.values() for value in of_one
    )
    assert {"full_access_as_app"} == values["hybrid"]
    writing = {(name, value) for name, of_one in values.items() for value in of_one if "Write" in value}
    assert {("batch-runner", WRITE_MEMBERS.value)} == writing
    assert all(why for duty in APPLICATIONS.values() for why in duty.roles.values())


@pytest.mark.parametrize("name", APPLICATIONS)
def test_permissions_are_those_that_are_published(name: str) -> None:
    """It should name each permission by the id under which the rehearsal's directory publishes it."""
    for role in APPLICATIONS[name].roles:
        assert BUILT_IN[role.resource].roles[role.value] == role.id
