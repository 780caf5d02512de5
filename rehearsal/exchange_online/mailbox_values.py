"""What a mailbox in the cloud is set to, and what of its settings a move brings along.

Synchronised attributes are one on both sides (fact D26); the rest begins anew by the licence's plan and the tenant's
defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.exchange_online.options import SettingOptions
from rehearsal.exchange_online.values import Row, size
from rehearsal.inbox_rules import Rule

_GIB = 1024**3
DEFAULT_RETENTION = "Default MRM Policy"
QUOTAS: Row = {
    "IssueWarningQuota": size(98 * _GIB),
    "ProhibitSendQuota": size(99 * _GIB),
    "ProhibitSendReceiveQuota": size(100 * _GIB),
}
"""Of Plan 2 (fact C8)."""
HOLDS: Row = {"LitigationHoldEnabled": False, "RetentionHoldEnabled": False}
FORWARDING: Row = {
    "ForwardingAddress": None,
    "ForwardingSmtpAddress": None,
    "DeliverToMailboxAndForward": False,
}
SENT_COPIES: Row = {"MessageCopyForSentAsEnabled": False, "MessageCopyForSendOnBehalfEnabled": False}
BORN: Row = {
    **QUOTAS,
    **HOLDS,
    **FORWARDING,
    **SENT_COPIES,
    "RetentionPolicy": DEFAULT_RETENTION,
    "SingleItemRecoveryEnabled": True,
    "AuditEnabled": True,
}
"""What a mailbox has that nobody has changed."""


@dataclass
class MailboxValues:
    """The settings of the mailboxes by their recipients' GUIDs; *policies* are the tenant's retention policies.

    *lost* are addresses that the directory dropped of somebody, in lower case.
    """

    rules: SettingOptions
    policies: list[str] = field(default_factory=lambda: [DEFAULT_RETENTION])
    lost: dict[str, set[str]] = field(default_factory=dict)
    inbox_rules: dict[str, list[Rule]] = field(default_factory=dict)
    _changed: dict[str, Row] = field(default_factory=dict)

    def of(self, guid: str) -> Row:
        """Return the settings of a mailbox."""
        return BORN | self._changed.get(guid, {})

    def change(self, guid: str, changes: Mapping[str, object]) -> None:
        """Change settings of a mailbox."""
        self._changed.setdefault(guid, {}).update(changes)

    def arrive(self, guid: str, at_home: Mapping[str, object], *, archive: bool) -> None:
        """Begin with what comes along of the settings *at_home*, and an *archive* if there is one."""
        rules = self.rules
        comes: Row = {}
        for names, kept in (
            (HOLDS, rules.holds_are_synchronised),
            (FORWARDING, not rules.forwarding_stays_behind),
            (QUOTAS, not rules.quotas_of_the_licence),
            (SENT_COPIES, not rules.sent_copies_stay_behind),
        ):
            comes |= {name: at_home[name] for name in names if kept and name in at_home}
        policy = at_home.get("RetentionPolicy")
        known = {each.casefold() for each in self.policies}
        if policy and (str(policy).casefold() in known or not rules.retention_policy_by_name):
            comes["RetentionPolicy"] = policy
        comes["AuditEnabled"] = rules.audit_by_default
        comes["ArchiveStatus"] = "Active" if archive and rules.archive_comes_along else "None"
        self._changed[guid] = comes
        inbox = at_home.get("InboxRules")
        self.inbox_rules[guid] = (
            list(inbox) if isinstance(inbox, list) and rules.inbox_rules_come_along else []
        )

    def leave(self, guid: str) -> None:
        """Forget what belonged to a mailbox that is gone."""
        self._changed.pop(guid, None)
        self.inbox_rules.pop(guid, None)
