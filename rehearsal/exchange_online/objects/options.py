"""The rules of configuration objects, each with its switch (see `rehearsal.rules`)."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import choice, rule


@dataclass(frozen=True)
class ObjectOptions:
    """What the tenant's configuration objects put up with."""

    found_in_any_case: bool = rule(
        "A22", "doc, inf", "an Identity is a name, a GUID or a distinguished name, in any case of letters"
    )
    one_name: bool = rule("D12", "doc, inf", "a second object of a name is refused")
    unchanged_warns: bool = rule("A17", "doc, inf", "a Set- that changes nothing says so")
    default_stays: bool = rule(
        "Remove-HostedContentFilterPolicy", "doc", "a default object cannot be removed"
    )
    built_in_stays_as_it_is: bool = rule(
        "preset security policies", "doc", "the policies of the built-in protection cannot be changed"
    )
    references_exist: bool = rule(
        "New-HostedContentFilterRule, D12",
        "doc, inf",
        "what names another object must name one that is there",
    )
    one_rule_a_policy: bool = rule(
        "New-HostedContentFilterRule", "doc", "a policy is in one rule at most, and the default one in none"
    )
    needs_met: bool = rule(
        "New-TransportRule", "doc, inf", "a rule needs an action or a condition, a connector a scope"
    )
    priorities_in_range: bool = rule(
        "New-HostedContentFilterRule", "doc", "a priority is below the number of rules"
    )
    ranges_kept: bool = rule("New-HostedContentFilterPolicy", "doc", "numbers stay within their bounds")
    lengths_kept: bool = rule(
        "New-RemoteDomain", "doc", "a name has at most 64 characters, other texts their own most"
    )
    counts_kept: bool = rule(
        "Set-ExternalInOutlook", "doc", "a list has at most so many values, or takes at most so many at once"
    )
    values_unique: bool = rule(
        "D12", "doc, inf", "no two organisation relationships or remote domains have a domain in common"
    )
    accepted_domains_only: bool = rule(
        "New-OnPremisesOrganization", "doc", "hybrid and signing domains are accepted domains of the tenant"
    )
    connector_proof: bool = rule(
        "New-InboundConnector",
        "doc, inf",
        "an OnPremises connector knows its senders by certificate or address",
    )
    connector_types: bool = rule(
        "New-InboundConnector",
        "doc",
        "what only Partner or only OnPremises connectors have is refused on others",
    )
    connector_route: bool = rule(
        "New-OutboundConnector", "doc, inf", "smart hosts or MX records, and TlsDomain with DomainValidation"
    )
    address_spaces: bool = rule("ScubaGear sample", "live", "sender domains are shown as `smtp:*;1`")
    header_pairs: bool = rule("New-TransportRule", "doc", "a header's name and its value are given together")
    default_keeps_name: bool = rule("New-AntiPhishPolicy", "doc", "a default object cannot be renamed")
    relay_subdomains: bool = rule("Set-AcceptedDomain", "doc", "only a relay domain can match its subdomains")
    dkim_needs_records: bool = rule(
        "New-DkimSigningConfig", "doc, inf", "signing is switched on once both CNAME records are published"
    )
    wizard_connector: str = choice(
        "ExchangeHybridOnlineToOnPremises",
        ("HybridIOC - {organisation}",),
        "D12",
        "doc, 2nd",
        "the name of the intra-organisation connector that the wizard leaves; newer ones carry a GUID",
    )
    wizard_remote_domains: bool = choice(
        False,
        (True,),
        "D12",
        "2nd, ?",
        "the wizard makes `Hybrid Domain - ...` on premises, or in the tenant too",
    )
    presets_turned_on: bool = choice(
        True,
        (False,),
        "New-EOPProtectionPolicyRule",
        "doc",
        "somebody has turned the strict preset on once, which makes its policies and its two rules, still off",
    )
