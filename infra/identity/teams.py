"""The groups of people around a move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread


@dataclass(frozen=True)
class Team:
    """*guarded*: only a Privileged Role Administrator may change its members, whatever others may do with groups."""

    description: str
    guarded: bool = False


TEAMS: Mapping[str, Team] = {
    "operators": Team("Plan and run the mail migration", guarded=True),
    "approvers": Team("Approve waves of the mail migration; nobody belongs to both groups", guarded=True),
    "operator-staff": Team("May become operators for a few hours", guarded=True),
    "approver-staff": Team(
        "May become approvers for a few hours, and let others become either", guarded=True
    ),
    "pilots": Team("Their mailboxes are moved first"),
    "break-glass": Team("Accounts for the day on which nothing else can sign in", guarded=True),
}
"""By name. Members are nobody's business here: access reviews own them."""


@dataclass(frozen=True)
class TeamsArgs:
    """*display_names*: for each team, a name that is unique in the tenant."""

    display_names: Mapping[str, str]


class Teams(pulumi.ComponentResource):
    """One security group a team, without members: a person's membership is granted elsewhere and expires."""

    def __init__(self, name: str, args: TeamsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:identity:Teams", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(
            parent=self, retain_on_delete=opts.retain_on_delete if opts else None
        )

        self.groups = {team: self._group(team) for team in TEAMS}

        self.ids: dict[str, pulumi.Output[str]] = {
            team: group.object_id for team, group in self.groups.items()
        }
        self.register_outputs({"ids": self.ids})

    def _group(self, team: str) -> azuread.GroupWithoutMembers:
        return azuread.GroupWithoutMembers(
            team,
            display_name=self._args.display_names[team],
            description=TEAMS[team].description,
            security_enabled=True,
            assignable_to_role=TEAMS[team].guarded,
            prevent_duplicate_names=True,
            opts=self._child,
        )
