"""DKIM signing."""

from __future__ import annotations

from tests.rehearsal.exchange_online.driver import Driver

DOMAIN = "nhsmail.example"


def test_a_tenant_signs_for_its_own_domain() -> None:
    """It should have one configuration from the beginning, which stays."""
    driver = Driver()

    (row,) = driver.rows("Get-DkimSigningConfig")

    assert ("nhsmail.onmicrosoft.com", True, "Valid") == (row["Domain"], row["Enabled"], row["Status"])


def test_signing_waits_for_both_records() -> None:
    """It should be made switched off, tell the records that it needs, and be refused until they are public."""
    driver = Driver()
    at_once = driver.refusal("New-DkimSigningConfig", DomainName=DOMAIN, Enabled=True)
    (row,) = driver.rows("New-DkimSigningConfig", DomainName=DOMAIN, Enabled=False, KeySize=2048)
    later = driver.refusal("Set-DkimSigningConfig", Identity=DOMAIN, Enabled=True)

    assert ("ValidationException", "ValidationException") == (at_once[1], later[1])
    assert "selector1-nhsmail-example._domainkey.nhsmail.onmicrosoft.com" == row["Selector1CNAME"]
    assert (2048, 2048, "CnameMissing") == (row["Selector1KeySize"], row["Selector2KeySize"], row["Status"])
    assert row["Selector1CNAME"] in later[2]


def test_signing_begins_once_they_are_public() -> None:
    """It should be switched on when the public DNS has both records, and not with one of them."""
    driver = Driver()
    (row,) = driver.rows("New-DkimSigningConfig", DomainName=DOMAIN, Enabled=False)
    statuses = []
    for number in (1, 2):
        driver.published[f"selector{number}._domainkey.{DOMAIN}"] = row[f"Selector{number}CNAME"] + "."
        statuses.append(driver.post("Set-DkimSigningConfig", {"Identity": DOMAIN, "Enabled": True}).status)

    assert [400, 200] == statuses
    assert "Valid" == driver.rows("Get-DkimSigningConfig", Identity=DOMAIN)[0]["Status"]


def test_only_accepted_domains_are_signed() -> None:
    """It should refuse a domain that the tenant does not have, and one that it signs already."""
    driver = Driver()

    foreign = driver.refusal("New-DkimSigningConfig", DomainName="partner.example", Enabled=False)
    twice = driver.refusal("New-DkimSigningConfig", DomainName="nhsmail.onmicrosoft.com", Enabled=True)

    assert ("TaskArgumentException", "ADObjectAlreadyExistsException") == (foreign[1], twice[1])
