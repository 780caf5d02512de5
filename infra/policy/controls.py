"""The controls as data, and what a stack is found to lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from infra.policy import rules_azure, rules_directory, rules_mail
from infra.policy.model import Finding, Resource, ResourceRule, StackRule

FILE = Path(__file__).parent / "controls.yaml"

RESOURCE_RULES: Mapping[str, ResourceRule] = {
    rule.__name__: rule
    for rule in (
        rules_azure.closed_storage,
        rules_azure.closed_vault,
        rules_azure.protected,
        rules_azure.no_owner_role,
        rules_azure.no_owner_assignment,
        rules_azure.no_remote_desktop,
        rules_azure.subnet_has_rules,
        rules_directory.activation_is_bounded,
        rules_directory.nothing_is_permanent,
        rules_directory.no_application_password,
        rules_directory.certificate_is_short,
        rules_mail.connector_tls,
    )
}
STACK_RULES: Mapping[str, StackRule] = {
    "vault_is_private": rules_azure.vault_is_private,
    "locked_groups": rules_azure.locked_groups,
    "everything_is_logged": rules_azure.everything_is_logged,
    "break_glass_is_told": rules_azure.break_glass_is_told,
    "only_break_glass_outside": rules_directory.only_break_glass_outside,
    "legacy_blocked": rules_directory.legacy_blocked,
    "risky_users_blocked": rules_directory.risky_users_blocked,
    "risky_sign_ins_blocked": rules_directory.risky_sign_ins_blocked,
    "mfa_for_all": rules_directory.mfa_for_all,
    "strength_for_privileged": rules_directory.strength_for_privileged,
    "transfer_blocked": rules_directory.transfer_blocked,
    "sessions_bounded": rules_directory.sessions_bounded,
    "sender_policy": rules_mail.sender_policy,
    "signing_keys": rules_mail.signing_keys,
    "dmarc": rules_mail.dmarc,
    "transport_security": rules_mail.transport_security,
}
Means = Literal["resource", "stack", "records"]


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of a control: looked at a resource alone, at the whole stack, or at its DNS records.

    *types*: the resource types that the rule is about; a rule of a resource sees no others, and ``*`` is all.
    """

    means: Means
    rule: str
    types: tuple[str, ...]

    def sees(self, resource: Resource) -> bool:
        """Whether the rule is about this resource."""
        return "*" in self.types or resource.type in self.types


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers for a control that is not met by *resource* of *stack*, and until the end of which day.

    *resource* is the name in the program; empty where the fault is that there is none.
    """

    stack: str
    resource: str
    owner: str
    reason: str
    expires: date

    def covers(self, finding: Finding, stack: str, today: date) -> bool:
        """Whether the finding is waived *today*, in UTC; a waiver that has expired waives nothing."""
        name = finding.resource.name if finding.resource else ""
        return today <= self.expires and (self.stack, self.resource) == (stack, name)


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One control: *wanted*: letters of the means that it asks for (P, S, D, L); *not_yet*: what is not looked at."""

    id: int
    cites: str
    title: str
    wanted: str
    checks: tuple[Check, ...] = ()
    not_yet: str = ""
    waivers: tuple[Waiver, ...] = ()

    @property
    def name(self) -> str:
        """What the engine calls it."""
        return f"control-{self.id}"


def controls(text: str | None = None) -> tuple[Control, ...]:
    """All controls, from *text* or from the file.

    Raises:
        msgspec.ValidationError: a field is missing, unknown or of the wrong kind.
    """
    text = FILE.read_text(encoding="utf-8") if text is None else text
    return msgspec.yaml.decode(text, type=tuple[Control, ...])


def findings(control: Control, stack: Sequence[Resource], today: date) -> Iterator[Finding]:
    """Whatever the control finds in a whole stack and nobody has waived."""
    for check in control.checks:
        yield from look(control, check, stack, today)


def look(control: Control, check: Check, stack: Sequence[Resource], today: date) -> Iterator[Finding]:
    """Whatever one check finds, in a single resource or in a whole stack, and nobody has waived."""
    name = stack[0].stack if stack else ""
    for finding in _found(check, stack):
        if not any(waiver.covers(finding, name, today) for waiver in control.waivers):
            yield finding


def _found(check: Check, stack: Sequence[Resource]) -> Iterator[Finding]:
    if check.means == "resource":
        rule = RESOURCE_RULES[check.rule]
        for resource in stack:
            if check.sees(resource):
                yield from (Finding(resource, says) for says in rule(resource))
    else:
        yield from STACK_RULES[check.rule](stack)
