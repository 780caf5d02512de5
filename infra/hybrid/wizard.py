"""What the Hybrid Configuration Wizard calls the objects that it makes in the tenant (facts D12, D12b).

The stack gives its own the same names: objects of the wizard are adopted, and a wizard that is run later finds them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from infra.settings.hybrid import WizardNames


@dataclass(frozen=True)
class Names:
    """The names of the wizard's objects, by kind."""

    inbound_connector: str
    outbound_connector: str
    organization_relationship: str
    intra_organization_connector: str
    on_premises_organization: str


def wizard_names(organisation: str, otherwise: WizardNames) -> Names:
    """Return the names for the on-premises organisation with that GUID, but for those that are called *otherwise*."""
    usual = Names(
        inbound_connector=f"Inbound from {organisation}",
        outbound_connector=f"Outbound to {organisation}",
        organization_relationship=f"O365 to On-premises - {organisation}",
        intra_organization_connector="ExchangeHybridOnlineToOnPremises",
        on_premises_organization=organisation,
    )
    return replace(usual, **otherwise.model_dump(exclude_none=True))
