"""What the core and the ledger say no to.

Refusal
├── ledger: DifferentScope · NoScope · UnknownMailboxes · RepeatedMailbox · NotWaiting · PlanFrozen
│   ├── JournalBroken · LedgerBusy · LedgerUnusable · LedgerOutdated
│   └── Unstorable
├── intents: IntentStillOpen · IntentClosed · UnknownIntent
├── notices: UnknownNotice · NoticeSettled
├── stacks: ControlsBroken
├── placement: NoNights · NoNightLeft · LimitIsZero · CapacityShort · SiteUnknown
└── elsewhere: states.IllegalTransition, states.CountsBroken, reason.InvalidReason, bad_rows.BadRows,
    scope.BrokenScope, amendments.AmendmentRefused, amendments.HasLeft, population.NotGuids, trustees.DomainUnclear
"""

from __future__ import annotations

from collections.abc import Sequence

from mailwave.core.stacks import Breach


class Refusal(Exception):
    """An act that was asked for and not done; nothing has changed."""


class DifferentScope(Refusal):
    """Another estate than the one already imported: the scope is frozen at import."""

    def __init__(self, *, held: str, offered: str) -> None:
        self.held = held
        self.offered = offered
        super().__init__(
            f"the ledger holds the estate {held} and was offered {offered}; the scope is frozen at import, "
            "so start a new ledger for a new scope"
        )


class NoScope(Refusal):
    """Nothing was imported yet."""

    def __init__(self) -> None:
        super().__init__("the ledger holds no estate; run `mailwave estate import` first")


class UnknownMailboxes(Refusal):
    """Mailboxes that are not in the ledger."""

    def __init__(self, guids: Sequence[str]) -> None:
        self.guids = tuple(guids)
        super().__init__(f"the ledger has no mailbox {some(self.guids)}")


class RepeatedMailbox(Refusal):
    """One mailbox named twice in one request."""

    def __init__(self, guid: str) -> None:
        self.guid = guid
        super().__init__(f"mailbox {guid} is named more than once in one request")


class NotWaiting(Refusal):
    """A mailbox that cannot be planned, because it stands elsewhere than waiting."""

    def __init__(self, *, guid: str, state: str) -> None:
        self.guid = guid
        self.state = state
        super().__init__(f"mailbox {guid} is {state} and only a waiting mailbox can be planned")


class PlanFrozen(Refusal):
    """Another plan than the saved one, some of which was already approved or begun."""

    def __init__(self, *, held: str, offered: str, why: str) -> None:
        self.held = held
        self.offered = offered
        self.why = why
        super().__init__(f"the plan {held} cannot be replaced by {offered}: {why}")


class IntentStillOpen(Refusal):
    """An act on this subject was begun and its outcome is not known yet."""

    def __init__(self, *, intent: int, act: str, subject: str) -> None:
        self.intent = intent
        self.act = act
        self.subject = subject
        super().__init__(
            f"{act} of {subject} was begun (journal entry {intent}) and its outcome is not recorded; "
            "read back what happened and record it first"
        )


class IntentClosed(Refusal):
    """An outcome for an intent that already has another one."""

    def __init__(self, *, intent: int, held: str, offered: str) -> None:
        self.intent = intent
        self.held = held
        self.offered = offered
        super().__init__(f"intent {intent} ended {held} and cannot end {offered}")


class UnknownIntent(Refusal):
    """No intent has this number."""

    def __init__(self, intent: int) -> None:
        self.intent = intent
        super().__init__(f"the ledger has no intent {intent}")


class UnknownNotice(Refusal):
    """A notice that was never reserved."""

    def __init__(self, *, guid: str, milestone: str) -> None:
        self.guid = guid
        self.milestone = milestone
        super().__init__(f"no {milestone} notice was reserved for mailbox {guid}")


class NoticeSettled(Refusal):
    """Another end for a notice that already has one."""

    def __init__(self, *, guid: str, milestone: str, held: str, offered: str) -> None:
        self.guid = guid
        self.milestone = milestone
        self.held = held
        self.offered = offered
        super().__init__(f"the {milestone} notice of mailbox {guid} ended {held} and cannot end {offered}")


class ControlsBroken(Refusal):
    """The program of *stack* breaks controls that nobody has waived: *breaches*, as it would be deployed."""

    def __init__(self, *, stack: str, breaches: Sequence[Breach]) -> None:
        self.stack = stack
        self.breaches = tuple(breaches)
        numbers = some([str(number) for number in sorted({breach.control for breach in breaches})])
        super().__init__(f"the program of stack {stack} breaks control {numbers}; nothing of it was changed")


class JournalBroken(Refusal):
    """The journal does not verify at entry *n*; 0 means the whole of it."""

    def __init__(self, *, n: int, why: str) -> None:
        self.n = n
        self.why = why
        super().__init__(f"the journal is broken at entry {n}: {why}")


class LedgerBusy(Refusal):
    """Another process holds the ledger."""

    def __init__(self, *, ledger: str) -> None:
        self.ledger = ledger
        super().__init__(
            f"another process is writing to the ledger {ledger}; wait for it to end, then try again"
        )


class LedgerUnusable(Refusal):
    """A database that is no ledger of ours, or cannot be opened."""

    def __init__(self, *, ledger: str, why: str) -> None:
        self.ledger = ledger
        self.why = why
        super().__init__(f"the ledger {ledger} cannot be used: {why}")


class LedgerOutdated(Refusal):
    """A ledger of an older version of this program: *held* and *needed* name migrations."""

    def __init__(self, *, ledger: str, held: str, needed: str) -> None:
        self.ledger = ledger
        self.held = held
        self.needed = needed
        super().__init__(f"the ledger {ledger} is of version {held}, and this program works on {needed}")


class Unstorable(Refusal):
    """A text that not every database takes; *why* says what is wrong with it."""

    def __init__(self, *, text: str, why: str) -> None:
        self.text = text
        self.why = why
        super().__init__(f"nothing was written: the text {text[:60]!a} cannot be kept: {why}")


def some(names: Sequence[str], shown: int = 3) -> str:
    """The first few of *names*, and how many more there are."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
