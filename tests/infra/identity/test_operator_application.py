"""What the operator command signs in as."""

from __future__ import annotations

import pulumi

from infra.identity.operator_application import OperatorApplication, OperatorApplicationArgs
from tests.infra.doubles import Clouds


def an_operator() -> OperatorApplication:
    return OperatorApplication("operator", OperatorApplicationArgs("mailwave operator"))


@pulumi.runtime.test
def test_asks_for_one_permission_and_no_password() -> pulumi.Output[None]:
    """It should be of this tenant only, unique by name, with Exchange.ManageAsApp and no password."""
    clouds = Clouds().install("identity-rehearsal")

    operator = an_operator()

    def check(_: object) -> None:
        assert {
            "displayName": "mailwave operator",
            "description": "Plans, runs and accounts for the mail migration",
            "signInAudience": "AzureADMyOrg",
            "preventDuplicateNames": True,
            "requiredResourceAccesses": [
                {
                    "resourceAppId": "00000002-0000-0ff1-ce00-000000000000",
                    "resourceAccesses": [{"id": "dc50a0fb-09a3-484d-be87-e023b12c6440", "type": "Role"}],
                }
            ],
        } == clouds.only("azuread:index/application:Application").inputs

    return operator.principal_id.apply(check)


@pulumi.runtime.test
def test_principal_is_the_applications() -> pulumi.Output[None]:
    """It should make the service principal from the application's own client id."""
    clouds = Clouds().install("identity-rehearsal")

    operator = an_operator()

    def check(found: list[str]) -> None:
        assert ["client-id-of-operator", "object-id-of-operator"] == found
        inputs = clouds.only("azuread:index/servicePrincipal:ServicePrincipal").inputs
        assert {"clientId": "client-id-of-operator", "appRoleAssignmentRequired": True} == inputs

    return pulumi.Output.all(operator.client_id, operator.principal_id).apply(check)
