"""What the two sides see of each other."""

from __future__ import annotations

from infra.hybrid.sharing import Sharing, SharingArgs
from infra.hybrid.wizard import wizard_names
from infra.settings.hybrid import WizardNames
from tests.infra.doubles import OTHER, Clouds, run


def lay() -> Clouds:
    """Share with the on-premises organisation."""
    clouds = Clouds().install("hybrid-rehearsal")
    args = SharingArgs(
        names=wizard_names(OTHER, WizardNames()),
        organisation=OTHER,
        mail_domain="nhsmail.example",
        published_host="mail.nhsmail.example",
        inbound="in",
        outbound="out",
    )
    run(lambda: {"urn": Sharing("sharing", args).urn})
    return clouds


def test_free_busy_is_asked_on_premises() -> None:
    """It should relate to the on-premises organisation as the wizard does, by its published host."""
    found = lay().only("exchange:index:OrganizationRelationship").inputs
    assert {
        "name": f"O365 to On-premises - {OTHER}",
        "domainNames": ["nhsmail.example"],
        "freeBusyAccessEnabled": True,
        "freeBusyAccessLevel": "LimitedDetails",
        "targetAutodiscoverEpr": "https://mail.nhsmail.example/autodiscover/autodiscover.svc/WSSecurity",
    }.items() <= found.items()


def test_tokens_are_used_where_autodiscover_is() -> None:
    """It should find the other side's servers by Autodiscover."""
    assert {
        "name": "ExchangeHybridOnlineToOnPremises",
        "enabled": True,
        "targetAddressDomains": ["nhsmail.example"],
        "discoveryEndpoint": "https://mail.nhsmail.example/autodiscover/autodiscover.svc",
    } == lay().only("exchange:index:IntraOrganizationConnector").inputs


def test_the_organisation_knows_its_connectors() -> None:
    """It should tie connectors and relationship to the on-premises organisation."""
    assert {
        "name": OTHER,
        "organizationGuid": OTHER,
        "hybridDomains": ["nhsmail.example"],
        "inboundConnector": "in",
        "outboundConnector": "out",
        "organizationRelationship": f"O365 to On-premises - {OTHER}",
    } == lay().only("exchange:index:OnPremisesOrganization").inputs


def test_nobody_shares_details_with_everybody() -> None:
    """It should share neither details nor contacts by invitation (control 6)."""
    expected = {
        "name": "Default Sharing Policy",
        "domains": ["*:CalendarSharingFreeBusySimple"],
        "enabled": False,
    }
    assert expected == lay().only("exchange:index:SharingPolicy").inputs
