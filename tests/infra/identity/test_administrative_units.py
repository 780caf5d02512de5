"""A unit for each integrated care board."""

from __future__ import annotations

import pulumi

from infra.identity.administrative_units import AdministrativeUnits, AdministrativeUnitsArgs
from infra.settings.identity import CareBoard
from tests.infra.doubles import Clouds


@pulumi.runtime.test
def test_makes_a_unit_a_board() -> pulumi.Output[None]:
    """It should make one unit a board, with code and name, and leave its members to the directory."""
    clouds = Clouds().install("identity-rehearsal")
    boards = [CareBoard(code="QWO", name="West Yorkshire"), CareBoard(code="QVV", name="Dorset")]

    units = AdministrativeUnits("boards", AdministrativeUnitsArgs(boards))

    def check(_: object) -> None:
        made = [each.inputs for each in clouds.of_type("azuread:index/administrativeUnit:AdministrativeUnit")]
        assert {"QWO West Yorkshire", "QVV Dorset"} == {unit["displayName"] for unit in made}
        assert all(unit["preventDuplicateNames"] and "members" not in unit for unit in made)

    return pulumi.Output.all(*units.ids.values()).apply(check)
