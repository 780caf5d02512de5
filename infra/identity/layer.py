"""The layer `identity`: the operator's application, two groups, and their grants on the foundation."""

from __future__ import annotations

import pulumi

from infra.identity.grants import Grants, GrantsArgs
from infra.identity.operator_application import OperatorApplication, OperatorApplicationArgs
from infra.identity.teams import DUTIES, Teams, TeamsArgs
from infra.lower import Lower
from infra.providers import azure, entra
from infra.settings import IdentitySettings
from infra.stack import StackName


async def lay_identity(stack: StackName, settings: IdentitySettings) -> pulumi.Inputs:
    """Declare the layer's resources and return its outputs.

    Raises:
        NotDeployed: the foundation is not there.
        WrongOwner: the foundation or a credential belongs to another tenant or subscription.
    """
    foundation = await Lower.of(stack, "foundation")
    foundation.require_owner(tenant=settings.tenant_id, subscription=settings.subscription_id)
    opts = pulumi.ResourceOptions(
        providers=[entra(stack, settings), azure(stack, settings)], protect=settings.protect
    )
    operator = OperatorApplication(
        "operator", OperatorApplicationArgs(stack.display_name("operator command")), opts
    )
    teams = Teams("teams", TeamsArgs({duty: stack.display_name(duty) for duty in DUTIES}), opts)
    Grants(
        "grants",
        GrantsArgs(
            subscription_id=settings.subscription_id,
            principals={"operator": operator.principal_id, **teams.ids},
            scopes={
                "vault": foundation.require("vault_id"),
                "evidence": foundation.require("evidence_container_id"),
            },
        ),
        opts,
    )
    return {
        "tenant_id": settings.tenant_id,
        "client_id": operator.client_id,
        "principal_id": operator.principal_id,
        **{f"{duty}_group_id": group_id for duty, group_id in teams.ids.items()},
    }
