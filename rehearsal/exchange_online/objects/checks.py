"""What an object must satisfy beside the others of its kind, and what follows from its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rehearsal.exchange_online.errors import BadArgument
from rehearsal.exchange_online.objects import mail_flow, signing
from rehearsal.exchange_online.objects.kind import Kind
from rehearsal.exchange_online.objects.refusals import DefaultStays, NotAccepted, ValueTaken
from rehearsal.exchange_online.objects.world import World
from rehearsal.exchange_online.values import Row

Check = Callable[[Row, World], None]
Completion = Callable[[Row, World], Row]

_CHECKS: Mapping[str, Check] = {
    "AcceptedDomain": mail_flow.accepted_domain,
    "InboundConnector": mail_flow.inbound_connector,
    "OutboundConnector": mail_flow.outbound_connector,
    "TransportRule": mail_flow.transport_rule,
    "DkimSigningConfig": signing.signing_config,
}
_COMPLETIONS: Mapping[str, Completion] = {"DkimSigningConfig": signing.with_selectors}


def completed(noun: str, row: Row, world: World) -> Row:
    """Return *row* with what follows from the rest of it."""
    completion = _COMPLETIONS.get(noun)
    return row if completion is None else completion(row, world)


def check(noun: str, kind: Kind, row: Row, others: Sequence[Row], world: World) -> None:
    """Refuse an object that may not stand beside the *others*; all show names where they hold references.

    :raises Refusal: that says which rule is broken.
    """
    options = world.options
    for need in kind.needs if options.needs_met else ():
        if not any(row.get(name) for name in need.one_of):
            raise BadArgument(need.says)
    for name in kind.unique if options.values_unique else ():
        _unique(name, row, others)
    for name in kind.accepted if options.accepted_domains_only else ():
        for each in _values(row.get(name)):
            if each.removeprefix("*.") not in world.tenant.domains:
                raise NotAccepted(each)
    if kind.policy and options.one_rule_a_policy:
        _one_rule(kind, row, others, world)
    if noun in _CHECKS:
        _CHECKS[noun](row, world)


def _one_rule(kind: Kind, row: Row, others: Sequence[Row], world: World) -> None:
    _unique(kind.policy, row, others)
    policies = world.kind(kind.refers[kind.policy])
    flag = policies.kind.flag
    for policy in policies.rows():
        if policy["Name"] == row[kind.policy] and policy.get(flag):
            raise DefaultStays(noun=policies.noun, name=str(policy["Name"]))


def _unique(name: str, row: Row, others: Sequence[Row]) -> None:
    wanted = set(_values(row.get(name)))
    for other in others:
        for each in _values(other.get(name)):
            if each in wanted:
                raise ValueTaken(property_name=name, value=each, owner=str(other["Name"]))


def _values(value: object) -> list[str]:
    if value is None or value == "":
        return []
    return [str(each).casefold() for each in (value if isinstance(value, list) else [value])]
