"""Rules of inboxes: what both sides keep of one, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ACTIONS = ("DeleteMessage", "ForwardTo", "MoveToFolder", "RedirectTo")
"""What a rule may do here; all else of rules is not modelled."""

Rule = dict[str, object]


def made(given: Mapping[str, object], number: int) -> Rule:
    """A new rule of what a call has *given*, the *number*-th of its mailbox."""
    does = {name: given.get(name) for name in ACTIONS}
    return {"Name": given["Name"], "Enabled": True, "Priority": number, "RuleIdentity": number, **does}


def shown(rule: Rule, mailbox: str) -> Rule:
    """The rule as Get-InboxRule shows it of the *mailbox* of this name."""
    number = rule["RuleIdentity"]
    return {"Identity": f"{mailbox}\\{number}", "MailboxOwnerId": mailbox, **rule}


def named(rules: Sequence[Rule], name: str) -> Rule | None:
    """The one of *rules* that is called so, or that has this identity."""
    wanted = name.rpartition("\\")[2].casefold()
    return next(
        (each for each in rules if wanted in (str(each["Name"]).casefold(), str(each["RuleIdentity"]))), None
    )
