"""Faults of what the organisation has once and of how servers are published, and what only looks like them.

Everything is planted by Exchange's own cmdlets, or in the simulator's state; nothing of what checks it is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.playbooks.oauth import oauth, with_new
from tests.playbooks.organisation import TwoSites

ROUTING, MAIL = "nhsmail.mail.onmicrosoft.com", "nhsmail.example"
EWS = "EX01\\EWS (Default Web Site)"
RELATIONSHIP, CONNECTOR = "On-premises to O365", "Outbound to Office 365"
THROTTLING = "Accounts of plays and moves"
INTRA = "ExchangeHybridOnPremisesToOnline"

Change = Callable[[TwoSites], object]


@dataclass(frozen=True)
class Seed:
    """*plant* makes the fault that is to be found as *id* with *fact*; *near* must not be found at all.

    *repaired* by a play, or else by a person.
    """

    id: str
    fact: str
    plant: Change
    near: Change
    repaired: bool = True


def _do(cmdlet: str, **parameters: Any) -> Change:
    return lambda premises: premises.run(cmdlet, **parameters)


def _both(*changes: Change) -> Change:
    def change(premises: TwoSites) -> None:
        for each in changes:
            each(premises)

    return change


def _override(name: str, component: str, section: str, *parameters: str) -> Change:
    return _do(
        "New-SettingOverride",
        Name=name,
        Component=component,
        Section=section,
        Parameters=list(parameters),
        Reason="by hand",
    )


def _removed(noun: str, name: str) -> Change:
    return _do(f"Remove-{noun}", Identity=name, Confirm=False)


def _policy(*templates: str, name: str = "Leeds", whom: str = "MailboxUsers") -> Change:
    return _both(
        _do(
            "New-EmailAddressPolicy",
            Name=name,
            IncludedRecipients=whom,
            EnabledEmailAddressTemplates=list(templates),
        ),
        _do("Update-EmailAddressPolicy", Identity=name),
    )


def _scheduled(running: bool) -> Change:  # noqa: FBT001 - it is the value
    return lambda premises: setattr(premises.sync, "scheduled", running)


def _feature(name: str, value: str) -> Change:
    return lambda premises: premises.sync_server.features.update({f"Microsoft.OptionalFeature.{name}": value})


def _oauth_ends(*, days: int) -> Change:
    """The certificate for OAuth ends in so many days, on every server."""

    def change(premises: TwoSites) -> None:
        ends = premises.clock.now + timedelta(days=days)
        for name in premises.servers:
            premises.organisation.machines.change(
                name, lambda each: each.with_certificate(replace(oauth(each), not_after=ends))
            )

    return change


def _nothing(premises: TwoSites) -> None:
    """The healthy organisation itself is the near-miss."""
    assert premises.sync.scheduled


SEEDS: tuple[Seed, ...] = (
    Seed(
        "ews-address-differs",
        "D18",
        _do(
            "Set-WebServicesVirtualDirectory",
            Identity=EWS,
            ExternalUrl="https://old.example/EWS/Exchange.asmx",
        ),
        _do(
            "Set-WebServicesVirtualDirectory",
            Identity=EWS,
            ExternalUrl="https://MAIL.leeds.nhsmail.example/EWS/Exchange.asmx",
        ),
    ),
    Seed(
        "client-address-differs",
        "D18",
        _do("Set-OwaVirtualDirectory", Identity="EX01\\owa (Default Web Site)", ExternalUrl=None),
        _do(
            "Set-OwaVirtualDirectory",
            Identity="EX01\\owa (Default Web Site)",
            InternalUrl="https://mail.leeds.nhsmail.example/owa",
        ),
    ),
    Seed(
        "autodiscover-address-differs",
        "D18",
        _do(
            "Set-ClientAccessService",
            Identity="EX01",
            AutoDiscoverServiceInternalUri="https://ex01.leeds.nhsmail.example/Autodiscover/Autodiscover.xml",
        ),
        _do("Set-ClientAccessService", Identity="EX01", AutoDiscoverSiteScope=["Leeds"]),
    ),
    Seed(
        "receive-connector-differs",
        "D12",
        _do("Set-ReceiveConnector", Identity="EX01\\From Exchange Online", TlsDomainCapabilities=[]),
        _do(
            "New-ReceiveConnector",
            Name="Printers",
            Server="EX01",
            Bindings=["0.0.0.0:25"],
            RemoteIPRanges=["10.1.0.0/24"],
            TransportRole="FrontendTransport",
        ),
    ),
    Seed(
        "send-connector-differs",
        "D12",
        _do("Set-SendConnector", Identity=CONNECTOR, CloudServicesMailEnabled=False),
        _do("Set-SendConnector", Identity="Internet", ProtocolLoggingLevel="Verbose"),
    ),
    Seed(
        "routing-domain-not-accepted",
        "D12",
        _removed("AcceptedDomain", ROUTING),
        _do("New-AcceptedDomain", Name="Old", DomainName="old.example", DomainType="InternalRelay"),
    ),
    Seed(
        "remote-domain-differs",
        "D12",
        _do("Set-RemoteDomain", Identity=f"Hybrid Domain - {ROUTING}", TargetDeliveryDomain=False),
        _do("Set-RemoteDomain", Identity=f"Hybrid Domain - {ROUTING}", Name="Moved mailboxes"),
    ),
    Seed(
        "address-policy-without-routing-domain",
        "D24",
        _policy("SMTP:%g.%s@leeds.nhsmail.example"),
        _both(
            _policy("SMTP:%g.%s@leeds.nhsmail.example", f"smtp:%g.%s@{ROUTING}"),
            _policy("SMTP:%m@contacts.example", name="Contacts", whom="MailContacts"),
        ),
    ),
    Seed(
        "hybrid-application-unset",
        "D21",
        _do(
            "Set-AuthServer",
            Identity="EvoSts - 9b424469-06f1-47ec-8522-46de505d3489",
            ApplicationIdentifier="00000002-0000-0ff1-ce00-000000000000",
        ),
        _do(
            "Set-AuthServer",
            Identity="EvoSts - 9b424469-06f1-47ec-8522-46de505d3489",
            DomainName=[MAIL, ROUTING, "nhsmail.onmicrosoft.com", "other.example"],
        ),
    ),
    Seed(
        "hybrid-application-override-off",
        "D21",
        _do("Set-SettingOverride", Identity="EnableExchangeHybrid3PAppFeature", Parameters=["Enabled=false"]),
        _both(
            _removed("SettingOverride", "EnableExchangeHybrid3PAppFeature"),
            _override("By the script", "Global", "ExchangeOnpremAsThirdPartyAppId", "Enabled=true"),
        ),
    ),
    Seed(
        "partner-application-differs",
        "D12",
        _do("Set-PartnerApplication", Identity="Exchange Online", Enabled=False),
        _nothing,
    ),
    Seed(
        "intra-organization-connector-differs",
        "D12",
        _do("Set-IntraOrganizationConnector", Identity=INTRA, Enabled=False),
        _do(
            "Set-IntraOrganizationConnector", Identity=INTRA, TargetAddressDomains=[ROUTING, "other.example"]
        ),
    ),
    Seed(
        "organization-relationship-differs",
        "D12",
        _do("Set-OrganizationRelationship", Identity=RELATIONSHIP, FreeBusyAccessEnabled=False),
        _do("Set-OrganizationRelationship", Identity=RELATIONSHIP, DomainNames=[ROUTING, "other.example"]),
    ),
    Seed(
        "availability-address-space-missing",
        "D12",
        _removed("AvailabilityAddressSpace", ROUTING),
        _do("Add-AvailabilityAddressSpace", ForestName="partner.example", AccessMethod="OrgWideFB"),
    ),
    Seed(
        "migration-account-policy-blocks",
        "B46",
        _do("Set-AuthenticationPolicy", Identity="Migration account", BlockLegacyAuthWebServices=True),
        _both(
            _do("New-AuthenticationPolicy", Name="Block legacy", BlockLegacyAuthWebServices=True),
            _do("Set-OrganizationConfig", DefaultAuthenticationPolicy="Block legacy"),
        ),
    ),
    Seed(
        "migration-account-policy-unset",
        "B46",
        _both(
            _do("New-AuthenticationPolicy", Name="Block legacy", BlockLegacyAuthWebServices=True),
            _do("Set-User", Identity="svc-migration", AuthenticationPolicy="Block legacy"),
        ),
        _do("Set-AuthenticationPolicy", Identity="Migration account", BlockLegacyAuthImap=True),
    ),
    Seed(
        "migration-account-role-missing",
        "B46",
        _do("Remove-RoleGroupMember", Identity="Recipient Management", Member="svc-migration", Confirm=False),
        _do("Add-RoleGroupMember", Identity="Organization Management", Member="svc-migration"),
    ),
    Seed(
        "throttling-policy-differs",
        "D7",
        _do("Set-ThrottlingPolicy", Identity=THROTTLING, PowerShellMaxConcurrency=5),
        _do("New-ThrottlingPolicy", Name="Printers", PowerShellMaxConcurrency=5),
    ),
    Seed(
        "throttling-policy-unset",
        "D7",
        _do("Set-ThrottlingPolicyAssociation", Identity="svc-migration", ThrottlingPolicy=None),
        _do(
            "Set-ThrottlingPolicyAssociation",
            Identity="svc-migration-b",
            ThrottlingPolicy="DefaultThrottlingPolicy",
        ),
    ),
    Seed(
        "server-in-protected-group",
        "B.10 error 20",
        lambda premises: premises.organisation.protected.add("EX01"),
        lambda premises: premises.organisation.protected.add("PRINT01"),
        repaired=False,
    ),
    Seed(
        "workload-override-differs",
        "C5",
        _do("Set-SettingOverride", Identity="DiskLatency", Parameters=["MaxConcurrency=120"]),
        _both(
            _removed("SettingOverride", "DiskLatency"),
            _override("Disks", "WorkloadManagement", "DiskLatency", "maxconcurrency=25"),
        ),
    ),
    Seed(
        "delegate-rights-off",
        "opd:Set-OrganizationConfig",
        _do("Set-OrganizationConfig", ACLableSyncedObjectEnabled=False),
        _do("Set-OrganizationConfig", MapiHttpEnabled=False),
    ),
    Seed(
        "auth-certificate-expiring",
        "D21",
        _oauth_ends(days=59),
        _both(_oauth_ends(days=60), lambda premises: premises.organisation.machines.change("EX01", with_new)),
        repaired=False,
    ),
    Seed("sync-stopped", "C16", _scheduled(False), _scheduled(True)),
    Seed(
        "sync-staging",
        "C16",
        lambda premises: setattr(premises.sync_server, "staging", True),
        lambda premises: premises.sync.start(),
        repaired=False,
    ),
    Seed(
        "sync-hybrid-off",
        "D26",
        _feature("HybridExchange", "False"),
        _feature("GroupWriteBack", "False"),
        repaired=False,
    ),
    Seed(
        "sync-group-filter-on",
        "D24",
        _feature("GroupFiltering", "True"),
        _feature("FilterAAD", "True"),
        repaired=False,
    ),
    Seed(
        "sync-type-left-out",
        "D24",
        lambda premises: premises.sync_server.types.remove("contact"),
        lambda premises: premises.sync_server.types.remove("inetOrgPerson"),
        repaired=False,
    ),
    Seed(
        "upn-suffix-missing",
        "D24",
        lambda premises: premises.organisation.suffixes.remove(MAIL),
        lambda premises: premises.organisation.suffixes.insert(0, "local.example"),
        repaired=False,
    ),
)
