"""Get-InboxRule and New-InboxRule of the mailboxes of one site; a rule is in its mailbox, and goes with it."""

from __future__ import annotations

from collections.abc import Callable

from rehearsal.estate import Mailbox
from rehearsal.inbox_rules import ACTIONS, Rule, made, shown
from rehearsal.site.binding import Bound
from rehearsal.site.offer import Offer, offered
from rehearsal.wire import CmdletResult


class InboxRules:
    """The rules of the mailboxes of one site; *one* finds the mailbox that a call means."""

    def __init__(self, one: Callable[[Bound, str], Mailbox]) -> None:
        self._one = one
        self._rules: dict[str, list[Rule]] = {}
        self.cmdlets: Offer = {
            "Get-InboxRule": offered("Mailbox", self._get),
            "New-InboxRule": offered(f"Mailbox Name {' '.join(ACTIONS)}", self._new),
        }

    def of(self, mailbox: Mailbox) -> list[Rule]:
        """The rules of *mailbox*, in their order."""
        return [dict(rule) for rule in self._rules.get(mailbox.exchange_guid, ())]

    def _get(self, bound: Bound) -> CmdletResult:
        mailbox = self._one(bound, str(bound.get("Mailbox")))
        return CmdletResult(rows=[shown(rule, mailbox.alias) for rule in self.of(mailbox)])

    def _new(self, bound: Bound) -> CmdletResult:
        mailbox = self._one(bound, str(bound.get("Mailbox")))
        rules = self._rules.setdefault(mailbox.exchange_guid, [])
        rule = made(bound.values, len(rules) + 1)
        if bound.changes:
            rules.append(rule)
        return CmdletResult(rows=[shown(rule, mailbox.alias)])
