"""The Exchange organisation: what all sites share, and what each version of Exchange has."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.environments import REHEARSAL
from rehearsal.site.binding import parameters_of
from rehearsal.site.lab import Lab
from rehearsal.site.options import Options

DC01, DC02 = "dc01.leeds.nhsmail.example", "dc02.leeds.nhsmail.example"

NEW: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("RemoteDomain", {"DomainName": "x.example"}, {"AutoForwardEnabled": True}),
    ("AcceptedDomain", {"DomainName": "x.example"}, {"DomainType": "InternalRelay"}),
    ("EmailAddressPolicy", {"EnabledPrimarySMTPAddressTemplate": "@x.example"}, {"Priority": "1"}),
    ("SendConnector", {"AddressSpaces": ["smtp:x.example;1"]}, {"Comment": "by hand"}),
    ("AuthServer", {"AuthMetadataUrl": "https://x.example/m"}, {"Enabled": False}),
    ("PartnerApplication", {"ApplicationIdentifier": "x"}, {"Enabled": False}),
    (
        "IntraOrganizationConnector",
        {"DiscoveryEndpoint": "https://x.example/a", "TargetAddressDomains": ["x.example"]},
        {"Enabled": False},
    ),
    ("OrganizationRelationship", {"DomainNames": ["x.example"]}, {"FreeBusyAccessEnabled": True}),
    ("AuthenticationPolicy", {}, {"BlockLegacyAuthWebServices": True}),
    ("ThrottlingPolicy", {}, {"PowerShellMaxConcurrency": 30}),
    (
        "SettingOverride",
        {
            "Component": "WorkloadManagement",
            "Section": "MdbReplication",
            "Parameters": ["MaxConcurrency=25"],
            "Reason": "C5",
        },
        {"Parameters": ["MaxConcurrency=35"]},
    ),
    ("MailContact", {"ExternalEmailAddress": "x@x.example"}, {"HiddenFromAddressListsEnabled": True}),
    ("DistributionGroup", {"Type": "Security"}, {"HiddenFromAddressListsEnabled": True}),
)
"""A noun, what New- wants beside a name, and what Set- changes."""


@pytest.fixture
def lab() -> Lab:
    """Two sites of one organisation."""
    return Lab(Options())


def test_every_cmdlet_exists(lab: Lab) -> None:
    """It should offer no cmdlet that Microsoft's reference does not describe."""
    offered = lab.sites["leeds"].organisation.cmdlets
    assert set(offered) == {name for name in offered if parameters_of(name)}


@pytest.mark.parametrize(("noun", "given", "changed"), NEW, ids=[noun for noun, _, _ in NEW])
def test_an_object_is_made_changed_and_removed(
    lab: Lab, noun: str, given: dict[str, Any], changed: dict[str, Any]
) -> None:
    """It should make an object, refuse a second of its name, change what is named, and remove it."""
    (made,) = lab.rows(f"New-{noun}", Name="Mine", **given)
    assert [made] == lab.rows(f"Get-{noun}", Identity="mine")
    assert "already exists" in lab.refused(f"New-{noun}", Name="Mine", **given)
    lab.rows(f"Set-{noun}", Identity="Mine", **changed)
    (after,) = lab.rows(f"Get-{noun}", Identity=str(made["Guid"]))
    differing = {name for name in after if after[name] != made[name]}
    assert set(changed) <= differing | {"WhenChanged"}
    assert "no settings of" in lab.call(f"Set-{noun}", Identity="Mine", **changed).warnings[0]
    assert "prompts the user" in lab.refused(f"Remove-{noun}", Identity="Mine")
    lab.rows(f"Remove-{noun}", Identity="Mine", Confirm=False)
    assert "couldn't be found" in lab.refused(f"Get-{noun}", Identity="Mine")


def test_what_if_changes_nothing(lab: Lab) -> None:
    """It should leave everything as it is where a call only asks what would be."""
    lab.rows("Set-OrganizationConfig", ACLableSyncedObjectEnabled=True, WhatIf=None)
    lab.rows("New-RemoteDomain", Name="x", DomainName="x.example", WhatIf=None)
    lab.rows("Remove-RemoteDomain", Identity="Default", WhatIf=None)
    assert [False] == [row["ACLableSyncedObjectEnabled"] for row in lab.rows("Get-OrganizationConfig")]
    assert 3 == len(lab.rows("Get-RemoteDomain"))


def test_sites_share_the_organisation(lab: Lab) -> None:
    """It should show at one site what was changed at another, once that has been replicated."""
    lab.rows("Set-OrganizationConfig", ACLableSyncedObjectEnabled=True)
    seen = [
        lab.rows("Get-OrganizationConfig", site="bristol", server="EX12")[0]["ACLableSyncedObjectEnabled"]
    ]
    lab.wait(minutes=15)
    seen.append(
        lab.rows("Get-OrganizationConfig", site="bristol", server="EX12")[0]["ACLableSyncedObjectEnabled"]
    )
    assert [False, True] == seen


def test_the_organisation_has_the_guid_that_the_wizard_takes(lab: Lab) -> None:
    """It should show the GUID that is in the names of what the wizard made in the tenant (fact D12)."""
    assert [REHEARSAL.organisation] == [str(row["Guid"]) for row in lab.rows("Get-OrganizationConfig")]


def test_a_write_is_seen_at_once_where_it_was_made(lab: Lab) -> None:
    """It should show a change at its own domain controller first, and at the other after 15 seconds."""
    lab.rows("Set-RemoteDomain", Identity="Default", AutoForwardEnabled=False, DomainController="dc02")

    def shown(controller: str) -> object:
        return lab.rows("Get-RemoteDomain", Identity="Default", DomainController=controller)[0][
            "AutoForwardEnabled"
        ]

    assert [True, False] == [shown(DC01), shown(DC02)]
    lab.wait(seconds=15)
    assert [False, False] == [shown(DC01), shown(DC02)]


def test_servers_ask_different_controllers(lab: Lab) -> None:
    """It should answer each server's calls by the domain controller that this server asks."""
    asked = [
        lab.rows("Get-AuthConfig", server=name)[0]["OriginatingServer"] for name in ("EX01", "EX02", "EX03")
    ]
    assert [DC01, DC02, DC01] == asked


def test_an_unknown_controller_is_refused(lab: Lab) -> None:
    """It should refuse a domain controller that there is not."""
    assert "dc09" in lab.refused("Get-AuthConfig", DomainController="dc09")


@pytest.mark.parametrize(
    ("server", "cmdlet", "parameters", "said"),
    [
        ("EX11", "Get-AuthenticationPolicy", {}, "not recognized"),
        ("EX01", "Get-AuthenticationPolicy", {}, ""),
        (
            "EX11",
            "Set-User",
            {"Identity": "svc-migration", "AuthenticationPolicy": "x"},
            "AuthenticationPolicy",
        ),
        ("EX01", "New-MigrationBatch", {"Name": "x"}, "Not modelled"),
        ("EX01", "Get-InboundConnector", {}, "not recognized"),
        (
            "EX01",
            "Set-WebServicesVirtualDirectory",
            {"Identity": "x", "MRSProxyMaxConnections": 5},
            "MRSProxyMax",
        ),
        ("EX01", "Set-OrganizationConfig", {"Industry": "Agriculture"}, "Not modelled"),
        ("EX01", "Set-RemoteDomain", {"Identity": "Default", "ContentType": "Smoke"}, "ContentType"),
        ("EX01", "New-RemoteDomain", {"Name": "x"}, "missing mandatory parameters: DomainName"),
    ],
)
def test_versions_and_limits_are_told_apart(
    lab: Lab, server: str, cmdlet: str, parameters: dict[str, Any], said: str
) -> None:
    """It should refuse what the server's version lacks as Exchange does, and say "not modelled" for the rest."""
    refused = lab.refused(cmdlet, server=server, **parameters)
    assert said in refused
    assert bool(said) == bool(refused)


def test_an_update_changes_the_version(lab: Lab) -> None:
    """It should offer what the new version has, and show its build, after a cumulative update."""
    lab.organisation.apply_cumulative_update("EX01", "15.2.2562.17")
    assert "SE" == lab.organisation.version("EX01")
    (row,) = lab.rows("Get-ExchangeServer", Identity="EX01")
    assert "Version 15.2 (Build 2562.17)" == row["AdminDisplayVersion"]
    (directory,) = lab.rows("Get-OutlookAnywhere", Server="EX01")
    assert row["AdminDisplayVersion"] == directory["AdminDisplayVersion"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SmartHosts": ["h.example"]}, "smart host"),
        ({"DNSRoutingEnabled": False}, "smart host"),
        ({"RequireTLS": True, "TlsAuthLevel": "DomainValidation"}, "TlsDomain"),
        ({"TlsAuthLevel": "CertificateValidation"}, "RequireTLS"),
        ({"AddressSpaces": []}, "AddressSpaces"),
    ],
)
def test_a_send_connector_must_lead_somewhere(lab: Lab, settings: dict[str, Any], said: str) -> None:
    """It should refuse a send connector whose settings contradict each other."""
    asked = {"Name": "x", "AddressSpaces": ["smtp:x.example;1"]} | settings
    assert said in lab.refused("New-SendConnector", **asked)


def test_only_known_settings_are_overridden(lab: Lab) -> None:
    """It should refuse to override a setting that Exchange does not have, or one that is overridden already."""
    given: dict[str, Any] = {"Reason": "x", "Parameters": ["MaxConcurrency=25"]}
    override = given | {"Component": "WorkloadManagement", "Section": "DiskLatency"}
    lab.rows("New-SettingOverride", Name="a", **override)
    assert "already" in lab.refused("New-SettingOverride", Name="b", **override)
    assert "section" in lab.refused("New-SettingOverride", Name="c", **override | {"Section": "Speed"})
    assert "component" in lab.refused("New-SettingOverride", Name="d", **override | {"Component": "Engine"})


def test_virtual_directories_are_each_servers_own(lab: Lab) -> None:
    """It should give every server each family, with its own address and that of its site (facts B44, D19)."""
    (row,) = lab.rows("Get-WebServicesVirtualDirectory", Server="EX11", site="bristol", server="EX11")
    expected = {
        "Identity": "EX11\\EWS (Default Web Site)",
        "InternalUrl": "https://ex11.bristol.nhsmail.example/EWS/Exchange.asmx",
        "ExternalUrl": "https://mail.bristol.nhsmail.example/EWS/Exchange.asmx",
        "MRSProxyEnabled": True,
        "ExtendedProtectionTokenChecking": "Allow",
    }
    assert expected == {name: row[name] for name in expected}
    families = ("ActiveSync", "Autodiscover", "Ecp", "Mapi", "Oab", "Owa", "PowerShell", "WebServices")
    assert {5} == {len(lab.rows(f"Get-{family}VirtualDirectory")) for family in families}


def test_an_address_must_be_one(lab: Lab) -> None:
    """It should refuse an address of a virtual directory that is none, and clear it by no value."""
    identity = "EX01\\mapi (Default Web Site)"
    assert "Uri" in lab.refused("Set-MapiVirtualDirectory", Identity=identity, ExternalUrl="mail")
    lab.rows("Set-MapiVirtualDirectory", Identity=identity, ExternalUrl=None)
    assert [None] == [row["ExternalUrl"] for row in lab.rows("Get-MapiVirtualDirectory", Identity=identity)]
