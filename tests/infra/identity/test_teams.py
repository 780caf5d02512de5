"""The two groups of people."""

from __future__ import annotations

import pulumi

from infra.identity.teams import Teams, TeamsArgs
from tests.infra.doubles import Clouds

NAMES = {"operators": "mailwave operators", "approvers": "mailwave approvers"}


@pulumi.runtime.test
def test_makes_one_security_group_a_duty() -> pulumi.Output[None]:
    """It should make each group once, refuse its name a second time, and leave its members to others."""
    clouds = Clouds().install("identity-rehearsal")

    teams = Teams("teams", TeamsArgs(NAMES))

    def check(found: list[str]) -> None:
        assert ["object-id-of-operators", "object-id-of-approvers"] == found
        groups = [group.inputs for group in clouds.of_type("azuread:index/group:Group")]
        assert set(NAMES.values()) == {group["displayName"] for group in groups}
        assert all(group["preventDuplicateNames"] and group["securityEnabled"] for group in groups)
        assert not any("members" in group for group in groups)

    return pulumi.Output.all(teams.ids["operators"], teams.ids["approvers"]).apply(check)
