"""The cmdlets of the rules of inboxes in the cloud."""

from __future__ import annotations

from functools import partial

from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, handler, limited
from rehearsal.exchange_online.errors import NotFound
from rehearsal.exchange_online.tenant import Recipient, Tenant
from rehearsal.inbox_rules import ACTIONS, Rule, made, named, shown


class InboxRules:
    """Reads and changes the rules of the mailboxes of a tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-InboxRule": handler(self._get, "Mailbox ResultSize"),
            "New-InboxRule": handler(self._new, f"Mailbox Name {' '.join(ACTIONS)}"),
            "Enable-InboxRule": handler(partial(self._turn, on=True), "Mailbox Identity"),
            "Disable-InboxRule": handler(partial(self._turn, on=False), "Mailbox Identity"),
            "Remove-InboxRule": handler(self._remove, "Mailbox Identity"),
        }

    def _get(self, bound: Bound) -> Output:
        recipient = self._mailbox(bound)
        rows = [shown(rule, recipient.mailbox.alias) for rule in self._of(recipient)]
        return limited(rows, bound, honoured=self._tenant.options.honours_result_size)

    def _new(self, bound: Bound) -> Output:
        recipient = self._mailbox(bound)
        rules = self._of(recipient)
        given = {name: bound[name] for name in ("Name", *ACTIONS) if name in bound}
        rule = made(given, max((int(str(each["RuleIdentity"])) for each in rules), default=0) + 1)
        rules.append(rule)
        return Output([shown(rule, recipient.mailbox.alias)])

    def _turn(self, bound: Bound, *, on: bool) -> Output:
        self._rule(bound)["Enabled"] = on
        return NOTHING

    def _remove(self, bound: Bound) -> Output:
        self._of(self._mailbox(bound)).remove(self._rule(bound))
        return NOTHING

    def _rule(self, bound: Bound) -> Rule:
        found = named(self._of(self._mailbox(bound)), bound.identity())
        if found is None:
            raise NotFound(bound.identity())
        return found

    def _of(self, recipient: Recipient) -> list[Rule]:
        return self._tenant.values.inbox_rules.setdefault(recipient.guid, [])

    def _mailbox(self, bound: Bound) -> Recipient:
        """Only who has a mailbox in the cloud has rules there."""
        name = str(bound["Mailbox"])
        found = self._tenant.recipient(name, status=400)
        if self._tenant.standing(found).since is None:
            raise NotFound(name)
        return found
