"""MRSProxy: its limit, and why it turns moves away (facts B44 to B47, D19)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rehearsal.exchange_online.lab import Lab as Tenant
from rehearsal.exchange_online.options import Options as TenantOptions
from rehearsal.site.lab import Lab
from rehearsal.site.machine import RegistryValue
from rehearsal.site.machine_setup import IIS_CONFIG, LSA, NTLM, REPLICATION_CONFIG
from rehearsal.site.mrs_proxy import Publishing
from rehearsal.site.options import Options

EWS = "EX01\\EWS (Default Web Site)"


@pytest.fixture
def lab() -> Lab:
    """Two sites of one organisation."""
    return Lab(Options())


def test_a_healthy_server_takes_moves_up_to_its_limit(lab: Lab) -> None:
    """It should take a hundredth connection and refuse the next in the words of KB 3091026 (fact B44)."""
    assert "" == lab.knock(connections=99)
    expected = (
        "MRSProxyConnectionLimitReachedTransientException: The Mailbox Replication Proxy Service can't process this "
        "request because it has reached the maximum number of active MRS connections allowed. Current connections: "
        "100, Connections limit: 100."
    )
    assert expected == lab.knock(connections=100)


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (b'<configuration><MRSProxyConfiguration MaxMRSConnections="320" /></configuration>', 320),
        (b'<configuration><mrsproxyconfiguration MaxMRSConnections="320" /></configuration>', 100),
        (b'<configuration><MRSProxyConfiguration maxmrsconnections="320" /></configuration>', 100),
        (b'<configuration><MRSConfiguration MaxMRSConnections="320" /></configuration>', 100),
        (b'<configuration><MRSProxyConfiguration MaxMRSConnections="many" /></configuration>', 100),
        (b"<configuration>", 100),
    ],
)
def test_the_limit_is_in_the_file(lab: Lab, content: bytes, limit: int) -> None:
    """It should take the limit from the file in its exact letters, and Exchange's own where it finds none."""
    now = lab.clock.now
    lab.organisation.machines.change("EX01", lambda there: there.with_file(REPLICATION_CONFIG, content, now))
    lab.restart("EX01")
    assert limit == lab.organisation.door("EX01").limit


def _off(lab: Lab) -> None:
    lab.rows("Set-WebServicesVirtualDirectory", Identity=EWS, MRSProxyEnabled=False)


def _no_windows(lab: Lab) -> None:
    lab.rows("Set-WebServicesVirtualDirectory", Identity=EWS, WindowsAuthentication=False)


def _registry(path: str, name: str, data: int) -> Callable[[Lab], None]:
    def change(lab: Lab) -> None:
        lab.organisation.machines.change(
            "EX01", lambda there: there.with_registry_value(path, name, RegistryValue(data))
        )

    return change


def _published(**how: Any) -> Callable[[Lab], None]:
    def change(lab: Lab) -> None:
        lab.organisation.publishing["leeds"] = replace(Publishing(), **how)

    return change


def _blocked_for_all(lab: Lab) -> None:
    lab.rows("New-AuthenticationPolicy", Name="Block", BlockLegacyAuthWebServices=None)
    lab.rows("Set-OrganizationConfig", DefaultAuthenticationPolicy="Block")


def _no_handler(lab: Lab) -> None:
    now = lab.clock.now
    lab.organisation.machines.change("EX01", lambda there: there.with_file(IIS_CONFIG, b"<a />", now))


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (_off, "(403) Forbidden"),
        (_no_windows, "'Negotiate, NTLM'"),
        (_registry(NTLM, "RestrictReceivingNTLMTraffic", 2), "'Negotiate, NTLM'"),
        (_blocked_for_all, "'Negotiate, NTLM'"),
        (_no_handler, "(405)"),
        (_published(offloads=True), "(401)"),
        (_published(same_certificate=False), "(401)"),
        (_published(authenticates=True), "(401)"),
        (_registry(LSA, "LmCompatibilityLevel", 1), "(401)"),
        (lambda lab: lab.organisation.protected.add("EX01"), "Access is denied"),
    ],
)
def test_a_broken_server_says_why(lab: Lab, break_it: Callable[[Lab], None], said: str) -> None:
    """It should refuse every move in the words that support pages give, while its neighbours of the site may not."""
    break_it(lab)
    assert said in lab.knock("EX01")


@pytest.mark.parametrize(
    "oddity",
    [
        _registry(NTLM, "RestrictReceivingNTLMTraffic", 1),
        _registry(LSA, "LmCompatibilityLevel", 3),
        _published(same_certificate=True),
    ],
)
def test_an_odd_server_is_no_broken_one(lab: Lab, oddity: Callable[[Lab], None]) -> None:
    """It should take moves where a setting is unusual but allowed."""
    oddity(lab)
    assert "" == lab.knock("EX01")


def test_offloading_is_fine_without_extended_protection(lab: Lab) -> None:
    """It should take moves through an offloading device where Extended Protection is off (fact D19)."""
    lab.organisation.publishing["leeds"] = replace(Publishing(), offloads=True)
    lab.rows("Set-WebServicesVirtualDirectory", Identity=EWS, ExtendedProtectionTokenChecking="None")
    assert "" == lab.knock("EX01")


def test_the_accounts_own_policy_wins(lab: Lab) -> None:
    """It should let the migration account in by a policy of its own where the usual one blocks NTLM (fact B46)."""
    _blocked_for_all(lab)
    lab.rows("New-AuthenticationPolicy", Name="Allow")
    lab.rows("Set-User", Identity="svc-migration", AuthenticationPolicy="Allow")
    assert "" == lab.knock(account="NHSMAIL\\svc-migration")
    assert "'Negotiate, NTLM'" in lab.knock(account="NHSMAIL\\svc-other")


def test_the_reset_after_an_update_reaches_moves(lab: Lab) -> None:
    """It should let 320 moves in at once after the limit was raised, and 100 after the next update (fact B44)."""
    lab.configure("EX01", 'MaxMRSConnections="100"', 'MaxMRSConnections="320"')
    lab.restart("EX01")
    raised = lab.organisation.door("EX01").limit
    lab.organisation.apply_cumulative_update("EX01", "15.2.2562.17")
    assert (320, 100) == (raised, lab.organisation.door("EX01").limit)


def _tenant(lab: Lab, moves: int) -> Tenant:
    """A tenant that moves mailboxes of EX01 of the organisation in *lab*."""
    tenant = Tenant([None] * moves, server="EX01", options=TenantOptions(other_tenants="none"))
    tenant.source.doors = lab.organisation.door
    tenant.start_batch()
    return tenant


def details(tenant: Tenant) -> list[str]:
    """What each move is doing."""
    return [row["StatusDetail"] for row in tenant.rows("Get-MoveRequestStatistics", Identity=None)]


def test_the_service_waits_at_the_servers_limit(lab: Lab) -> None:
    """It should run only as many moves at once as the server's file lets through (fact B44)."""
    lab.configure("EX01", 'MaxMRSConnections="100"', 'MaxMRSConnections="2"')
    lab.restart("EX01")
    tenant = _tenant(lab, 5)
    tenant.advance(minutes=25)
    shown = details(tenant)
    assert (2, 3) == (len(shown) - shown.count("ProxyBackoff"), shown.count("ProxyBackoff"))


def test_the_service_fails_a_move_that_is_turned_away(lab: Lab) -> None:
    """It should fail a move after half an hour with the server's words (facts B43, B46)."""
    _off(lab)
    tenant = _tenant(lab, 1)
    tenant.advance(minutes=25)
    assert ["TransientFailure"] == details(tenant)
    tenant.advance(hours=1)
    assert "Failed" == tenant.status()
    assert "(403) Forbidden" in tenant.user()["ErrorSummary"]


def test_a_repaired_server_lets_the_move_go_on(lab: Lab) -> None:
    """It should go on with a move where the cause went away within the half hour."""
    _off(lab)
    tenant = _tenant(lab, 1)
    tenant.advance(minutes=25)
    lab.rows("Set-WebServicesVirtualDirectory", Identity=EWS, MRSProxyEnabled=True)
    tenant.advance(hours=12)
    assert "Synced" == tenant.status()
