"""The roles that Azure does not have."""

from __future__ import annotations

import pulumi

from infra.identity.roles import ROLES, Roles, RolesArgs
from tests.infra.doubles import Clouds


@pulumi.runtime.test
def test_roles_cannot_delete_or_grant() -> pulumi.Output[None]:
    """It should make each role for one resource group, without a wildcard, a deletion or a right to grant."""
    clouds = Clouds().install("identity-rehearsal")

    roles = Roles("roles", RolesArgs({role: f"mailwave {role}" for role in ROLES}, "/the/group"))

    def check(_: object) -> None:
        made = {
            each.name: each.inputs for each in clouds.of_type("azure-native:authorization:RoleDefinition")
        }
        assert set(ROLES) == set(made)
        for role in made.values():
            assert ("/the/group", ["/the/group"]) == (role["scope"], role["assignableScopes"])
            (permission,) = role["permissions"]
            allowed = permission.get("actions", []) + permission.get("dataActions", [])
            assert allowed
            assert not [
                each for each in allowed if "*" in each or "delete" in each or "Authorization" in each
            ]

    return pulumi.Output.all(*roles.ids.values()).apply(check)
