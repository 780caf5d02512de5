"""The table of kinds, and the tenant as it was new and as the wizard left it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.command_log import CommandLog
from rehearsal.environments import ENVIRONMENTS
from rehearsal.estate import generate
from rehearsal.exchange_online.metadata import Parameter, online_cmdlets
from rehearsal.exchange_online.objects.forms import FORMS
from rehearsal.exchange_online.objects.kind import Kind, kinds, taken
from rehearsal.exchange_online.objects.options import ObjectOptions
from rehearsal.exchange_online.options import Options
from rehearsal.wire import Request
from tests.rehearsal.exchange_online.driver import Driver

KINDS = sorted(kinds().items())
TENANT = ENVIRONMENTS["rehearsal"].tenant


def settings(noun: str, kind: Kind) -> Iterator[tuple[str, Parameter]]:
    """Return each property of a kind with the parameter that sets it."""
    for verb in ("New", "Set"):
        _, cmdlet = online_cmdlets().get(f"{verb}-{noun}".lower(), ("", None))
        for name, parameter in (cmdlet.parameters if cmdlet else {}).items():
            held = kind.property_of(name)
            if parameter.online and held:
                yield held, parameter


@pytest.mark.parametrize(("noun", "kind"), KINDS)
def test_a_kind_speaks_of_its_properties(noun: str, kind: Kind) -> None:
    """It should name only properties that it has, cmdlets that exist online, and kinds and forms that are there."""
    needed = [name for need in kind.needs for name in need.one_of]
    named = [
        *kind.ranges,
        *kind.forms,
        *kind.refers,
        *kind.unique,
        *kind.accepted,
        *kind.keys,
        *kind.hidden,
        *needed,
    ]

    assert set(named) <= {*kind.properties, kind.name, "State"}
    assert set(kind.refers.values()) <= set(kinds())
    assert set(kind.forms.values()) <= set(FORMS)
    assert all(f"{verb}-{noun}".lower() in online_cmdlets() for verb in kind.verbs)


@pytest.mark.parametrize(("noun", "kind"), KINDS)
def test_defaults_are_values_that_the_service_takes(noun: str, kind: Kind) -> None:
    """It should give every flag a truth value or nothing, every list a list, and enumerations one of their values."""
    for name, parameter in settings(noun, kind):
        default = kind.properties.get(name)
        if parameter.type in ("Boolean", "System.Boolean", "SwitchParameter"):
            assert default in (True, False, None), name
        elif parameter.type == "MultiValuedProperty" and not parameter.values and noun != "TransportRule":
            assert isinstance(default, list), name
        elif parameter.values and isinstance(default, str) and not parameter.type.endswith("String"):
            assert default in (*parameter.values, "None", "", "Default", "Undefined"), name


def test_what_is_left_out_is_known() -> None:
    """It should take every parameter that exists online but these, of all kinds but the two with above a hundred."""
    left: dict[str, list[str]] = {}
    for noun, kind in KINDS:
        for verb in sorted({"New", "Set"} & set(kind.verbs)):
            cmdlet = f"{verb}-{noun}"
            modelled = taken(verb, noun) | {"Confirm", "WhatIf"}
            parameters = online_cmdlets()[cmdlet.lower()][1].parameters
            if names := [name for name, each in parameters.items() if each.online and name not in modelled]:
                left[cmdlet] = names
    assert 72 > len(left.pop("Set-OrganizationConfig")) > len(left.pop("Set-OwaMailboxPolicy"))
    classifications = [
        "DlpPolicy",
        "ExceptIfMessageContainsDataClassifications",
        "MessageContainsDataClassifications",
    ]
    assert {
        "New-AntiPhishPolicy": ["SimilarUsersSafetyTipsCustomText", "UnusualCharactersSafetyTipsCustomText"],
        "New-OutboundConnector": ["LinkForModifiedConnector"],
        "New-SafeAttachmentPolicy": ["MakeBuiltInProtection"],
        "New-SafeLinksPolicy": ["MakeBuiltInProtection"],
        "New-TransportRule": classifications,
        "Set-AuthenticationPolicy": ["AllowLegacyExchangeTokens", "BlockLegacyExchangeTokens", "TenantId"],
        "Set-DkimSigningConfig": ["PublishTxtRecords"],
        "Set-HostedConnectionFilterPolicy": ["ConfigurationXmlRaw"],
        "Set-MalwareFilterPolicy": ["IsPolicyOverrideApplied"],
        "Set-SafeLinksPolicy": ["LocalizedNotificationTextList"],
        "Set-TransportRule": classifications,
    } == left


def test_the_wizard_was_run() -> None:
    """It should have left its objects under their names, which carry the organisation's GUID (facts D12, D12b)."""
    driver = Driver()
    names = {
        noun: driver.rows(f"Get-{noun}")[0]["Name"].replace(TENANT.organisation, "<guid>")
        for noun in (
            "OrganizationRelationship",
            "InboundConnector",
            "OutboundConnector",
            "OnPremisesOrganization",
            "IntraOrganizationConnector",
        )
    }

    assert {
        "OrganizationRelationship": "O365 to On-premises - <guid>",
        "InboundConnector": "Inbound from <guid>",
        "OutboundConnector": "Outbound to <guid>",
        "OnPremisesOrganization": "<guid>",
        "IntraOrganizationConnector": "ExchangeHybridOnlineToOnPremises",
    } == names
    (domain,) = driver.rows("Get-RemoteDomain")
    assert ("Default", "2026-06-03") == (domain["Name"], domain["WhenCreated"][:10])


def test_what_the_wizard_left_keeps_the_rules() -> None:
    """It should leave only objects that the service would take if they were made again."""
    driver = Driver()
    nouns = ("OnPremisesOrganization", "OrganizationRelationship", "InboundConnector", "OutboundConnector")
    given: dict[str, dict[str, Any]] = {}
    empty: tuple[object, ...] = (None, [], "", "None")
    for noun in nouns:
        (row,) = driver.rows(f"Get-{noun}")
        parameters = online_cmdlets()[f"new-{noun.lower()}"][1].parameters
        given[noun] = {
            name: row[name] for name, each in parameters.items() if each.online and row.get(name) not in empty
        }
        driver.rows(f"Remove-{noun}", Identity=row["Name"], Confirm=False)
    for noun in reversed(nouns):
        driver.rows(f"New-{noun}", **given[noun])

    assert [1, 1, 1, 1] == [len(driver.rows(f"Get-{noun}")) for noun in nouns]


def test_wizards_of_other_versions() -> None:
    """It should leave a connector with a GUID in its name, and remote domains, where the options say so."""
    options = ObjectOptions(wizard_connector="HybridIOC - {organisation}", wizard_remote_domains=True)
    driver = Driver(options=Options(objects=options))

    (connector,) = driver.rows("Get-IntraOrganizationConnector")
    domains = [row["Name"] for row in driver.rows("Get-RemoteDomain")]

    assert f"HybridIOC - {TENANT.organisation}" == connector["Name"]
    assert ["Default", "Hybrid Domain - nhsmail.example"] == domains


@pytest.mark.parametrize(("noun", "kind"), KINDS)
def test_what_is_shown_can_be_given_back(noun: str, kind: Kind) -> None:
    """It should take each value as it shows it, and find that nothing has changed."""
    driver = Driver()
    _, cmdlet = online_cmdlets()[f"set-{noun.lower()}"]
    for row in driver.rows(f"Get-{noun}"):
        identity = {} if kind.alone else {"Identity": row["Identity"]}
        for name, parameter in cmdlet.parameters.items():
            held = kind.property_of(name)
            value = row.get(held) if held and parameter.online else None
            if value is not None and held not in (kind.flag, *kind.parameters.values()) and value != "None":
                answer = driver.answer(f"Set-{noun}", **identity, **{name: value})
                assert "no settings" in answer["@adminapi.warnings"][0], name


def test_environments_have_objects_of_their_own() -> None:
    """It should give two tenants different names and identifiers."""
    estates = (generate(7, tenant=ENVIRONMENTS[name].tenant) for name in ("rehearsal", "pilot"))
    seen = [Driver(estate=estate).rows("Get-InboundConnector")[0] for estate in estates]

    assert seen[0]["Name"] != seen[1]["Name"]
    assert seen[0]["Guid"] != seen[1]["Guid"]


def test_objects_are_rebuilt_by_replay(tmp_path: Path) -> None:
    """It should give the same bytes after the log was replayed over a fresh tenant."""
    first, log = opened(tmp_path)
    ask(first, log, "New-TransportRule", Name="a", PrependSubject="[External]", FromScope="NotInOrganization")
    ask(first, log, "New-TransportRule", Name="b", DeleteMessage=True, Priority=0)
    ask(first, log, "Set-OrganizationConfig", RejectDirectSend=True)
    before = [ask(first, log, f"Get-{noun}").body for noun in kinds()]
    log.close()

    again, replayed = opened(tmp_path)
    after = [ask(again, replayed, f"Get-{noun}").body for noun in kinds()]
    replayed.close()

    assert before == after


def opened(folder: Path) -> tuple[Driver, CommandLog]:
    """Open the log of *folder* over a fresh tenant."""
    driver = Driver()
    return driver, CommandLog(folder / "log", {"exchange_online": driver.service.handle}, {})


def ask(driver: Driver, log: CommandLog, cmdlet: str, **parameters: object) -> Any:
    """Run a cmdlet through the log."""
    body = json.dumps({"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}).encode()
    path = f"/adminapi/beta/{driver.estate.tenant_id}/InvokeCommand"
    return log.perform("exchange_online", Request("POST", path, headers=driver.headers, body=body))


def test_the_strict_preset_was_turned_on_and_is_for_nobody() -> None:
    """It should hold the two rules of the preset, off, and policies that nobody can change."""
    driver = Driver()
    rules = [driver.rows(f"Get-{kind}ProtectionPolicyRule")[0] for kind in ("EOP", "ATP")]

    assert [("Strict Preset Security Policy", "Disabled")] * 2 == [
        (row["Name"], row["State"]) for row in rules
    ]
    policy = rules[0]["AntiPhishPolicy"]
    refused = driver.refusal("Set-AntiPhishPolicy", Identity=policy, PhishThresholdLevel=1)
    assert "can't be performed on the default AntiPhishPolicy" in refused[2]


def test_without_somebody_the_preset_has_no_rule() -> None:
    """It should answer that there is none where nobody has turned it on."""
    driver = Driver(options=Options(objects=ObjectOptions(presets_turned_on=False)))

    assert [] == driver.rows("Get-EOPProtectionPolicyRule")
