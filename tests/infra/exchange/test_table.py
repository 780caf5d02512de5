"""The table of objects: every row is something that Exchange Online has, as Microsoft's reference describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from exchange_admin import cmdlets
from exchange_admin.cmdlets import Side
from infra.exchange.kinds import ASSIGNED, TOGGLE, Life, ObjectType, Property, named
from infra.exchange.objects.migration import MIGRATION_ENDPOINT
from infra.exchange.rules import Between, Flag, Members, Names, Number, State, Text
from infra.exchange.table import TYPES

KINDS = list(TYPES.values())
REFERENCE: dict[str, Any] = json.loads(
    files("exchange_admin").joinpath("cmdlets.json").read_text(encoding="utf-8")
)["cmdlets"]
LISTS = {"MultiValuedProperty", "String[]", "Word[]", "RecipientIdParameter[]"}
PLAIN = {"String", "SmtpDomainWithSubdomains", "TlsCertificate", "Uri", "Guid", "HeaderName", "HeaderValue"}
PLAIN |= {"SubjectPrefix", "DisclaimerText", "SclValue", "Fqdn"}
SINGLE_OF_A_LIST = {"TargetedDomainProtectionAction", "TargetedUserProtectionAction"}
"""Actions of one value whose parameter takes a list."""


def _setters(kind: ObjectType, one: Property) -> Iterator[str]:
    """The cmdlets that may be sent with the property's parameter."""
    if kind.at_birth(one):
        yield kind.cmdlet("New")
    if one.by and one.by not in (TOGGLE, ASSIGNED):
        yield one.by
    elif one.settable and not one.by and not kind.fixed(one):
        yield kind.cmdlet("Set")


def _cases() -> Iterator[Any]:
    for kind in KINDS:
        for one in kind.properties:
            for cmdlet in _setters(kind, one):
                yield pytest.param(cmdlet, one, id=f"{cmdlet} {one.parameter}")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_every_cmdlet_exists_online(kind: ObjectType) -> None:
    """It should send only cmdlets of Exchange Online, with an identity where there is one to give."""
    identity = {"Identity": "x"} if kind.key else {}
    cmdlets.check(kind.cmdlet("Get"), identity, Side.ONLINE)
    if not all(kind.fixed(one) for one in kind.properties):
        cmdlets.check(kind.cmdlet("Set"), identity, Side.ONLINE)
    if kind.life is not Life.ADOPTED:
        cmdlets.check(kind.cmdlet("New"), dict.fromkeys(kind.given), Side.ONLINE)
    if kind.life is Life.OWNED:
        cmdlets.check(kind.cmdlet("Remove"), identity, Side.ONLINE)
    if any(one.by == TOGGLE for one in kind.properties):
        cmdlets.check(kind.cmdlet("Enable"), identity, Side.ONLINE)
        cmdlets.check(kind.cmdlet("Disable"), identity, Side.ONLINE)
    if any(one.by == ASSIGNED for one in kind.properties):
        cmdlets.check("New-ManagementRoleAssignment", {"Role": "x", "Policy": "x"}, Side.ONLINE)
        cmdlets.check("Remove-ManagementRoleAssignment", identity, Side.ONLINE)
    for cmdlet, _ in kind.besides.values():
        cmdlets.check(cmdlet, identity, Side.ONLINE)


@pytest.mark.parametrize(("cmdlet", "one"), list(_cases()))
def test_every_parameter_is_of_its_type(cmdlet: str, one: Property) -> None:
    """It should send each parameter where it exists online, with a value of its type."""
    assert cmdlets.has_parameter(cmdlet, one.parameter, Side.ONLINE)
    kind: str = REFERENCE[cmdlet]["parameters"][one.parameter]["type"].removeprefix("System.")
    match one.rule:
        case State() | Flag():
            assert kind in {"Boolean", "SwitchParameter"}
        case Number() | Between():
            assert kind in {"Int32", "UInt32", "UInt16", "Unlimited"}
        case Names() | Members():
            assert kind in LISTS
        case Text(choices) if choices:
            assert kind not in LISTS | PLAIN or one.parameter in SINGLE_OF_A_LIST
        case Text():
            assert kind in PLAIN or kind.endswith("IdParameter")


@pytest.mark.parametrize(("cmdlet", "one"), list(_cases()))
def test_every_accepted_value_is_one_of_exchanges(cmdlet: str, one: Property) -> None:
    """It should allow just the values that Microsoft's reference lists for the parameter."""
    if isinstance(one.rule, Text) and one.rule.choices:
        assert set(REFERENCE[cmdlet]["parameters"][one.parameter]["values"]) == set(one.rule.choices)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.life is not Life.ADOPTED], ids=lambda kind: kind.noun
)
def test_nothing_mandatory_is_missing_when_an_object_is_made(kind: ObjectType) -> None:
    """It should always give New- what it demands, in one of its parameter sets."""
    said = {*kind.given, *(one.parameter for one in kind.properties if one.required)}
    demanded: dict[str, set[str]] = {}
    for name, parameter in REFERENCE[kind.cmdlet("New")]["parameters"].items():
        if "Online" in parameter.get("applies", ["Online"]):
            for which in parameter.get("required_in", ()):
                demanded.setdefault(which, set()).add(name)
    always = demanded.pop("(All)", set())
    assert any((always | some) <= said for some in demanded.values() or [set()])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_what_is_sent_together_is_of_one_parameter_set(kind: ObjectType) -> None:
    """It should send together only parameters that a call may have together."""
    changes = {
        one.parameter: True for one in kind.properties if one.settable and not kind.fixed(one) and not one.by
    }
    births = {one.parameter: True for one in kind.properties if kind.at_birth(one)}
    calls = [*kind.calls("x", changes), *([(kind.cmdlet("New"), births)] if births else [])]
    for cmdlet, parameters in calls:
        sets = [cmdlets.sets_of(cmdlet, parameter) for parameter in parameters]
        named = [each for each in sets if each]
        assert not named or frozenset.intersection(*named)
    assert set(changes) == {name for _, parameters in kind.calls("x", changes) for name in parameters} - {
        "Identity"
    }


def test_parameters_that_do_not_go_together_are_sent_apart() -> None:
    """It should set delayed de-licensing in another call than the refusal of direct sending."""
    kind = TYPES["exchange:index:OrganizationConfig"]
    changes = {"AuditDisabled": False, "DelayedDelicensingEnabled": True, "RejectDirectSend": True}
    expected = [
        ("Set-OrganizationConfig", {"AuditDisabled": False, "DelayedDelicensingEnabled": True}),
        ("Set-OrganizationConfig", {"RejectDirectSend": True}),
    ]
    assert expected == list(kind.calls("OrganizationConfig", changes))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_every_property_can_be_set(kind: ObjectType) -> None:
    """It should have no property that neither New- nor Set- takes, unless the stack only looks at it."""
    assert [] == [
        one.name for one in kind.properties if one.settable and not list(_setters(kind, one)) and not one.by
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_a_property_is_called_as_its_parameter(kind: ObjectType) -> None:
    """It should name each property after its parameter; bounds are of two numbers and have a name of their own."""
    own = {"migrations", "incrementalSyncs"}
    assert all(one.name == named(one.parameter) or one.name in own for one in kind.properties)
    assert "guid" not in {one.name for one in kind.properties}


def test_only_these_replace() -> None:
    """It should replace only where New- alone takes a parameter, as the reference of today has it."""
    expected = {
        "RemoteDomain": ["domainName"],
        "OnPremisesOrganization": ["organizationGuid"],
        "ServicePrincipal": ["appId"],
        "ManagementRole": ["parent", "enabledCmdlets"],
        "ManagementRoleAssignment": ["role", "securityGroup"],
        "ApplicationAssignment": ["role", "app"],
    }
    found = {kind.type_name: [one.name for one in kind.properties if kind.fixed(one)] for kind in KINDS}
    found = {noun: names for noun, names in found.items() if names}
    assert expected | {"DkimSigningConfig": ["keySize"]} == found


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("CloudServicesMailEnabled", "cloudServicesMailEnabled"),
        ("UseMXRecord", "useMxRecord"),
        ("EnableATPForSPOTeamsODB", "enableAtpForSpoTeamsOdb"),
        ("IPAllowList", "ipAllowList"),
        ("TargetOwaURL", "targetOwaUrl"),
        ("OAuth2ClientProfileEnabled", "oAuth2ClientProfileEnabled"),
    ],
)
def test_abbreviations_are_words(parameter: str, expected: str) -> None:
    """It should treat an abbreviation as one word."""
    assert expected == named(parameter)


@pytest.mark.parametrize(
    ("changes", "live", "expected"),
    [
        ({}, (20, 30), {}),
        ({"MaxConcurrentMigrations": 30}, (100, 20), {"MaxConcurrentMigrations": 30}),
        (
            {"MaxConcurrentMigrations": 30},
            (100, 40),
            {"MaxConcurrentMigrations": 30, "MaxConcurrentIncrementalSyncs": 30},
        ),
        (
            {"MaxConcurrentIncrementalSyncs": 40},
            (30, 50),
            {"MaxConcurrentIncrementalSyncs": 30},
        ),
    ],
)
def test_incremental_syncs_never_exceed_migrations(
    changes: dict[str, int], live: tuple[int, int], expected: dict[str, int]
) -> None:
    """It should lower incremental syncs with migrations, as Exchange wants (fact B2)."""
    row = dict(zip(("MaxConcurrentMigrations", "MaxConcurrentIncrementalSyncs"), live, strict=True))
    assert expected == MIGRATION_ENDPOINT.settled(changes, row)
