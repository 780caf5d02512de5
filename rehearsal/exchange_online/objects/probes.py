"""One small experiment for each rule of `ObjectOptions`: what a client sees of it over the wire, and nothing else."""

from __future__ import annotations

from typing import Any

from rehearsal.exchange_online.lab import Lab, Unexpected
from rehearsal.exchange_online.objects.options import ObjectOptions
from rehearsal.exchange_online.options import Options
from rehearsal.matrix import Probes, Subject

_DOMAIN = "nhsmail.example"
_OUT: dict[str, Any] = {"Name": "out", "RecipientDomains": ["partner.example"]}
_IN: dict[str, Any] = {"Name": "in", "SenderDomains": ["partner.example"]}


def _lab(options: ObjectOptions) -> Lab:
    return Lab((), options=Options(objects=options))


PROBES = Probes[Lab](_lab)


def _refused(lab: Lab, cmdlet: str, **given: object) -> bool:
    return lab.post(cmdlet, given).status == 400


@PROBES.keep
def _found_in_any_case(lab: Lab) -> object:
    return lab.post("Get-RemoteDomain", {"Identity": "DEFAULT"}).status == 200


@PROBES.keep
def _one_name(lab: Lab) -> object:
    lab.rows("New-OwaMailboxPolicy", Name="clinic")
    return _refused(lab, "New-OwaMailboxPolicy", Name="Clinic")


@PROBES.keep
def _unchanged_warns(lab: Lab) -> object:
    return "@adminapi.warnings" in lab.answer("Set-TransportConfig", ClearCategories=True)


@PROBES.keep
def _default_stays(lab: Lab) -> object:
    return _refused(lab, "Remove-HostedContentFilterPolicy", Identity="Default", Confirm=False)


@PROBES.keep
def _default_keeps_name(lab: Lab) -> object:
    return _refused(lab, "Set-SharingPolicy", Identity="Default Sharing Policy", Name="ours")


@PROBES.keep
def _built_in_stays_as_it_is(lab: Lab) -> object:
    return _refused(lab, "Set-SafeLinksPolicy", Identity="Built-In Protection Policy", TrackClicks=False)


@PROBES.keep
def _references_exist(lab: Lab) -> object:
    return _refused(lab, "Set-OrganizationConfig", DefaultAuthenticationPolicy="nobody's")


@PROBES.keep
def _one_rule_a_policy(lab: Lab) -> object:
    given = {"MalwareFilterPolicy": "Default", "RecipientDomainIs": [_DOMAIN]}
    return _refused(lab, "New-MalwareFilterRule", Name="all", **given)


@PROBES.keep
def _needs_met(lab: Lab) -> object:
    return _refused(lab, "New-TransportRule", Name="idle", FromScope="NotInOrganization")


@PROBES.keep
def _priorities_in_range(lab: Lab) -> object:
    return _refused(lab, "New-TransportRule", Name="late", DeleteMessage=True, Priority=3)


@PROBES.keep
def _ranges_kept(lab: Lab) -> object:
    return _refused(lab, "Set-HostedContentFilterPolicy", Identity="Default", BulkThreshold=10)


@PROBES.keep
def _lengths_kept(lab: Lab) -> object:
    return _refused(lab, "New-AuthenticationPolicy", Name="n" * 65)


@PROBES.keep
def _counts_kept(lab: Lab) -> object:
    return _refused(lab, "Set-ExternalInOutlook", AllowList=[f"{n}.example" for n in range(201)])


@PROBES.keep
def _values_unique(lab: Lab) -> object:
    lab.rows("New-RemoteDomain", Name="first", DomainName="partner.example")
    return _refused(lab, "New-RemoteDomain", Name="second", DomainName="Partner.example")


@PROBES.keep
def _accepted_domains_only(lab: Lab) -> object:
    return _refused(lab, "New-DkimSigningConfig", DomainName="partner.example", Enabled=False)


@PROBES.keep
def _connector_proof(lab: Lab) -> object:
    return _refused(lab, "New-InboundConnector", **_IN, ConnectorType="OnPremises")


@PROBES.keep
def _connector_types(lab: Lab) -> object:
    return _refused(lab, "New-InboundConnector", **_IN, CloudServicesMailEnabled=True)


@PROBES.keep
def _connector_route(lab: Lab) -> object:
    return _refused(lab, "New-OutboundConnector", **_OUT, UseMXRecord=False)


@PROBES.keep
def _address_spaces(lab: Lab) -> object:
    return lab.rows("New-InboundConnector", **_IN)[0]["SenderDomains"] == ["smtp:partner.example;1"]


@PROBES.keep
def _header_pairs(lab: Lab) -> object:
    return _refused(lab, "New-TransportRule", Name="half", SetHeaderName="X-Origin")


@PROBES.keep
def _relay_subdomains(lab: Lab) -> object:
    return _refused(lab, "Set-AcceptedDomain", Identity=_DOMAIN, MatchSubDomains=True)


@PROBES.keep
def _dkim_needs_records(lab: Lab) -> object:
    return _refused(lab, "New-DkimSigningConfig", DomainName=_DOMAIN, Enabled=True)


@PROBES.keep
def _wizard_connector(lab: Lab) -> object:
    name = str(lab.rows("Get-IntraOrganizationConnector")[0]["Name"])
    return name.replace(lab.estate.tenant.organisation, "{organisation}")


@PROBES.keep
def _wizard_remote_domains(lab: Lab) -> object:
    return any(row["Name"].startswith("Hybrid Domain") for row in lab.rows("Get-RemoteDomain"))


@PROBES.keep
def _presets_turned_on(lab: Lab) -> object:
    return bool(lab.rows("Get-EOPProtectionPolicyRule"))


SUBJECT = Subject("exchange_online objects", ObjectOptions, PROBES, Unexpected)
