"""The controls on the stacks as they are declared, and on the same stacks with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from controls.catalogue import DECLARES, RESOURCE_RULES, STACK_RULES, Check, Control, controls, findings
from controls.model import UNKNOWN, Resource, Waiver
from controls.rules_azure import OWNERS
from tests.controls.tenant import altered
from tests.controls.test_tenant import EXCHANGE
from tests.infra.policy.stacks import STACKS, TODAY

Stack = tuple[Resource, ...]
Change = Callable[[Stack], Stack]

AZURE = "azure-native:"
ENTRA = "azuread:index/"
POLICY = f"{ENTRA}conditionalAccessPolicy:ConditionalAccessPolicy"
NSG, RECORDS = f"{AZURE}network:NetworkSecurityGroup", f"{AZURE}dns:RecordSet"
STORAGE, VAULT = f"{AZURE}storage:", f"{AZURE}keyvault:Vault"
CONNECTOR = "exchange:index:OutboundConnector"
PIM = f"{ENTRA}groupRoleManagementPolicy:GroupRoleManagementPolicy"
SCHEDULE = f"{ENTRA}privilegedAccessGroupEligibilitySchedule:PrivilegedAccessGroupEligibilitySchedule"
CERTIFICATE = f"{ENTRA}applicationCertificate:ApplicationCertificate"
ALERT = f"{AZURE}monitor:ScheduledQueryRule"
DOMAIN = "live.nhsmail.example"


def change(kind: str, name: str, path: str, new: Any) -> Change:
    """One property of one resource differs."""

    def changed(stack: Stack) -> Stack:
        assert 1 == sum((kind, name) == each.key for each in stack), (kind, name)
        return tuple(
            replace(each, properties=altered(each.properties, path, new))
            if each.key == (kind, name)
            else each
            for each in stack
        )

    return changed


def without(kind: str, name: str) -> Change:
    """One resource is not there."""

    def changed(stack: Stack) -> Stack:
        left = tuple(each for each in stack if each.key != (kind, name))
        assert len(stack) - 1 == len(left), (kind, name)
        return left

    return changed


def unprotected(kind: str, name: str) -> Change:
    """One resource is not protected."""
    return lambda stack: tuple(
        replace(each, protect=False) if each.key == (kind, name) else each for each in stack
    )


def referring_to(team: str) -> Change:
    """One policy has another group outside."""

    def changed(stack: Stack) -> Stack:
        other = {"conditions": ((f"{ENTRA}groupWithoutMembers:GroupWithoutMembers", team),)}
        return tuple(
            replace(each, depends=other) if each.key == (POLICY, "require-mfa") else each for each in stack
        )

    return changed


def joined(kind: str, **properties: object) -> Change:
    """One resource more."""
    return lambda stack: (*stack, Resource(stack[0].stack, kind, "more", properties, protect=True))


def text(name: str, value: str) -> Change:
    place = DOMAIN if name == "@" else f"{name}.{DOMAIN}"
    return change(RECORDS, f"{place}-TXT", "txtRecords", [{"value": [value]}])


INTERNET_IN = [{"name": "in", "direction": "Inbound", "access": "Allow", "sourceAddressPrefix": "Internet"}]


def let_in(ports: str) -> Change:
    return change(NSG, "runners", "securityRules", [{**INTERNET_IN[0], "destinationPortRange": ports}])


SPF = "v=spf1 ip4:192.0.2.0/24 include:spf.protection.outlook.com"
CASES: Sequence[tuple[int, str, Change]] = (
    (2, "foundation", text("@", f"{SPF} ~all")),
    (2, "foundation", text("@", "v=spf1 ip4:192.0.2.0/24 -all")),
    (2, "foundation", text("@", "v=spf1 include:spf.protection.outlook.com -all")),
    (2, "foundation", text("@", f"{SPF} {' '.join(f'include:{n}.example' for n in range(10))} -all")),
    (2, "foundation", text("@", "something else")),
    (3, "foundation", without(RECORDS, f"selector2._domainkey.{DOMAIN}-CNAME")),
    (4, "foundation", text("_dmarc", "v=DMARC1; p=quarantine; rua=mailto:us@nhs.example")),
    (4, "foundation", text("_dmarc", "v=DMARC1; p=reject; sp=none; rua=mailto:us@nhs.example")),
    (4, "foundation", text("_dmarc", "v=DMARC1; p=reject; pct=50; rua=mailto:us@nhs.example")),
    (4, "foundation", text("_dmarc", "v=DMARC1; p=reject")),
    (4, "foundation", text("_dmarc", "v=DMARC1; p=reject; rua=mailto:reports@dmarc.cyber.dhs.gov")),
    (4, "foundation", without(RECORDS, f"_dmarc.parked.{DOMAIN}-TXT")),
    (18, "foundation", without(RECORDS, f"_mta-sts.{DOMAIN}-TXT")),
    (18, "foundation", text("_smtp._tls", "v=TLSRPTv1")),
    (18, "hybrid", change(CONNECTOR, "on-premises", "tlsSettings", "EncryptionOnly")),
    (18, "hybrid", change(CONNECTOR, "on-premises", "tlsDomain", None)),
    (18, "hybrid", joined(CONNECTOR, connectorType="Partner", tlsSettings="CertificateValidation")),
    (29, "identity", change(POLICY, "block-legacy-authentication", "conditions.clientAppTypes", ["other"])),
    (30, "identity", change(POLICY, "block-high-risk-users", "conditions.userRiskLevels", ["low"])),
    (30, "identity", change(POLICY, "block-high-risk-sign-ins", "conditions.signInRiskLevels", ["low"])),
    (31, "identity", change(POLICY, "require-mfa", "state", "enabledForReportingButNotEnforced")),
    (31, "identity", change(POLICY, "require-mfa", "conditions.users.includedUsers", ["somebody"])),
    (31, "identity", change(POLICY, "require-mfa", "grantControls.builtInControls", ["compliantDevice"])),
    (
        32,
        "identity",
        change(
            POLICY,
            "phishing-resistant-for-privileged",
            "grantControls.authenticationStrengthPolicyId",
            None,
        ),
    ),
    (
        33,
        "identity",
        change(
            POLICY,
            "block-device-code",
            "conditions.authenticationFlowTransferMethods",
            ["deviceCodeFlow"],
        ),
    ),
    (
        34,
        "identity",
        change(POLICY, "sign-in-frequency-for-privileged", "sessionControls.signInFrequency", 12),
    ),
    (
        34,
        "identity",
        change(POLICY, "sign-in-frequency-for-privileged", "sessionControls.persistentBrowserMode", "always"),
    ),
    (35, "identity", change(POLICY, "require-mfa", "conditions.users.excludedUsers", ["somebody"])),
    (35, "identity", change(POLICY, "require-mfa", "conditions.users.excludedGroups", [])),
    (35, "identity", referring_to("pilots")),
    (36, "foundation", change(ALERT, "break-glass-sign-in", "enabled", False)),
    (36, "foundation", change(ALERT, "break-glass-sign-in", "actions.actionGroups", [])),
    (40, "foundation", change(ALERT, "privileged-role", "enabled", False)),
    (40, "foundation", change(ALERT, "privileged-role", "criteria.allOf.0.query", "AuditLogs | take 1")),
    (46, "identity", change(f"{AZURE}aadiam:DiagnosticSetting", "directory", "logs.1.enabled", False)),
    (46, "identity", change(f"{AZURE}aadiam:DiagnosticSetting", "directory", "workspaceId", "")),
    (46, "identity", without(f"{AZURE}aadiam:DiagnosticSetting", "directory")),
    (39, "identity", change(PIM, "operators", "activationRules.maximumDuration", "PT8H")),
    (39, "identity", change(PIM, "operators", "activationRules.requireApproval", False)),
    (39, "identity", change(SCHEDULE, "operators", "permanentAssignment", True)),
    (43, "identity", joined(f"{ENTRA}applicationPassword:ApplicationPassword")),
    (43, "identity", change(CERTIFICATE, "hybrid-one", "endDate", "2027-05-01T00:00:00Z")),
    (43, "identity", change(CERTIFICATE, "hybrid-one", "startDate", None)),
    *(
        (47, "foundation", change(f"{STORAGE}{kind}", "evidence", path, bad))
        for kind, path, bad in (
            ("StorageAccount", "allowSharedKeyAccess", True),
            ("StorageAccount", "publicNetworkAccess", "Enabled"),
            ("StorageAccount", "networkRuleSet.defaultAction", "Allow"),
            ("StorageAccount", "enableHttpsTrafficOnly", False),
            ("StorageAccount", "minimumTlsVersion", "TLS1_0"),
            ("StorageAccount", "allowCrossTenantReplication", None),
            ("StorageAccount", "allowBlobPublicAccess", True),
            ("BlobServiceProperties", "isVersioningEnabled", False),
            ("BlobServiceProperties", "deleteRetentionPolicy.enabled", False),
            ("BlobContainer", "publicAccess", "Blob"),
        )
    ),
    *(
        (48, "foundation", change(VAULT, "vault", f"properties.{path}", bad))
        for path, bad in (
            ("enableRbacAuthorization", False),
            ("enablePurgeProtection", None),
            ("publicNetworkAccess", "Enabled"),
            ("networkAcls.defaultAction", "Allow"),
        )
    ),
    (48, "foundation", without(f"{AZURE}network:PrivateEndpoint", "vault")),
    (
        48,
        "foundation",
        change(f"{AZURE}keyvault:Key", "evidence-key", "properties.rotationPolicy.attributes", {}),
    ),
    (
        48,
        "foundation",
        change(f"{AZURE}keyvault:Key", "evidence-key", "properties.rotationPolicy.lifetimeActions", []),
    ),
    (49, "foundation", unprotected(VAULT, "vault")),
    (
        49,
        "foundation",
        without(f"{AZURE}authorization:ManagementLockAtResourceGroupLevel", "mailwave"),
    ),
    (49, "identity", joined(f"{AZURE}authorization:RoleDefinition", permissions=[{"actions": ["*"]}])),
    (49, "identity", joined(f"{AZURE}authorization:RoleAssignment", roleDefinitionId=f"/roles/{OWNERS[1]}")),
    (50, "foundation", without(f"{AZURE}monitor:DiagnosticSetting", "vault")),
    (50, "foundation", let_in("3389")),
    (50, "foundation", let_in("20-30")),
    (50, "foundation", change(f"{AZURE}network:Subnet", "runners", "networkSecurityGroup", None)),
)


def fired(stack: Stack, today: date = TODAY) -> set[int]:
    return {control.id for control in controls() if [*findings(control, stack, today)]}


@pytest.mark.parametrize("layer", STACKS)
def test_what_is_declared_breaks_nothing(layer: str) -> None:
    """It should find nothing in production as it is declared."""
    assert set() == fired(STACKS[layer]())


@pytest.mark.parametrize(("control", "layer", "changed"), CASES)
def test_one_difference_breaks_exactly_one_control(control: int, layer: str, changed: Change) -> None:
    """It should notice the difference by that control and by no other."""
    assert {control} == fired(changed(STACKS[layer]()))


def test_every_checked_control_has_a_bad_case() -> None:
    """It should have seen each control that is looked at, and no other, find something."""
    seen = {case[0] for case in (*CASES, *EXCHANGE)}
    assert {control.id for control in controls() if control.declared} == seen


def test_every_rule_is_used() -> None:
    """It should name in the data every rule that there is, by the means that it is written for."""
    checks = [check for each in controls() for check in each.checks]
    assert {*RESOURCE_RULES, *STACK_RULES, DECLARES} == {check.rule for check in checks}
    declared = [check for check in checks if check.means != "live"]
    assert [] == [
        check.rule for check in declared if (check.means == "resource") != (check.rule in RESOURCE_RULES)
    ]


def test_every_control_says_how_it_is_looked_at() -> None:
    """It should hold all 50, each looked at or with the reason why it is not, and so for the live tenant."""
    every = controls()
    assert list(range(1, 51)) == [control.id for control in every]
    assert [] == [control.id for control in every if not control.checks and not control.not_yet]
    assert [] == [each.id for each in every if "L" in each.wanted and not (each.live or each.not_yet)]
    assert [] == [control.id for control in every if set(control.wanted) - set("PSDL")]


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("TransportConfig", "transport", {5}),
        ("OrganizationConfig", "settings", {8, 9, 10, 14, 16, 17}),
        ("RemoteDomain", "everywhere", {1}),
        ("RoleAssignmentPolicy", "own-mailboxes", {12}),
        ("EOPProtectionPolicyRule", "strict", {28}),
        ("ATPProtectionPolicyRule", "strict", {28}),
        ("AtpPolicyForO365", "elsewhere", set[int]()),
    ],
)
def test_a_control_is_not_kept_by_leaving_its_object_out(kind: str, name: str, expected: set[int]) -> None:
    """It should want the hybrid layer to declare each kind of object that a control is about."""
    assert expected == fired(without(f"exchange:index:{kind}", name)(STACKS["hybrid"]()))


def test_a_layer_without_policies_or_alerts_keeps_nothing() -> None:
    """It should want the policies of signing in, and the alerts, even where there is none at all."""
    bare = {
        layer: tuple(each for each in STACKS[layer]() if each.type != kind)
        for layer, kind in (("identity", POLICY), ("foundation", ALERT))
    }

    assert {29, 30, 31, 32, 33, 34} == fired(bare["identity"])
    assert {36, 40} == fired(bare["foundation"])


def test_what_a_preview_cannot_know_breaks_nothing() -> None:
    """It should leave a value that is not known yet to the deployment."""
    unknown = change(f"{STORAGE}StorageAccount", "evidence", "publicNetworkAccess", UNKNOWN)
    assert set() == fired(unknown(STACKS["foundation"]()))


def test_an_environment_without_real_mail_may_be_taken_down() -> None:
    """It should demand protection and locks of pilot and production only."""
    lock = f"{AZURE}authorization:ManagementLockAtResourceGroupLevel"
    stack = tuple(
        replace(each, stack="foundation-dev", protect=False)
        for each in STACKS["foundation"]()
        if each.type != lock
    )
    assert set() == fired(stack)


def waived(stack: Mapping[str, Any], today: date) -> list[str]:
    values = {
        "stack": "foundation-production",
        "resource": "evidence",
        "owner": "platform",
        "reason": "old clients",
        "expires": TODAY,
    }
    check = Check(means="resource", rule="closed_storage", types=(f"{STORAGE}StorageAccount",))
    control = Control(
        id=47, cites="", title="", wanted="P", checks=(check,), waivers=(Waiver(**{**values, **stack}),)
    )
    open_account = change(f"{STORAGE}StorageAccount", "evidence", "minimumTlsVersion", "TLS1_0")
    return [found.says for found in findings(control, open_account(STACKS["foundation"]()), today)]


def test_a_waiver_counts_until_its_last_day() -> None:
    """It should keep silent on what is waived until the end of the day, and no longer."""
    assert [] == waived({}, TODAY)
    assert ["minimumTlsVersion is 'TLS1_0' and must be 'TLS1_2'"] == waived({}, TODAY + timedelta(days=1))


@pytest.mark.parametrize("other", [{"stack": "foundation-pilot"}, {"resource": "vault"}])
def test_a_waiver_counts_for_one_resource_of_one_stack(other: Mapping[str, Any]) -> None:
    """It should waive nothing but what it names."""
    assert 1 == len(waived(other, TODAY))


@pytest.mark.parametrize("left_out", ["owner", "expires"])
def test_a_waiver_has_an_owner_and_an_end(left_out: str) -> None:
    """It should refuse a waiver that nobody answers for, or that never ends."""
    fields = {"stack": "s-production", "resource": "r", "owner": "o", "reason": "w", "expires": TODAY}
    row = {"id": 1, "cites": "", "title": "", "wanted": "P", "waivers": [fields]}
    assert controls(msgspec.yaml.encode([row]).decode())
    del fields[left_out]

    with pytest.raises(msgspec.ValidationError, match=f"missing required field `{left_out}`"):
        controls(msgspec.yaml.encode([row]).decode())
