"""Whose administrators may act on whom: a unit for each integrated care board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from infra.settings.identity import CareBoard


@dataclass(frozen=True)
class AdministrativeUnitsArgs:
    """*care_boards*: each code once."""

    care_boards: Sequence[CareBoard]


class AdministrativeUnits(pulumi.ComponentResource):
    """One administrative unit a board, without members: those come from the directory's own data."""

    def __init__(
        self, name: str, args: AdministrativeUnitsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("mailwave:identity:AdministrativeUnits", name, None, opts)
        self._child = pulumi.ResourceOptions(
            parent=self, retain_on_delete=opts.retain_on_delete if opts else None
        )

        self.units = {board.code: self._unit(board) for board in args.care_boards}

        self.ids: dict[str, pulumi.Output[str]] = {code: unit.object_id for code, unit in self.units.items()}
        self.register_outputs({"ids": self.ids})

    def _unit(self, board: CareBoard) -> azuread.AdministrativeUnit:
        return azuread.AdministrativeUnit(
            board.code,
            display_name=f"{board.code} {board.name}",
            description="People of the organisations of this integrated care board",
            hidden_membership_enabled=False,
            prevent_duplicate_names=True,
            opts=self._child,
        )
