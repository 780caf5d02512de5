"""The controls as data, and what a stack is found to lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from controls import rules_azure, rules_directory, rules_exchange, rules_mail, rules_tenant
from controls.model import Finding, Resource, ResourceRule, StackRule, Waiver

FILE = Path(__file__).parent / "controls.yaml"

RESOURCE_RULES: Mapping[str, ResourceRule] = {
    rule.__name__: rule
    for rule in (
        rules_azure.closed_storage,
        rules_azure.closed_vault,
        rules_azure.rotated_key,
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
        *rules_exchange.RESOURCE_RULES.values(),
        *rules_tenant.RESOURCE_RULES,
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
    "every_domain_signs": rules_exchange.every_domain_signs,
    "own_links_policy": rules_exchange.own_links_policy,
    "strict_preset_is_there": rules_exchange.strict_preset_is_there,
    "few_rule_all": rules_tenant.few_rule_all,
    "directory_is_logged": rules_azure.directory_is_logged,
    "privileged_are_told": rules_azure.privileged_are_told,
}
DECLARES = "hybrid_declares"
"""The one rule that takes its types from the data: the layer `hybrid` has a resource of each."""

Means = Literal["resource", "stack", "records", "live"]


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of a control: looked at a resource alone, at the whole stack, at its DNS records, or at the live tenant.

    *types*: the resource types that the rule is about; a rule of a resource sees no others, and ``*`` is all.
    *least*: how many objects of each type every tenant shows: where fewer are read, the read has failed.
    """

    means: Means
    rule: str
    types: tuple[str, ...]
    least: int = 0

    def is_about(self, kind: str) -> bool:
        """Whether the rule is about resources of this type."""
        return "*" in self.types or kind in self.types


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

    @property
    def declared(self) -> tuple[Check, ...]:
        """The checks of what a stack declares."""
        return tuple(check for check in self.checks if check.means != "live")

    @property
    def live(self) -> tuple[Check, ...]:
        """The checks of what the tenant shows."""
        return tuple(check for check in self.checks if check.means == "live")


def controls(text: str | None = None) -> tuple[Control, ...]:
    """All controls, from *text* or from the file.

    Raises:
        msgspec.ValidationError: a field is missing, unknown or of the wrong kind.
    """
    text = FILE.read_text(encoding="utf-8") if text is None else text
    return msgspec.yaml.decode(text, type=tuple[Control, ...])


def findings(control: Control, stack: Sequence[Resource], today: date) -> Iterator[Finding]:
    """Whatever the control finds in what a whole stack declares and nobody has waived."""
    for check in control.declared:
        yield from (found for found in look(control, check, stack, today) if found.waiver is None)


def look(control: Control, check: Check, stack: Sequence[Resource], today: date) -> Iterator[Finding]:
    """Whatever one check finds, in a single resource or in a whole stack; each finding says by whom it is waived."""
    name = stack[0].stack if stack else ""
    for finding in _found(check, stack):
        waiver = next((each for each in control.waivers if each.covers(finding, name, today)), None)
        yield replace(finding, waiver=waiver)


def _found(check: Check, stack: Sequence[Resource]) -> Iterator[Finding]:
    if check.rule == DECLARES:
        yield from _missing(check, stack)
        return
    if check.rule in STACK_RULES:
        yield from STACK_RULES[check.rule](stack)
        return
    rule = RESOURCE_RULES[check.rule]
    for resource in stack:
        if check.is_about(resource.type):
            yield from (Finding(resource, says) for says in rule(resource))


def _missing(check: Check, stack: Sequence[Resource]) -> Iterator[Finding]:
    declared = {resource.type for resource in stack}
    if stack and stack[0].layer == "hybrid":
        for kind in check.types:
            if kind not in declared:
                yield Finding(None, f"the stack declares no {kind}")
