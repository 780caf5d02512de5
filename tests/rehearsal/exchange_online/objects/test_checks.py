"""Objects that name others, and policies with their rules."""

from __future__ import annotations

import pytest

from tests.rehearsal.exchange_online.driver import Driver

EVERYBODY = {"RecipientDomainIs": ["nhsmail.example"]}


def test_a_rule_follows_its_policy() -> None:
    """It should show the policy by its name, and nothing once the policy is gone."""
    driver = Driver()
    driver.rows("New-SafeLinksPolicy", Name="Clinics")
    driver.rows("New-SafeLinksRule", Name="Clinics", SafeLinksPolicy="CLINICS", **EVERYBODY)
    before = driver.rows("Get-SafeLinksRule")[0]["SafeLinksPolicy"]
    driver.rows("Remove-SafeLinksPolicy", Identity="Clinics", Confirm=False)

    assert ("Clinics", None) == (before, driver.rows("Get-SafeLinksRule")[0]["SafeLinksPolicy"])


@pytest.mark.parametrize(
    ("noun", "default"),
    [
        ("HostedContentFilter", "Default"),
        ("HostedOutboundSpamFilter", "Default"),
        ("MalwareFilter", "Default"),
        ("AntiPhish", "Office365 AntiPhish Default"),
    ],
)
def test_a_policy_is_in_one_rule_at_most(noun: str, default: str) -> None:
    """It should refuse a rule for the default policy, for an unknown one, and a second for the same."""
    driver = Driver()
    whom = {"SenderDomainIs" if "Outbound" in noun else "RecipientDomainIs": ["nhsmail.example"]}
    driver.rows(f"New-{noun}Policy", Name="Ours")
    driver.rows(f"New-{noun}Rule", Name="first", **{f"{noun}Policy": "Ours"}, **whom)

    refused = [
        driver.refusal(f"New-{noun}Rule", Name="second", **{f"{noun}Policy": policy}, **whom)[0]
        for policy in (default, "Nobody's", "ours")
    ]

    assert [400, 400, 400] == refused
    assert 1 == len(driver.rows(f"Get-{noun}Rule"))


def test_a_rule_needs_a_condition_in_the_tenant() -> None:
    """It should refuse a rule for nobody, and one for a domain that the tenant does not have."""
    driver = Driver()
    driver.rows("New-MalwareFilterPolicy", Name="Ours")

    nobody = driver.refusal("New-MalwareFilterRule", Name="a", MalwareFilterPolicy="Ours")
    elsewhere = driver.refusal(
        "New-MalwareFilterRule", Name="a", MalwareFilterPolicy="Ours", RecipientDomainIs=["partner.example"]
    )

    assert ("A rule must have at least one condition.", True) == (
        nobody[2],
        "partner.example" in elsewhere[2],
    )


def test_no_two_relationships_have_a_domain() -> None:
    """It should refuse a domain that the relationship of the wizard has already (fact D12)."""
    driver = Driver()

    _, exception, text = driver.refusal(
        "New-OrganizationRelationship", Name="Again", DomainNames=["a.example", "NHSMAIL.example"]
    )

    assert ("TaskInvalidOperationException", True) == (exception, "O365 to On-premises" in text)


def test_the_organisation_on_premises_names_what_is_there() -> None:
    """It should follow a connector that is renamed, and refuse unknown connectors and foreign domains (fact D12)."""
    driver = Driver()
    (connector,) = driver.rows("Get-InboundConnector")
    (premises,) = driver.rows("Get-OnPremisesOrganization")
    driver.rows("Set-InboundConnector", Identity=connector["Guid"], Name="From all sites")

    unknown = driver.refusal(
        "Set-OnPremisesOrganization", Identity=premises["Name"], OutboundConnector="nowhere"
    )
    foreign = driver.refusal(
        "Set-OnPremisesOrganization", Identity=premises["Name"], HybridDomains=["partner.example"]
    )

    assert "From all sites" == driver.rows("Get-OnPremisesOrganization")[0]["InboundConnector"]
    assert ("ManagementObjectNotFoundException", "TaskArgumentException") == (unknown[1], foreign[1])


def test_the_default_authentication_policy_is_one_of_the_policies() -> None:
    """It should take the name of a policy, and null to have none."""
    driver = Driver()
    driver.rows("New-AuthenticationPolicy", Name="No basic")
    seen = []
    for policy in ("no BASIC", None):
        driver.rows("Set-OrganizationConfig", DefaultAuthenticationPolicy=policy)
        seen.append(driver.rows("Get-OrganizationConfig")[0]["DefaultAuthenticationPolicy"])

    assert ["No basic", None] == seen


@pytest.mark.parametrize("noun", ["SafeLinksPolicy", "SafeAttachmentPolicy"])
def test_the_built_in_protection_stays(noun: str) -> None:
    """It should refuse to change Microsoft's own policy, and to remove it."""
    driver = Driver()
    name = "Built-In Protection Policy"

    changed = driver.refusal(f"Set-{noun}", Identity=name, AdminDisplayName="ours")
    removed = driver.refusal(f"Remove-{noun}", Identity=name, Confirm=False)

    assert (400, 400) == (changed[0], removed[0])
