"""The table of objects: every row is something that Exchange Online has."""

import pytest

from exchange_admin import cmdlets
from exchange_admin.cmdlets import Side
from infra.exchange.table import MIGRATION_ENDPOINT, TYPES, ObjectType

TYPE_LIST = list(TYPES.values())


@pytest.mark.parametrize("kind", TYPE_LIST, ids=lambda kind: kind.noun)
def test_every_cmdlet_and_parameter_exists_online(kind: ObjectType) -> None:
    """It should send only cmdlets and parameters that exist in Exchange Online."""
    settable = {prop.parameter: None for prop in kind.properties if prop.settable}
    cmdlets.check(kind.cmdlet("Get"), {"Identity": "x"}, Side.ONLINE)
    cmdlets.check(kind.cmdlet("Set"), {"Identity": "x", "Confirm": False} | settable, Side.ONLINE)
    if kind.owned:
        every = {prop.parameter: None for prop in kind.properties}
        cmdlets.check(kind.cmdlet("New"), {"Name": "x"} | every, Side.ONLINE)
        cmdlets.check(kind.cmdlet("Remove"), {"Identity": "x"}, Side.ONLINE)


@pytest.mark.parametrize(
    ("changes", "live", "expected"),
    [
        ({}, (20, 30), {}),
        ({"MaxConcurrentMigrations": 30}, (100, 20), {"MaxConcurrentMigrations": 30}),
        (
            {"MaxConcurrentMigrations": 30},
            (100, 40),
            {"MaxConcurrentMigrations": 30, "MaxConcurrentIncrementalSyncs": 30},
        ),
        (
            {"MaxConcurrentIncrementalSyncs": 40},
            (30, 50),
            {"MaxConcurrentIncrementalSyncs": 30},
        ),
    ],
)
def test_incremental_syncs_never_exceed_migrations(
    changes: dict[str, int], live: tuple[int, int], expected: dict[str, int]
) -> None:
    """It should lower incremental syncs with migrations, as Exchange wants (fact B2)."""
    row = dict(zip(("MaxConcurrentMigrations", "MaxConcurrentIncrementalSyncs"), live, strict=True))
    assert expected == MIGRATION_ENDPOINT.settled(changes, row)
