"""The engine's flat configuration, read into settings or refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from pulumi.runtime import set_all_config

from infra.configuration import configured, parse
from infra.errors import BadSetting
from infra.settings.foundation import FoundationSettings
from infra.settings.hybrid import Bounds, HybridSettings
from infra.stack import StackName
from tests.infra.doubles import OTHER, SUBSCRIPTION, TENANT

FOUNDATION = StackName("foundation", "rehearsal")
HYBRID = StackName("hybrid", "rehearsal")
GOOD = {
    "mailwave:tenant_id": TENANT.upper(),
    "mailwave:subscription_id": SUBSCRIPTION,
    "mailwave:location": "uksouth",
    "mailwave:owner": "a team",
    "mailwave:vault_retention_days": "90",
    "mailwave:evidence_retention_days": "365",
    "mailwave:evidence_immutable_days": "2555",
    "mailwave:log_retention_days": "365",
    "mailwave:alerts": '{"emails": ["duty@nhsmail.example"], "break_glass": ["a@n.example", "b@n.example"]}',
    "mailwave:budget": '{"monthly": 100, "since": "2026-09-01"}',
    "mailwave:protect": "true",
}
ENDPOINT = {
    "name": "leeds",
    "remote_server": "mail.leeds.nhsmail.example",
    "migrations": {"minimum": 20, "maximum": 300},
    "incremental_syncs": {"minimum": 10, "maximum": 100},
}
GOOD_HYBRID = {
    "mailwave:tenant_id": TENANT,
    "mailwave:protect": "false",
    "mailwave:retain": "true",
    "mailwave:mail_domain": "nhsmail.example",
    "mailwave:routing_domain": "nhsmail.mail.onmicrosoft.com",
    "mailwave:domain_type": "InternalRelay",
    "mailwave:smart_hosts": '["mail.leeds.nhsmail.example"]',
    "mailwave:tls_domain": "mail.leeds.nhsmail.example",
    "mailwave:organisation": OTHER.upper(),
    "mailwave:published_host": "mail.leeds.nhsmail.example",
    "mailwave:certificates": '[{"name": "mail.leeds.nhsmail.example", "expires": "2030-01-31"}]',
    "mailwave:security_contacts": '["security@nhsmail.example"]',
    "mailwave:priority_groups": '["board@nhsmail.example"]',
    "mailwave:signing": "true",
    "mailwave:endpoints": json.dumps([ENDPOINT]),
}


def refused(entries: Mapping[str, str]) -> BadSetting:
    with pytest.raises(BadSetting) as caught:
        parse(FOUNDATION, FoundationSettings, entries)
    return caught.value


def hybrid_refused(**changed: object) -> BadSetting:
    entries = {**GOOD_HYBRID, **{f"mailwave:{key}": json.dumps(value) for key, value in changed.items()}}
    with pytest.raises(BadSetting) as caught:
        parse(HYBRID, HybridSettings, entries)
    return caught.value


def test_reads_scalars() -> None:
    """It should turn the engine's texts into typed values, GUIDs in lower case."""
    settings = parse(FOUNDATION, FoundationSettings, GOOD)

    assert (TENANT, 90, True) == (settings.tenant_id, settings.vault_retention_days, settings.protect)


def test_reads_structures() -> None:
    """It should read lists and mappings, which the engine hands over as JSON."""
    settings = parse(HYBRID, HybridSettings, GOOD_HYBRID)

    assert Bounds(minimum=20, maximum=300) == settings.endpoints[0].migrations


def test_leaves_the_engines_own_keys_alone() -> None:
    """It should not mind keys that the engine itself reads."""
    settings = parse(FOUNDATION, FoundationSettings, {**GOOD, "pulumi:tags": '{"a":"b"}'})

    assert "uksouth" == settings.location


@pytest.mark.parametrize("key", sorted(GOOD))
def test_names_a_missing_key(key: str) -> None:
    """It should name each key that is missing and say what it may hold."""
    error = refused({name: value for name, value in GOOD.items() if name != key})

    assert (key, "is missing", 0) == (error.key, error.problem, error.more)
    assert error.allowed


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("mailwave:tenant_id", "abc", "GUID"),
        ("mailwave:location", "UK South", "short name"),
        ("mailwave:location", "uksuoth", "short name"),
        ("mailwave:vault_retention_days", "91", "7 to 90"),
        ("mailwave:vault_retention_days", "many", "7 to 90"),
        ("mailwave:evidence_retention_days", "0", "7 to 365"),
        ("mailwave:protect", "maybe", "true or false"),
        ("mailwave:owner", "", "128 characters"),
    ],
)
def test_shows_a_malformed_value(key: str, value: str, allowed: str) -> None:
    """It should show the key, the value found and what is allowed, in one sentence on one line."""
    error = refused({**GOOD, key: value})

    assert key == error.key
    assert allowed in error.allowed
    assert {key, f'"{value}"', error.allowed, "environments/Pulumi.foundation-rehearsal.yaml"} == {
        part
        for part in (key, f'"{value}"', error.allowed, "environments/Pulumi.foundation-rehearsal.yaml")
        if part in str(error)
    }
    assert "\n" not in str(error)


def test_names_a_misspelt_key() -> None:
    """It should name the key that nobody knows before the one that is missing for it."""
    entries = {name: value for name, value in GOOD.items() if name != "mailwave:location"}

    error = refused({**entries, "mailwave:locaton": "uksouth"})

    assert ("mailwave:locaton", 1) == (error.key, error.more)
    assert "mailwave:location" in error.allowed


def test_refuses_a_providers_own_keys() -> None:
    """It should refuse keys of a provider, which would have no effect here."""
    error = refused({**GOOD, "azure-native:subscriptionId": SUBSCRIPTION})

    assert "azure-native:subscriptionId" == error.key


def test_never_shows_a_secret() -> None:
    """It should not show a value that the stack keeps as a secret, even under the wrong key."""
    with pytest.raises(BadSetting) as caught:
        parse(FOUNDATION, FoundationSettings, {**GOOD, "mailwave:key": "hunter2"}, {"mailwave:key"})

    assert "hunter2" not in str(caught.value)


def test_finds_its_way_into_a_structure() -> None:
    """It should name the place inside a structured value, and what belongs there."""
    error = hybrid_refused(endpoints=[{**ENDPOINT, "migrations": {"minimum": 0, "maximum": 300}}])

    assert "mailwave:endpoints[0].migrations.minimum" == error.key
    assert "1 to 1000" in error.allowed


def test_lists_the_keys_of_a_structure() -> None:
    """It should list the keys of the structure in which an unknown one was found."""
    error = hybrid_refused(endpoints=[{**ENDPOINT, "speed": 1}])

    assert "mailwave:endpoints[0].speed" == error.key
    assert "name, remote_server, migrations, incremental_syncs, credentials_expire" == error.allowed


@pytest.mark.parametrize(
    ("changed", "key", "problem"),
    [
        (
            {"endpoints": [{**ENDPOINT, "migrations": {"minimum": 9, "maximum": 3}}]},
            "mailwave:endpoints[0].migrations",
            "has a minimum above its maximum",
        ),
        (
            {"endpoints": [{**ENDPOINT, "incremental_syncs": {"minimum": 10, "maximum": 301}}]},
            "mailwave:endpoints[0]",
            "allows more incremental syncs than migrations",
        ),
        ({"endpoints": [ENDPOINT, ENDPOINT]}, "mailwave:endpoints", "names an endpoint twice"),
    ],
)
def test_refuses_what_does_not_go_together(changed: dict[str, object], key: str, problem: str) -> None:
    """It should refuse bounds that cross, more incremental syncs than migrations, and a name used twice."""
    error = hybrid_refused(**changed)

    assert key == error.key
    assert problem in error.problem


def test_cuts_a_long_value() -> None:
    """It should not fill the terminal with a value that is wrong as a whole."""
    error = hybrid_refused(smart_hosts={"host": "x" * 10_000})

    assert "mailwave:smart_hosts" == error.key
    assert len(str(error)) < 500


def test_reads_what_the_engine_configured() -> None:
    """It should read the table that the engine filled for the running program."""
    set_all_config(GOOD, [])

    settings = configured(FOUNDATION, FoundationSettings)

    assert "a team" == settings.owner
