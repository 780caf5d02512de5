"""Proof that the journal and the tables say the same: the journal is replayed, and the results compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from mailwave.adapters import (
    ledger_acts,
    ledger_amend,
    ledger_estate,
    ledger_live,
    ledger_notices,
    ledger_progress,
    ledger_summary,
    ledger_workers,
)
from mailwave.adapters.ledger_amended import Amended
from mailwave.adapters.ledger_journal import Entry, verified
from mailwave.adapters.ledger_plan import saved_digest, saved_plan
from mailwave.adapters.ledger_schema import in_flight, mailboxes
from mailwave.core.approval import Approval
from mailwave.core.intents import Intent, Outcome
from mailwave.core.notices import Audience, Milestone, Notice, NoticeRecord, NoticeState
from mailwave.core.refusals import JournalBroken
from mailwave.core.states import MailboxState

IMPORT = "estate.import"
AMEND = "estate.amend"
STEPS = "mailboxes.move"
PLAN = "plan.save"
APPROVE = "wave.approve"
INTEND = "intent"
END = "outcome"
RESERVE = "notices.reserve"
SETTLE = "notices.settle"

_ROWS_AT_ONCE = 10_000


def verify(connection: Connection) -> None:
    """Check the chain, replay every entry, and compare what follows from them with every table.

    Raises:
        JournalBroken: at the entry that does not verify, or at 0 when a table differs from the journal.
    """
    replay = _Replay(connection)
    for entry in verified(connection):
        replay.take(entry)
    for what, (replayed, held) in replay.compared().items():
        if replayed != held:
            raise JournalBroken(n=0, why=f"the {what} of the ledger are not what its entries lead to")


class _Replay:
    """The ledger as its journal tells it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scope: str | None = None
        self._amended = Amended()
        self._plan: str | None = None
        self._states: dict[str, tuple[str, str]] = {}
        self._approvals: dict[int, Approval] = {}
        self._leases: dict[str, int] = {}
        self._intents: dict[int, Intent] = {}
        self._alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._notices: dict[ledger_notices.Key, NoticeRecord] = {}
        self._told: dict[ledger_notices.Key, int] = {}
        self._acts: Mapping[str, Callable[[int, Mapping[str, Any]], None]] = {
            IMPORT: self._import,
            AMEND: self._amend,
            STEPS: self._steps,
            PLAN: self._save,
            APPROVE: self._approve,
            INTEND: self._intend,
            END: self._end,
            RESERVE: self._reserve,
            SETTLE: self._settle,
            ledger_workers.TAKE: self._lease,
        }

    def take(self, entry: Entry) -> None:
        """Apply one entry."""
        act = self._acts.get(entry.act)
        if act is None:
            raise JournalBroken(n=entry.n, why=f"{entry.act!r} is no act of the ledger")
        act(entry.n, entry.detail)

    def compared(self) -> Mapping[str, tuple[object, object]]:
        """What the journal leads to and what the tables hold, part by part."""
        connection = self._connection
        saved = saved_plan(connection)
        held = ledger_estate.mailboxes_of(connection, self._amended.named)
        rights = ledger_estate.permissions_on(connection, self._amended.holders)
        return {
            "estate": (self._scope, self._held_scope() if self._scope else None),
            "amended estate": (self._amended.expected(), self._amended.found(held)),
            "amended permissions": (set(), self._amended.lacks(rights)),
            "scope": (self._amended.head or self._scope, ledger_amend.scope_now(connection)),
            "leavers": (self._amended.left, ledger_live.all_leavers(connection)),
            "planned numbers": ([], ledger_amend.planned_differs(connection)),
            "planned number of all": (False, ledger_estate.planned_differs(connection)),
            "summary": ({}, ledger_summary.differences(connection)),
            "places in flight": ([], ledger_live.out_of_place(connection)),
            "figures in flight": ([], ledger_progress.astray(connection)),
            "plan": ((self._plan, self._plan), (saved_digest(connection), saved.digest if saved else None)),
            "mailboxes' states": ([], _others(connection, self._states)),
            "leases of workers": (self._leases, ledger_workers.tokens(connection)),
            "approvals": (self._approvals, ledger_acts.all_approvals(connection)),
            "intents": (list(self._intents.values()), ledger_acts.find_intents(connection)),
            "notices": (
                [record for _, record in sorted(self._notices.items())],
                ledger_notices.find(connection),
            ),
            "ends of notices": (self._told, ledger_notices.ends(connection)),
        }

    def _import(self, _n: int, detail: Mapping[str, Any]) -> None:
        self._scope = detail["digest"]

    def _held_scope(self) -> str:
        # whole columns, as an object a mailbox would take gigabytes of a national estate
        from mailwave.adapters import ledger_whole

        return self._amended.imported(ledger_whole.read_estate(self._connection))

    def _amend(self, n: int, detail: Mapping[str, Any]) -> None:
        self._amended.take(n, self._scope, detail)
        for joiner in detail["joiners"]:
            self._states[joiner["guid"]] = (MailboxState.WAITING.value, "")
        self._steps(n, detail)

    def _steps(self, n: int, detail: Mapping[str, Any]) -> None:
        for guid, before, after, why in detail["steps"]:
            if self._states.get(guid, _WAITING)[0] != before:
                raise JournalBroken(n=n, why=f"mailbox {guid} was not {before}")
            self._states[guid] = (after, why)

    def _save(self, _n: int, detail: Mapping[str, Any]) -> None:
        self._plan = detail["digest"]

    def _approve(self, n: int, detail: Mapping[str, Any]) -> None:
        self._approvals[n] = msgspec.convert(detail, Approval)

    def _lease(self, n: int, detail: Mapping[str, Any]) -> None:
        self._leases[detail["worker"]] = n

    def _intend(self, n: int, detail: Mapping[str, Any]) -> None:
        self._intents[n] = Intent(n, detail["act"], detail["subject"], detail["detail"])
        self._alike[detail["act"], detail["subject"]].append(n)

    def _end(self, n: int, detail: Mapping[str, Any]) -> None:
        ended = self._intents.get(detail["intent"])
        if ended is None:
            raise JournalBroken(n=n, why=f"it ends an intent {detail['intent']} that nobody began")
        ended = self._intents[ended.id] = replace(ended, outcome=Outcome(detail["outcome"]))
        for earlier in self._alike[ended.act, ended.subject]:
            if self._intents[earlier].is_settled_by(ended):
                self._intents[earlier] = replace(self._intents[earlier], settled_by=ended.id)

    def _reserve(self, _n: int, detail: Mapping[str, Any]) -> None:
        for guid, milestone, reference, *about in detail["notices"]:
            notice = Notice(guid, Milestone(milestone), reference, *_about(about))
            self._notices[notice.key] = NoticeRecord(notice, NoticeState.RESERVED)

    def _settle(self, n: int, detail: Mapping[str, Any]) -> None:
        for guid, milestone, state, said, *about in detail["notices"]:
            key = Notice(guid, Milestone(milestone), "", *_about(about)).key
            reserved = self._notices.get(key)
            if reserved is None:
                raise JournalBroken(n=n, why=f"it settles a notice to {guid} that nobody reserved")
            if state == NoticeState.RELEASED:
                del self._notices[key]
                continue
            self._notices[key] = replace(reserved, state=NoticeState(state), detail=said)
            if about:
                self._told.setdefault(key, n)


def _about(said: Sequence[str]) -> tuple[str, Audience]:
    """The night and the audience of a notice; entries from before there were any have neither."""
    return (said[0], Audience(said[1])) if said else ("", Audience.USER)


_WAITING = (MailboxState.WAITING.value, "")
"""Where every mailbox begins."""


def _others(connection: Connection, states: Mapping[str, tuple[str, str]]) -> list[str]:
    """Mailboxes that are not in the *states* that the entries lead to, or not held at all; who has none waits."""
    why = func.coalesce(in_flight.c.why, mailboxes.c.why)
    query = select(mailboxes.c.guid, ledger_summary.STATE, why).join_from(
        mailboxes, in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True
    )
    rows = connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    missing = set(states)
    differing = []
    for guid, state, said in rows:
        missing.discard(guid)
        if states.get(guid, _WAITING) != (state, said):
            differing.append(guid)
    return [*differing, *sorted(missing)]
