"""Connectors, accepted domains and transport rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.exchange_online.driver import Driver

TO_LEEDS: dict[str, Any] = {
    "Name": "To Leeds",
    "ConnectorType": "OnPremises",
    "RecipientDomains": ["nhsmail.example"],
    "SmartHosts": ["mail.leeds.nhsmail.example"],
    "UseMXRecord": False,
    "TlsSettings": "DomainValidation",
    "TlsDomain": "mail.leeds.nhsmail.example",
    "CloudServicesMailEnabled": True,
}
FROM_LEEDS: dict[str, Any] = {
    "Name": "From Leeds",
    "ConnectorType": "OnPremises",
    "SenderDomains": ["*"],
    "TlsSenderCertificateName": "mail.leeds.nhsmail.example",
    "CloudServicesMailEnabled": True,
}


def named(driver: Driver, noun: str, name: str) -> list[dict[str, Any]]:
    """Return the objects of this name, of which there may be none."""
    return [row for row in driver.rows(f"Get-{noun}") if row["Name"] == name]


def test_an_outbound_connector_is_kept_as_it_was_given() -> None:
    """It should show what was said, and the defaults of what was not."""
    driver = Driver()
    driver.rows("New-OutboundConnector", **TO_LEEDS)

    (row,) = named(driver, "OutboundConnector", "To Leeds")

    assert TO_LEEDS == {name: row[name] for name in TO_LEEDS}
    assert (True, "Default", False) == (row["Enabled"], row["ConnectorSource"], row["TestMode"])


def test_a_connector_in_test_mode_is_hidden() -> None:
    """It should list it only for who asks for such connectors."""
    driver = Driver()
    driver.rows("New-OutboundConnector", **TO_LEEDS, TestMode=True)

    assert [] == named(driver, "OutboundConnector", "To Leeds")
    assert 2 == len(driver.rows("Get-OutboundConnector", IncludeTestModeConnectors=True))


@pytest.mark.parametrize(
    "change",
    [
        {"RecipientDomains": []},
        {"UseMXRecord": True},
        {"SmartHosts": []},
        {"TlsSettings": "EncryptionOnly"},
        {"TlsDomain": None},
        {"ConnectorType": "Partner"},
        {"ConnectorType": "Telegraph"},
    ],
)
def test_an_outbound_connector_keeps_its_rules(change: dict[str, Any]) -> None:
    """It should refuse a combination that makes no sense, and make nothing."""
    driver = Driver()

    status, _, _ = driver.refusal("New-OutboundConnector", **TO_LEEDS | change)

    assert status == 400
    assert [] == named(driver, "OutboundConnector", "To Leeds")


@pytest.mark.parametrize(
    "change",
    [
        {"TlsSenderCertificateName": None},
        {"ConnectorType": "Partner"},
        {"SenderDomains": []},
        {"SenderDomains": ["a.*.example"]},
        {"SenderIPAddresses": ["192.0.2.0/23"]},
        {"SenderIPAddresses": ["192.0.2.1-192.0.2.9"]},
        {"RestrictDomainsToCertificate": True},
        {"TreatMessagesAsInternal": True},
        {"AssociatedAcceptedDomains": ["partner.example"]},
    ],
)
def test_an_inbound_connector_keeps_its_rules(change: dict[str, Any]) -> None:
    """It should refuse what proves no sender, what belongs to the other type, and addresses that it does not take."""
    driver = Driver()

    status, _, _ = driver.refusal("New-InboundConnector", **FROM_LEEDS | change)

    assert status == 400
    assert [] == named(driver, "InboundConnector", "From Leeds")


def test_sender_domains_are_shown_as_address_spaces() -> None:
    """It should show `smtp:*;1` for `*`, and find it when it is removed as it was given."""
    driver = Driver()
    driver.rows("New-InboundConnector", **FROM_LEEDS)
    change = {"@odata.type": "#Exchange.GenericHashTable", "Add": ["*.a.example"], "Remove": ["*"]}
    (before,) = named(driver, "InboundConnector", "From Leeds")

    driver.rows("Set-InboundConnector", Identity="From Leeds", SenderDomains=change)

    (after,) = named(driver, "InboundConnector", "From Leeds")
    assert (["smtp:*;1"], ["smtp:*.a.example;1"]) == (before["SenderDomains"], after["SenderDomains"])


def test_addresses_prove_a_sender_too() -> None:
    """It should take a connector of type OnPremises that knows its senders by address alone."""
    driver = Driver()
    given = FROM_LEEDS | {
        "TlsSenderCertificateName": None,
        "SenderIPAddresses": ["192.0.2.0/24", "198.51.100.7"],
    }

    (row,) = driver.rows("New-InboundConnector", **given)

    assert ["192.0.2.0/24", "198.51.100.7"] == row["SenderIPAddresses"]


def test_a_certificate_name_changes_in_place() -> None:
    """It should take another certificate name while the connector stays."""
    driver = Driver()
    driver.rows("New-InboundConnector", **FROM_LEEDS)

    driver.rows("Set-InboundConnector", Identity="From Leeds", TlsSenderCertificateName="*.nhsmail.example")

    assert (
        "*.nhsmail.example" == named(driver, "InboundConnector", "From Leeds")[0]["TlsSenderCertificateName"]
    )


def test_a_domain_is_updated_in_place() -> None:
    """It should change what was set and nothing else."""
    driver = Driver()

    driver.rows(
        "Set-AcceptedDomain", Identity="nhsmail.example", DomainType="InternalRelay", MatchSubDomains=True
    )

    row = driver.rows("Get-AcceptedDomain", Identity="NHSmail.example")[0]
    assert ("InternalRelay", True, True) == (row["DomainType"], row["Default"], row["MatchSubDomains"])


def test_subdomains_need_a_relay_domain() -> None:
    """It should refuse to match subdomains of an authoritative domain, and keep the old value."""
    driver = Driver()

    status, _, _ = driver.refusal("Set-AcceptedDomain", Identity="nhsmail.example", MatchSubDomains=True)

    assert status == 400
    assert not driver.rows("Get-AcceptedDomain", Identity="nhsmail.example")[0]["MatchSubDomains"]


def test_remote_domains_share_no_domain() -> None:
    """It should refuse a second one for a domain, and to be rid of the one for everybody."""
    driver = Driver()
    driver.rows("New-RemoteDomain", Name="Partner", DomainName="*.partner.example")

    twice = driver.refusal("New-RemoteDomain", Name="Again", DomainName="*.PARTNER.example")
    gone = driver.refusal("Remove-RemoteDomain", Identity="Default", Confirm=False)

    assert "TaskInvalidOperationException" == twice[1] == gone[1]


def test_rules_have_an_order() -> None:
    """It should put a rule where it is asked to, others after it, and close the gap of one that goes."""
    driver = Driver()
    for name in ("a", "b", "c"):
        driver.rows("New-TransportRule", Name=name, DeleteMessage=True)
    driver.rows("Set-TransportRule", Identity="c", Priority=0)
    beyond = driver.refusal("Set-TransportRule", Identity="c", Priority=3)
    driver.rows("Remove-TransportRule", Identity="a", Confirm=False)

    rows = driver.rows("Get-TransportRule")

    assert [("c", 0), ("b", 1)] == [(row["Name"], row["Priority"]) for row in rows]
    assert 400 == beyond[0]


def test_a_rule_is_switched() -> None:
    """It should be made as asked, and be switched by cmdlets of its own."""
    driver = Driver()
    driver.rows(
        "New-TransportRule",
        Name="a",
        PrependSubject="[External]",
        FromScope="NotInOrganization",
        Enabled=False,
    )
    states = [driver.rows("Get-TransportRule")[0]["State"]]
    for verb in ("Enable", "Disable"):
        driver.rows(f"{verb}-TransportRule", Identity="A")
        states.append(driver.rows("Get-TransportRule")[0]["State"])

    driver.rows("Enable-TransportRule", Identity="a", Mode="AuditAndNotify")
    states.append(driver.rows("Get-TransportRule")[0]["Mode"])
    driver.rows("Disable-TransportRule", Identity="a")

    assert ["Disabled", "Enabled", "Disabled", "AuditAndNotify"] == states
    assert [] == driver.rows("Get-TransportRule", State="Enabled")


@pytest.mark.parametrize(
    "given",
    [
        {"FromScope": "NotInOrganization"},
        {"SetHeaderName": "X-Origin"},
        {"HeaderContainsMessageHeader": "X-Origin", "DeleteMessage": True},
        {"SetSCL": 10},
        {"RouteMessageOutboundConnector": "nowhere"},
        {"DeleteMessage": True, "Priority": 1},
    ],
)
def test_a_rule_keeps_its_rules(given: dict[str, Any]) -> None:
    """It should refuse one without an action, half a header, a number out of bounds and an unknown connector."""
    driver = Driver()

    assert 400 == driver.refusal("New-TransportRule", Name="a", **given)[0]
    assert [] == driver.rows("Get-TransportRule")
