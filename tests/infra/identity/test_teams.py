"""The groups of people around a move."""

from __future__ import annotations

import pulumi

from infra.identity.teams import TEAMS, Teams, TeamsArgs
from tests.infra.doubles import Clouds


@pulumi.runtime.test
def test_makes_one_security_group_a_team() -> pulumi.Output[None]:
    """It should make each group once, refuse its name a second time, and leave its members to others."""
    clouds = Clouds().install("identity-rehearsal")

    teams = Teams("teams", TeamsArgs({team: f"mailwave {team}" for team in TEAMS}))

    def check(found: list[str]) -> None:
        assert [f"object-id-of-{team}" for team in TEAMS] == found
        made = {
            group.name: group.inputs
            for group in clouds.of_type("azuread:index/groupWithoutMembers:GroupWithoutMembers")
        }
        assert set(TEAMS) == set(made)
        assert all(group["preventDuplicateNames"] and group["securityEnabled"] for group in made.values())
        assert {"pilots"} == {name for name, group in made.items() if not group["assignableToRole"]}

    return pulumi.Output.all(*teams.ids.values()).apply(check)
