"""Several objects in one shell: other versions in a site, reads that fail, names that others gave, and rotation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils import migration_endpoints, sync_server
from ansible_collections.mailwave.exchange.plugins.plugin_utils.entries import wanted
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import (
    CreateOnly,
    NotInVersion,
    NotMade,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.keeping import Site, keep, look
from ansible_collections.mailwave.exchange.plugins.plugin_utils.protected_groups import protected_checks

from exchange_admin.cmdlets import Side, complete
from exchange_admin.errors import NotFound, Unreachable
from exchange_admin.port import NOTHING, Result
from rehearsal.wire import CmdletCall
from tests.playbooks.organisation import TwoSites
from tests.playbooks.organisation_checked import a_site, a_sync_admin
from tests.plugins.simulated import SimulatedAdmin, nothing_but

POLICY = {"kind": "authentication_policy", "name": "P", "settings": {"block_legacy_auth_imap": True}}


def bristol(premises: TwoSites, opened: list[str]) -> Site:
    """The second site, whose address is its server with Exchange 2016."""

    def connect(host: str) -> Any:
        opened.append(host)
        server = host.partition(".")[0].upper() or "EX11"
        admin = SimulatedAdmin(
            lambda call: premises.invoke("bristol", call),
            server,
            prepare=lambda *each: complete(*each, Side.ON_PREMISES),
        )
        return nothing_but(admin)

    return Site("http://ex11.bristol.nhsmail.example/PowerShell/", connect)


def test_another_server_of_the_site() -> None:
    """It should ask a server of the site that has such objects, where the site's own address has none (fact B46)."""
    premises, opened = TwoSites(), list[str]()

    result = keep(bristol(premises, opened), [wanted(POLICY)], check=False)

    assert result["changed"]
    assert ["", "ex12.bristol.nhsmail.example"] == opened


def test_a_site_of_2016_alone() -> None:
    """It should refuse by the metadata, and say as unknown when it only looks, where no server has such objects."""
    premises = TwoSites()
    premises.organisation.apply_cumulative_update("EX12", "15.1.2507.6")
    site = bristol(premises, [])

    with pytest.raises(NotInVersion, match="Exchange 2016"):
        keep(site, [wanted(POLICY)], check=False)
    (check,) = look(site, [wanted({**POLICY, "check": "migration-account-policy-blocks"})])["checks"]
    assert "does not exist in Exchange 2016" in check["unknown"]
    assert premises.writes == []


def test_known_by_its_values() -> None:
    """It should correct an override that somebody gave another name, because Exchange lets no second one be."""
    premises = TwoSites()
    premises.run(
        "New-SettingOverride",
        Name="By the script",
        Component="Global",
        Section="ExchangeOnpremAsThirdPartyAppId",
        Parameters=["Enabled=false"],
        Reason="somebody's",
    )
    settings = {
        "component": "Global",
        "section": "ExchangeOnpremAsThirdPartyAppId",
        "parameters": ["Enabled=true"],
        "reason": "ours",
    }

    keep(
        a_site(premises),
        [wanted({"kind": "setting_override", "name": "X", "settings": settings})],
        check=False,
    )

    assert [("By the script", ["Enabled=true"], "somebody's")] == [
        (row["Name"], row["Parameters"], row["Reason"]) for row in premises.run("Get-SettingOverride")
    ]


def test_what_cannot_be_changed_or_made() -> None:
    """It should refuse what only removing and adding changes, and what no play makes."""
    premises = TwoSites()
    space = {"kind": "availability_address_space", "name": "nhsmail.mail.onmicrosoft.com"}

    with pytest.raises(CreateOnly):
        keep(a_site(premises), [wanted({**space, "settings": {"access_method": "OrgWideFB"}})], check=False)
    with pytest.raises(NotFound):
        keep(
            a_site(premises), [wanted({"kind": "role_group_member", "group": "G", "name": "x"})], check=False
        )
    account = {"kind": "account", "name": "nobody", "settings": {"remote_powershell_enabled": True}}
    with pytest.raises(NotMade):
        keep(a_site(premises), [wanted(account)], check=False)


def test_protected_groups() -> None:
    """It should find a server by name in any form, and say of a group that was not read that nobody knows."""
    rows = [{"Members": ["nhsmail.example/Computers/EX01", "Somebody", "EX02$"]}]

    first, second = protected_checks(
        {"Domain Admins": {"rows": rows}, "Replicator": {"error": "gone"}}, ["EX01", "EX02"]
    )

    assert (["ex01", "ex02"], False) == (first["found"], first["holds"])
    assert second["unknown"] == "gone"


def test_sync_four_beats() -> None:
    """It should predict, switch the scheduler on with one cycle, prove it, and then do nothing more."""
    premises = TwoSites()
    premises.sync.scheduled = False
    admin = a_sync_admin(premises)

    assert sync_server.let_run(admin, start=True, check=True)[0]
    assert admin.writes == []
    changed, before, after = sync_server.let_run(admin, start=True, check=False)
    assert (True, False, True) == (changed, before.running, after.running)
    assert ["Set-ADSyncScheduler", "Start-ADSyncSyncCycle"] == admin.writes
    assert not sync_server.let_run(admin, start=True, check=False)[0]
    assert len(admin.writes) == 2


def test_a_suffix_that_nobody_could_read() -> None:
    """It should not take a failed read for a missing suffix."""
    (check,) = sync_server.suffix_checks({"error": "no answer"}, ["x.example"])

    assert check == {"id": "upn-suffix-missing", "subject": "x.example", "unknown": "no answer"}


class Tenant:
    """Migration endpoints, each with what a test of it comes to."""

    def __init__(self, **tests: Callable[[], Result]) -> None:
        self.tests = tests

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        if cmdlet == "Get-MigrationEndpoint":
            return Result([{"Identity": name, "EndpointType": "ExchangeRemoteMove"} for name in self.tests])
        return self.tests[str(parameters["Endpoint"])]()


def _silent() -> Result:
    raise Unreachable(cmdlet="Test-MigrationServerAvailability", why="no answer", attempts=6)


def test_endpoints_are_tested() -> None:
    """It should tell an endpoint that works, one that is refused, and one that nobody could test (facts B8, A19)."""
    tenant = Tenant(
        leeds=lambda: Result([{"Result": "Success", "Message": ""}]),
        bristol=lambda: Result([{"Result": "Failed", "Message": "The user name or password is incorrect."}]),
        york=_silent,
    )

    good, bad, unknown = migration_endpoints.tested(tenant)

    assert (True, "Success") == (good["holds"], good["found"])
    assert (False, "The user name or password is incorrect.") == (bad["holds"], bad["found"])
    assert "no answer" in unknown["unknown"]


def test_more_moves_at_a_time() -> None:
    """It should raise what the simulated servers let through only when all five resources are overridden (fact C5)."""
    premises = TwoSites()
    names = ["CiAgeOfLastNotification", "DiskLatency", "MdbAvailability", "MdbDiskLatency", "MdbReplication"]
    common = {"Component": "WorkloadManagement", "Parameters": ["MaxConcurrency=25"], "Reason": "x"}
    seen = [premises.organisation.door("EX01").moves]
    for name in names:
        call = CmdletCall("x", "New-SettingOverride", {"Name": name, "Section": name, **common})
        assert premises.invoke("leeds", call).errors == []
        seen.append(premises.organisation.door("EX01").moves)

    assert [None, 10, 10, 10, 10, 25] == seen
