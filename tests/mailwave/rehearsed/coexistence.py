"""The two halves of the rehearsed organisation: joined, broken by hand, and read by the real clients."""

from __future__ import annotations

from typing import Any

from mailwave.adapters.coexistence import BothHalves, Halves
from rehearsal.wire import CmdletCall
from tests.mailwave.rehearsed.aftercare_acts import sites
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.services import Services

APPLICATION = "7f1c33a2-0000-4000-8000-0000000000a1"
"""The client id of the organisation's own application."""


def at_sites(services: Services, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run *cmdlet* at the first site, as an administrator does."""
    done = services.sites["leeds"].invoke(CmdletCall("REHEARSAL\\migration", cmdlet, parameters))
    assert not done.errors, done.errors
    return [dict(row) for row in done.rows]


def at_cloud(services: Services, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run *cmdlet* in Exchange Online, as an administrator does."""
    return [dict(row) for row in services.cloud(Boundary()).invoke(cmdlet, parameters).rows]


def join(services: Services) -> None:
    """What play 28 and the stack identity add to what the Hybrid Configuration Wizard left (fact D21)."""
    (server,) = [row for row in at_sites(services, "Get-AuthServer") if row["Type"] == "AzureAD"]
    sites("Set-AuthServer", Identity=server["Name"], ApplicationIdentifier=APPLICATION)(services)
    sites(
        "New-SettingOverride",
        Name="EnableExchangeHybrid3PAppFeature",
        Component="Global",
        Section="ExchangeOnpremAsThirdPartyAppId",
        Parameters=["Enabled=true"],
        Reason="Exchange calls Exchange Online as its own application",
    )(services)


def both_halves(services: Services, *, graph: bool = True) -> BothHalves:
    """The real reader of both halves; without *graph*, of a tenant whose endpoints file names none."""
    site = services.estate.sites[0]
    halves = Halves(
        lambda: services.premises(site.name),
        site.servers[0].name,
        services.cloud(Boundary(), dry_run=True),
        services.graph_client(Boundary()) if graph else None,
    )
    tenant = services.estate.tenant
    return BothHalves(
        halves,
        mail_domain=tenant.mail_domain,
        routing_domain=tenant.routing_domain,
        now=lambda: services.clock.now,
    )
