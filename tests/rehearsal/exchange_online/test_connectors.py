"""Outbound connectors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.exchange_online.driver import Driver

GIVEN: dict[str, Any] = {
    "Name": "To Leeds",
    "ConnectorType": "OnPremises",
    "RecipientDomains": ["nhsmail.example"],
    "SmartHosts": ["mail.leeds.nhsmail.example"],
    "UseMXRecord": False,
    "TlsSettings": "DomainValidation",
    "TlsDomain": "mail.leeds.nhsmail.example",
    "CloudServicesMailEnabled": True,
}


def test_a_connector_lives_and_dies() -> None:
    """It should be made, read, changed in one list, renamed and removed."""
    driver = Driver()
    made = driver.rows("New-OutboundConnector", **GIVEN)[0]
    change = {
        "@odata.type": "#Exchange.GenericHashTable",
        "Add": ["b.example"],
        "Remove": ["NHSMAIL.example"],
    }
    driver.rows("Set-OutboundConnector", Identity="to leeds", RecipientDomains=change, Name="To York")

    row = driver.rows("Get-OutboundConnector", Identity="To York")[0]
    driver.rows("Remove-OutboundConnector", Identity=made["Guid"], Confirm=False)

    assert (["b.example"], True, made["Guid"]) == (row["RecipientDomains"], row["Enabled"], row["Guid"])
    assert driver.rows("Get-OutboundConnector") == []


def test_a_name_is_taken_once() -> None:
    """It should refuse a second connector of the same name."""
    driver = Driver()
    driver.rows("New-OutboundConnector", **GIVEN)

    _, _, text = driver.refusal("New-OutboundConnector", **GIVEN)

    assert "already exists" in text


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
def test_a_connector_keeps_its_rules(change: dict[str, Any]) -> None:
    """It should refuse a combination that makes no sense, and make nothing."""
    driver = Driver()

    status, _, _ = driver.refusal("New-OutboundConnector", **GIVEN | change)

    assert status == 400
    assert driver.rows("Get-OutboundConnector") == []
