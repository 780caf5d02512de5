"""The names of the wizard's objects."""

from __future__ import annotations

from infra.hybrid.wizard import wizard_names
from infra.settings.hybrid import WizardNames

GUID = "75b13d84-1d0c-4d1e-9c57-0a6e8d2f4b31"


def test_names_carry_the_organisation() -> None:
    """It should name each object as the Hybrid Configuration Wizard does (facts D12, D12b)."""
    names = wizard_names(GUID, WizardNames())
    assert f"Inbound from {GUID}" == names.inbound_connector
    assert f"Outbound to {GUID}" == names.outbound_connector
    assert f"O365 to On-premises - {GUID}" == names.organization_relationship
    assert "ExchangeHybridOnlineToOnPremises" == names.intra_organization_connector
    assert GUID == names.on_premises_organization


def test_one_that_is_called_otherwise_is_named() -> None:
    """It should take the configured name of one object and leave the others."""
    names = wizard_names(GUID, WizardNames(intra_organization_connector=f"HybridIOC - {GUID}"))
    assert f"HybridIOC - {GUID}" == names.intra_organization_connector
    assert f"Inbound from {GUID}" == names.inbound_connector
