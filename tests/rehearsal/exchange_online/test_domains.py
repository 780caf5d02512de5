"""Accepted domains and the organisation."""

from __future__ import annotations

from tests.rehearsal.exchange_online.driver import Driver


def test_a_domain_is_updated_in_place() -> None:
    """It should change what was set and nothing else."""
    driver = Driver()

    driver.rows("Set-AcceptedDomain", Identity="nhsmail.example", DomainType="InternalRelay")

    row = driver.rows("Get-AcceptedDomain", Identity="NHSmail.example")[0]
    assert ("InternalRelay", True, False) == (row["DomainType"], row["Default"], row["MatchSubDomains"])


def test_subdomains_need_a_relay_domain() -> None:
    """It should refuse to match subdomains of an authoritative domain, and keep the old value."""
    driver = Driver()

    status, _, _ = driver.refusal("Set-AcceptedDomain", Identity="nhsmail.example", MatchSubDomains=True)

    assert status == 400
    assert not driver.rows("Get-AcceptedDomain", Identity="nhsmail.example")[0]["MatchSubDomains"]


def test_an_unknown_domain_is_not_found() -> None:
    """It should say 404 on a read and 400 on a write (fact A22)."""
    driver = Driver()

    read = driver.refusal("Get-AcceptedDomain", Identity="contoso.example")
    write = driver.refusal("Set-AcceptedDomain", Identity="contoso.example", OutboundOnly=True)

    assert (404, 400) == (read[0], write[0])
    assert read[1] == write[1] == "ManagementObjectNotFoundException"


def test_the_organisation_names_itself() -> None:
    """It should return one organisation with the tenant's id."""
    driver = Driver()

    rows = driver.rows("Get-OrganizationConfig")

    assert [driver.estate.tenant_id] == [row["Guid"] for row in rows]
