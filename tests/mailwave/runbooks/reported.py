"""A ledger with something of everything that a report counts, and the same counted again by hand from its journal."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailwave.adapters.ledger import Ledger
from mailwave.core.licences import JOIN, LEAVE, PEOPLE
from mailwave.core.notices import Audience, Milestone, Notice, NoticeRecord, NoticeState, reference
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.states import MailboxState, Transition
from tests.mailwave.adapters.ledgers import TestClock
from tests.mailwave.builders import NOW, REASON, a_mailbox, an_organisation, guid

S = MailboxState
HOSTILE = '=HYPERLINK("http://evil.example","SURGERY")'
BODIES = [an_organisation("RR8"), an_organisation("A81001", HOSTILE), an_organisation("XX1", "NO MAILBOXES")]
MAILBOXES = 40
_WAY = (S.SYNCING, S.SYNCED, S.COMPLETING, S.MOVED)


def a_reported_ledger(folder: Path, clock: TestClock) -> Ledger:
    """40 mailboxes of two organisations, in two waves and in none, and every kind of act that reports count."""
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}", clock.now)
    kinds = ("UserMailbox", "SharedMailbox", "UserMailbox", "RoomMailbox")
    boxes = [
        a_mailbox(
            n,
            organisation="A81001" if n % 5 == 0 else "RR8",
            recipient_type=kinds[n % 4],
            size_bytes=None if n == 6 else 60 * 1024**3 if n == 9 else 1_000_000_000 + n,
        )
        for n in range(MAILBOXES)
    ]
    ledger.import_estate(BODIES, boxes, [], REASON)
    ledger.save_plan(Plan((_wave(15, range(14)), _wave(16, range(14, 30)))), REASON)
    _tell(ledger)
    _move(ledger)
    _acts(ledger)
    clock.pass_(timedelta(days=16))
    return ledger


def _wave(night: int, members: range) -> Wave:
    start = datetime(2026, 9, night, 19, tzinfo=NOW.tzinfo)
    half = len(members) // 2
    batches = tuple(
        Batch(f"W{night}-{n}", "leeds", tuple(guid(each) for each in some))
        for n, some in enumerate((members[:half], members[half:]))
    )
    return Wave(f"W{night}", start.date(), start, start + timedelta(hours=10), batches)


def _tell(ledger: Ledger) -> None:
    for n in range(0, 30, 2):
        for milestone in (Milestone.TWO_WEEKS, Milestone.DAY_BEFORE):
            night = "2026-09-15" if n < 14 else "2026-09-16"
            each = Notice(guid(n), milestone, reference("test", guid(n), milestone, night), night)
            ledger.reserve_notices([each], REASON)
            state = NoticeState.UNDELIVERED if n == 2 else NoticeState.FAILED if n == 4 else NoticeState.SENT
            if n != 8:
                ledger.settle_notices([NoticeRecord(each, state, "said")], REASON)
    others = [
        ("A81001/1", Audience.ADMINISTRATOR),
        (guid(3), Audience.DELEGATE),
        (guid(14), Audience.USER),  # told of a night before the one that they move in
    ]
    for n, (whom, audience) in enumerate(others):
        other = Notice(whom, Milestone.TWO_WEEKS, f"reference {n}", "2026-09-15", audience)
        ledger.reserve_notices([other], REASON)
        ledger.settle_notices([NoticeRecord(other, NoticeState.SENT, "said")], REASON)


def _move(ledger: Ledger) -> None:
    ends = {0: 4, 1: 4, 2: 4, 3: 4, 5: 4, 6: 4, 9: 4, 10: 4, 14: 4, 15: 4, 16: 3, 17: 2, 18: 1, 20: 4}
    for n, reached in ends.items():
        for state in _WAY[:reached]:
            ledger.move_state([Transition(guid(n), state, "")], REASON)
    ledger.move_state([Transition(guid(7), S.SYNCING, ""), Transition(guid(8), S.UNKNOWN, "")], REASON)
    ledger.move_state([Transition(guid(7), S.FAILED, "mailbox corrupt")], REASON)
    for n in (11, 12, 31):
        ledger.move_state([Transition(guid(n), S.DEFERRED, "withdrawn: asked")], REASON)
    ledger.move_state([Transition(guid(32), S.EXCLUDED, "a leaver")], REASON)


def _acts(ledger: Ledger) -> None:
    def act(name: str, subject: str, detail: dict[str, object], outcome: str = "ok") -> None:
        number = ledger.intent(name, subject, detail, REASON)
        if outcome:
            ledger.outcome(number, outcome, {})

    act("support.contacts", "W15", {"contacts": 2})
    act("support.contacts", "W15", {"contacts": 3})
    act("support.contacts", "W16", {"contacts": 1})
    act(JOIN, guid(0), {"group": "office-1", PEOPLE: [guid(0), guid(2)]})
    act(JOIN, guid(10), {"group": "office-2", PEOPLE: [guid(10), guid(14)]})
    act(JOIN, guid(20), {"group": "office-2", PEOPLE: [guid(20)]}, "failed")
    act(LEAVE, guid(14), {PEOPLE: [guid(14)]})
    looked = {"digest": "sha256:1", "mailboxes": 9, "open": {"send-as-lost": 4}, "excepted": 0}
    act("aftercare.check", "W15", looked)
    act("aftercare.check", "W15", {**looked, "open": {"send-as-lost": 1, "hold-lost": 2}, "excepted": 1})
    act("batch.start", "W16-0", {}, "unknown")
    act("batch.start", "W16-1", {}, "")


@dataclass
class ByHand:
    """What the journal and the estate say, counted one entry after the other and with no query of a report."""

    state: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    notices: dict[tuple[str, ...], str] = field(default_factory=dict)
    intents: dict[int, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Ledger) -> ByHand:
        """Read *ledger*'s journal."""
        found = cls({guid(n): "waiting" for n in range(MAILBOXES)}, {guid(n): "" for n in range(MAILBOXES)})
        for entry in ledger.journal():
            detail: Any = entry.detail
            if entry.act == "mailboxes.move":
                for key, _before, after, why in detail["steps"]:
                    found.state[key], found.why[key] = after, why
            elif entry.act == "notices.reserve":
                for key, milestone, _reference, *about in detail["notices"]:
                    found.notices[key, milestone, *about] = "reserved"
            elif entry.act == "notices.settle":
                for key, milestone, state, _said, *about in detail["notices"]:
                    found.notices[key, milestone, *about] = state
            elif entry.act == "intent":
                found.intents[entry.n] = [detail["act"], detail["subject"], detail["detail"], None]
            elif entry.act == "outcome":
                found.intents[detail["intent"]][3] = detail["outcome"]
        return found

    def groups(self) -> Counter[str]:
        """People in licence groups."""
        group: dict[str, str] = {}
        for act, _subject, detail, outcome in self.intents.values():
            for key in detail.get("people", ()) if outcome == "ok" else ():
                if act == "licence.join":
                    group[key] = detail["group"]
                else:
                    group.pop(key)
        return Counter(group.values())

    def last(self, act: str) -> dict[str, Any]:
        """The detail of the last *act* on each subject."""
        return {subject: detail for name, subject, detail, _ in self.intents.values() if name == act}

    def doubtful(self) -> Counter[str]:
        """Acts whose end is not known."""
        return Counter(act for act, _s, _d, outcome in self.intents.values() if outcome in (None, "unknown"))

    def counted(self, keys: set[str]) -> dict[str, int]:
        """How many of the mailboxes *keys* stand where, in the words of a report."""
        found: dict[str, int] = defaultdict(int, planned=len(keys))
        for key in keys:
            state = self.state[key]
            found["in_flight" if state in ("syncing", "synced", "completing") else state] += 1
        return found
