"""Overrides of workload management, from the cmdlet to the moves of the simulated service (fact C5)."""

from __future__ import annotations

import pytest

from rehearsal.estate import GIB
from rehearsal.exchange_online.lab import Lab as Tenant
from rehearsal.exchange_online.options import Options as TenantOptions
from rehearsal.site.lab import Lab
from rehearsal.site.options import Options
from rehearsal.site.workload import MOST, SECTIONS, moves

BUILD = "Version 15.2 (Build 1748.10)"


def an_override(section: str, value: str, **others: object) -> dict[str, object]:
    return {
        "ComponentName": "WorkloadManagement",
        "SectionName": section,
        "Parameters": [value],
        "MinVersion": None,
        "MaxVersion": None,
        "Server": [],
        **others,
    }


def all_but(*sections: str, **others: object) -> list[dict[str, object]]:
    return [an_override(name, "MaxConcurrency=40", **others) for name in SECTIONS if name not in sections]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ([], None),
        (all_but(), 40),
        (all_but("DiskLatency"), 10),
        ([*all_but("DiskLatency"), an_override("DiskLatency", "maxconcurrency=25")], 25),
        (all_but(Server=["EX02"]), None),
        (all_but(Server=["ex01"]), 40),
        (all_but(MinVersion="15.2.2562.0"), None),
        (all_but(MaxVersion="15.2.2562.0"), 40),
        ([an_override(name, "MaxConcurrency=500") for name in SECTIONS], MOST),
        ([an_override(name, "Enabled=true") for name in SECTIONS], None),
    ],
)
def test_the_lowest_decides(overrides: list[dict[str, object]], expected: int | None) -> None:
    """It should take the lowest of the five that are meant for the server, and ten for one that is not overridden."""
    assert expected == moves(overrides, BUILD, "EX01")


@pytest.mark.parametrize(("limit", "running"), [(None, 10), (12, 12)])
def test_the_service_lets_more_moves_through(limit: int | None, running: int) -> None:
    """It should run ten moves of a server at a time, and as many as the overrides say where they say something."""
    lab = Lab(Options())
    for section in SECTIONS if limit else ():
        given = {
            "Component": "WorkloadManagement",
            "Section": section,
            "Parameters": [f"MaxConcurrency={limit}"],
        }
        lab.rows("New-SettingOverride", Name=section, Reason="more moves", **given)
    tenant = Tenant([None] * 14, server="EX01", size=10 * GIB, options=TenantOptions(other_tenants="none"))
    tenant.source.doors = lab.organisation.door
    tenant.rows("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentMigrations=50)
    tenant.start_batch()
    tenant.advance(minutes=25)

    details = [row["StatusDetail"] for row in tenant.rows("Get-MoveRequestStatistics", Identity=None)]

    assert running == len([each for each in details if not each.startswith("Stalled")])
