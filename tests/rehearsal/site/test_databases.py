"""Databases, copies, maintenance, certificates and the health of servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rehearsal.site.lab import Lab
from rehearsal.site.options import Options


@pytest.fixture
def lab() -> Lab:
    """Two sites of one organisation."""
    return Lab(Options())


def mounted(lab: Lab, server: str) -> list[object]:
    """The databases whose active copy is on *server*."""
    lab.wait(minutes=20)
    return [row["Name"] for row in lab.rows("Get-MailboxDatabase", Server=server)]


def test_servers_of_one_build_share_a_group(lab: Lab) -> None:
    """It should have one group of the servers of a site that may share one, with a copy of each database on all."""
    (group,) = lab.rows("Get-DatabaseAvailabilityGroup", Status=None)
    assert ["EX01", "EX02", "EX03"] == group["Servers"] == group["OperationalServers"]
    copies = lab.rows("Get-MailboxDatabaseCopyStatus", Identity="DB01")
    assert [("DB01\\EX01", "Mounted"), ("DB01\\EX02", "Healthy"), ("DB01\\EX03", "Healthy")] == [
        (row["Identity"], row["Status"]) for row in copies
    ]
    assert 2 == len(lab.rows("Get-MailboxDatabaseCopyStatus", Server="EX11"))


def test_an_active_copy_moves(lab: Lab) -> None:
    """It should mount a database elsewhere, with its mailboxes, and refuse a server without a copy."""
    asked = {"Identity": "DB01", "ActivateOnServer": "EX02"}
    assert "prompts the user" in lab.refused("Move-ActiveMailboxDatabase", **asked)
    (moved,) = lab.rows("Move-ActiveMailboxDatabase", Confirm=False, **asked)
    assert ("EX01", "EX02") == (moved["ActiveServerAtStart"], moved["ActiveServerAtEnd"])
    assert ["DB01", "DB03", "DB04"] == sorted(map(str, mounted(lab, "EX02")))
    assert {"ex02"} == {row["ServerName"] for row in lab.rows("Get-Mailbox", Database="DB01")}
    far = lab.refused("Move-ActiveMailboxDatabase", Identity="DB01", ActivateOnServer="EX11", Confirm=False)
    assert "does not host a copy" in far


def test_a_server_goes_into_maintenance_and_back(lab: Lab) -> None:
    """It should drain a server, give its databases away, take everything offline, and bring it back."""
    lab.rows(
        "Set-ServerComponentState",
        Identity="EX01",
        Component="HubTransport",
        State="Draining",
        Requester="Maintenance",
    )
    lab.rows("Redirect-Message", Server="EX01", Target="ex02.leeds.nhsmail.example", Confirm=False)
    assert {0} == {row["MessageCount"] for row in lab.rows("Get-Queue", Server="EX01")}
    blocked: dict[str, Any] = {
        "DatabaseCopyAutoActivationPolicy": "Blocked",
        "DatabaseCopyActivationDisabledAndMoveNow": True,
    }
    lab.rows("Set-MailboxServer", Identity="EX01", **blocked)
    assert [] == mounted(lab, "EX01")
    offline: dict[str, Any] = {
        "Identity": "EX01",
        "Component": "ServerWideOffline",
        "Requester": "Maintenance",
    }
    lab.rows("Set-ServerComponentState", State="Inactive", **offline)
    states = {row["Component"]: row["State"] for row in lab.rows("Get-ServerComponentState", Identity="EX01")}
    assert ("Inactive", "Active") == (states["EwsProxy"], states["Monitoring"])
    lab.rows("Set-ServerComponentState", State="Active", **offline)
    lab.rows(
        "Set-ServerComponentState",
        Identity="EX01",
        Component="HubTransport",
        State="Active",
        Requester="Maintenance",
    )
    states = {row["Component"]: row["State"] for row in lab.rows("Get-ServerComponentState", Identity="EX01")}
    assert {"Active"} == set(states.values())


def test_one_requester_is_enough(lab: Lab) -> None:
    """It should keep a component inactive as long as anybody asks for it."""
    asked = {"Identity": "EX01", "Component": "EwsProxy"}
    for requester, state in (
        ("Maintenance", "Inactive"),
        ("HealthAPI", "Inactive"),
        ("Maintenance", "Active"),
    ):
        lab.rows("Set-ServerComponentState", State=state, Requester=requester, **asked)
    assert ["Inactive"] == [row["State"] for row in lab.rows("Get-ServerComponentState", **asked)]
    assert "not recognised" in lab.refused("Get-ServerComponentState", Identity="EX01", Component="Engine")


def test_the_only_copy_stays(lab: Lab) -> None:
    """It should leave a database mounted where no other server has a copy."""
    lab.rows("Set-MailboxServer", Identity="EX11", DatabaseCopyActivationDisabledAndMoveNow=True)
    assert ["DB11", "DB12"] == mounted(lab, "EX11")


def test_a_stopped_service_is_told(lab: Lab) -> None:
    """It should say which required service of a server does not run."""
    lab.organisation.machines.change("EX01", lambda there: there.service_stopped("MSExchangeTransport"))
    rows = lab.rows("Test-ServiceHealth", Server="EX01")
    assert {"Hub Transport Server Role": ["MSExchangeTransport"]} == {
        str(row["Role"]): row["ServicesNotRunning"] for row in rows if not row["RequiredServicesRunning"]
    }


def test_both_faces_see_one_store(lab: Lab) -> None:
    """It should list the certificates of the machine's store, and bind services there."""
    machine = lab.organisation.machines["EX01"]
    rows = lab.rows("Get-ExchangeCertificate", Server="EX01")
    assert list(machine.certificates) == [row["Thumbprint"] for row in rows]
    public = next(each for each in machine.certificates.values() if not each.self_signed)
    newer = replace(public, thumbprint="AB" * 20, services=frozenset())
    lab.organisation.machines.put(machine.with_certificate(newer))
    asked = {"Server": "EX01", "Thumbprint": newer.thumbprint, "Services": "IIS,SMTP"}
    assert "Overwrite the existing default SMTP certificate" in lab.refused(
        "Enable-ExchangeCertificate", **asked
    )
    lab.rows("Enable-ExchangeCertificate", Force=None, **asked)
    services = {
        each["Thumbprint"]: each["Services"] for each in lab.rows("Get-ExchangeCertificate", Server="EX01")
    }
    assert ("IIS, SMTP", "SMTP") == (services[newer.thumbprint], services[public.thumbprint])
    assert {"IIS", "SMTP"} == lab.organisation.machines["EX01"].certificates[newer.thumbprint].services


def test_a_certificate_that_does_not_serve_is_refused(lab: Lab) -> None:
    """It should refuse a certificate that has expired, has no key, or is not there."""
    machine = lab.organisation.machines["EX01"]
    public = next(each for each in machine.certificates.values() if not each.self_signed)
    old = replace(public, thumbprint="CD" * 20, not_after=lab.clock.now - timedelta(days=1))
    bare = replace(public, thumbprint="EF" * 20, has_private_key=False)
    lab.organisation.machines.put(machine.with_certificate(old).with_certificate(bare))
    asked: dict[str, Any] = {"Server": "EX01", "Services": "SMTP", "Force": None}
    said = [
        lab.refused("Enable-ExchangeCertificate", Thumbprint=thumbprint, **asked)
        for thumbprint in (old.thumbprint, bare.thumbprint, "00" * 20)
    ]
    assert ["isn't valid", "private key", "was not found"] == [
        next(words for words in ("isn't valid", "private key", "was not found") if words in text)
        for text in said
    ]


def test_a_certificate_is_removed_on_its_server_only(lab: Lab) -> None:
    """It should remove a certificate from one server's store."""
    public = next(
        each for each in lab.organisation.machines["EX01"].certificates.values() if not each.self_signed
    )
    identity = f"EX01\\{public.thumbprint}"
    assert "prompts the user" in lab.refused("Remove-ExchangeCertificate", Identity=identity)
    lab.rows("Remove-ExchangeCertificate", Identity=identity, Confirm=False)
    there = [public.thumbprint in lab.organisation.machines[name].certificates for name in ("EX01", "EX02")]
    assert [False, True] == there
