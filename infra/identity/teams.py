"""The two groups of people behind a move: those who run it and those who approve it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

DUTIES: Mapping[str, str] = {
    "operators": "Plan and run the mail migration",
    "approvers": "Approve waves of the mail migration; nobody belongs to both groups",
}
"""Each group's logical name and its description."""


@dataclass(frozen=True)
class TeamsArgs:
    """*display_names*: for each duty, a name that is unique in the tenant."""

    display_names: Mapping[str, str]


class Teams(pulumi.ComponentResource):
    """One security group a duty, without members: a person's membership is granted elsewhere and expires."""

    def __init__(self, name: str, args: TeamsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:identity:Teams", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.groups = {duty: self._group(duty) for duty in DUTIES}

        self.ids: dict[str, pulumi.Output[str]] = {
            duty: group.object_id for duty, group in self.groups.items()
        }
        self.register_outputs({"ids": self.ids})

    def _group(self, duty: str) -> azuread.Group:
        return azuread.Group(
            duty,
            display_name=self._args.display_names[duty],
            description=DUTIES[duty],
            security_enabled=True,
            prevent_duplicate_names=True,
            opts=self._child,
        )
