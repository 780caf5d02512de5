"""The rules of an inbox: which of them the move lost, put off or changed, and which are new and send mail away."""

from __future__ import annotations

from collections.abc import Iterator

from mailwave.core.aftercare.differences import CLOUD, Difference, Remedy, Tenant
from mailwave.core.aftercare.pictures import Found, Picture

SENDS_AWAY = frozenset({"ForwardTo", "ForwardAsAttachmentTo", "RedirectTo"})
"""Actions by which mail leaves a mailbox, as from a stolen one."""

ACTIONS = (*sorted(SENDS_AWAY), "CopyToFolder", "DeleteMessage", "MoveToFolder", "SoftDeleteMessage")
"""What is compared of a rule: whether it does each of these. To whom and where is shown otherwise on each side."""


def of_rules(was: Picture, now: Found, _: Tenant) -> Iterator[Difference]:
    """The rules that are not as they were, by their names; what was not read, on either side, is no finding."""
    if was.rules is None or now.rules is None:
        return
    there = {rule.name: rule for rule in now.rules}
    for rule in was.rules:
        found = there.get(rule.name)
        if found is None:
            yield Difference("inbox-rule-lost", was.guid, was.address, rule.name)
        elif found.does != rule.does:
            yield Difference("inbox-rule-changed", was.guid, was.address, rule.name)
        elif rule.enabled and not found.enabled:
            step = ("Enable-InboxRule", {"Mailbox": was.guid, "Identity": rule.name})
            yield Difference("inbox-rule-off", was.guid, was.address, rule.name, Remedy(CLOUD, (step,)))
    known = {rule.name for rule in was.rules}
    for rule in now.rules:
        if rule.name not in known and rule.enabled and not SENDS_AWAY.isdisjoint(rule.does):
            yield Difference("inbox-rule-new", was.guid, was.address, rule.name)
