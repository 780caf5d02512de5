"""What the way back costs, read at the simulated sites and tenant."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailwave.adapters.target import Target
from mailwave.core.placement.granted import Grant
from mailwave.core.rollback import Cost, NoRoomAtSite, refuse_short
from mailwave.runbooks.cost_return import CostReturn
from rehearsal.estate import GIB
from rehearsal.site.machine import Disk, Machine
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.operator import GRANTED, Operator
from tests.mailwave.rehearsed.services import Services

FREE = 1_400 * GIB
"""Of the volume with the databases of each simulated server, as it was installed."""

WHITE = 512 * 1024**2
"""Within the file of each database."""


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator who has discovered the estate."""
    found = Operator(Services(), tmp_path)
    found.discover()
    return found


def costed(operator: Operator, site: str) -> Cost:
    """What it costs to bring all mailboxes of *site* back."""
    limits = {**GRANTED.limits, "bytes_an_hour_move": Grant(10**9), "concurrent_moves": Grant(100)}
    granted = type(GRANTED)(GRANTED.profile, limits, GRANTED.places, 10, 14)
    with (
        operator.ledger() as ledger,
        operator.services.source() as source,
        operator.services.cloud(Boundary(), dry_run=True) as admin,
    ):
        mine = [record for record in ledger.mailboxes() if record.mailbox.site == site]
        return CostReturn(operator.clock, ledger, granted, source, Target(admin)).run(mine)


def test_room_is_what_the_volumes_have(operator: Operator) -> None:
    """It should count each server's volume once, and the free pages of each database on it."""
    with operator.ledger() as ledger:
        mine = [r.mailbox for r in ledger.mailboxes() if r.mailbox.site == "leeds"]
    databases, servers = {box.database for box in mine}, {box.server for box in mine}

    (site,) = costed(operator, "leeds").sites

    assert len(databases) * WHITE + len(servers) * FREE == site.free
    assert sum(box.size_bytes or 0 for box in mine) == site.bytes
    assert site.hours >= max(box.size_bytes or 0 for box in mine) / 10**9


def test_a_full_volume_is_refused(operator: Operator) -> None:
    """It should refuse the way back to a site whose disks are full, before anything is started."""

    def full(machine: Machine) -> Machine:
        return replace(machine, disks=machine.disks.with_item("D", Disk("D", 4_000 * GIB, 0)))

    for site in operator.services.sites.values():
        for name in [machine.name for machine in site.machines]:
            site.machines.change(name, full)

    with pytest.raises(NoRoomAtSite):
        refuse_short(costed(operator, "leeds"), hours=timedelta(days=30) / timedelta(hours=1))


def test_nobody_was_born_in_the_cloud(operator: Operator) -> None:
    """It should name nobody where all of the organisation's mailboxes came from a site."""
    assert () == costed(operator, "leeds").born
