"""The ledger: one row a mailbox, and the journal of every act, written in one transaction.

SQLite by default (in WAL mode, each commit synced to disk); any database that SQLAlchemy speaks to can hold it. The
tables are derived state and the journal their source: `Ledger.verify_journal` proves that they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from mailwave.adapters import (
    ledger_acts,
    ledger_amend,
    ledger_estate,
    ledger_journal,
    ledger_live,
    ledger_plan,
    ledger_replay,
)
from mailwave.adapters.ledger_columns import WholeLedger
from mailwave.adapters.ledger_moves import MovingLedger
from mailwave.adapters.ledger_reported import ReportedLedger
from mailwave.adapters.ledger_shown import ShownLedger
from mailwave.adapters.ledger_store import get_meta, put_meta
from mailwave.adapters.ledger_telling import TellingLedger
from mailwave.adapters.ledger_text import storable
from mailwave.core.amendments import Amendment, check_amendment
from mailwave.core.approval import Approval
from mailwave.core.estate import Mailbox, Organisation, Permission, Record
from mailwave.core.intents import Intent, Outcome
from mailwave.core.planner import Plan, Wave
from mailwave.core.reason import Reason
from mailwave.core.refusals import DifferentScope, NoScope
from mailwave.core.scope import check_scope, scope_digest
from mailwave.core.states import Counts, MailboxState


class Ledger(WholeLedger, MovingLedger, TellingLedger, ShownLedger, ReportedLedger):
    """One environment's ledger. Every writing method is whole or nothing, journal included.

    All methods raise `LedgerBusy` when another process holds the ledger too long, and `LedgerUnusable` when the
    database cannot be used.
    """

    # --- the estate

    def import_estate(
        self,
        organisations: Sequence[Organisation],
        mailboxes: Sequence[Mailbox],
        permissions: Iterable[Permission],
        reason: Reason,
    ) -> None:
        """Freeze the scope. The same estate again changes nothing; one without mailboxes freezes nothing yet.

        Raises:
            BrokenScope: a name is given twice or a reference leads nowhere.
            DifferentScope: another estate was imported before.
        """
        rights = sorted(set(permissions))
        check_scope(organisations, mailboxes, rights)
        digest = scope_digest(organisations, mailboxes, rights)
        with self._store.write() as connection:
            held = get_meta(connection, ledger_amend.SCOPE)
            if held == digest:
                return
            if held is not None and not ledger_estate.clear_empty(connection):
                raise DifferentScope(held=held, offered=digest)
            put_meta(connection, ledger_amend.SCOPE, digest)
            ledger_estate.insert_estate(connection, organisations, mailboxes, rights)
            counts = {
                "organisations": len(organisations),
                "mailboxes": len(mailboxes),
                "permissions": len(rights),
            }
            self._append(connection, ledger_replay.IMPORT, digest, {"digest": digest, **counts}, reason)

    def scope(self) -> str | None:
        """The digest of the estate as imported and amended, or None."""
        with self._store.read() as connection:
            return ledger_amend.scope_now(connection)

    def check_amendment(self, amendment: Amendment) -> None:
        """Raise `AmendmentRefused` unless *amendment* fits the estate, or is the last one once more."""
        with self._store.read() as connection:
            if not ledger_amend.is_last(connection, amendment):
                check_amendment(amendment, ledger_amend.held_of(connection, amendment))

    def amend_estate(self, amendment: Amendment, reason: Reason) -> None:
        """Change the scope, whole or not at all. The last amendment once more changes nothing.

        A leaver who waits is excluded; one in flight stays so until the service has let go of the move.

        Raises:
            NoScope: nothing was imported.
            AmendmentRefused: it does not fit the estate.
        """
        with self._store.write() as connection:
            if ledger_amend.scope_now(connection) is None:
                raise NoScope
            if amendment.is_empty or ledger_amend.is_last(connection, amendment):
                return
            detail = ledger_amend.detail_of(connection, amendment)
            detail["steps"] = ledger_amend.exclude_waiting(connection, amendment)
            n = self._append(connection, ledger_replay.AMEND, detail["after"], detail, reason)
            ledger_amend.write(connection, n, amendment, detail)

    def leavers(self) -> set[str]:
        """The ExchangeGuids of the mailboxes whose owners have left."""
        with self._store.read() as connection:
            return set(ledger_live.all_leavers(connection))

    def organisations(self) -> list[Organisation]:
        """Every organisation, in the order of the codes."""
        with self._store.read() as connection:
            return ledger_estate.all_organisations(connection)

    def permissions(self) -> list[Permission]:
        """Every right, sorted."""
        with self._store.read() as connection:
            return ledger_estate.all_permissions(connection)

    def mailboxes(
        self, state: MailboxState | None = None, wave: str | None = None, batch: str | None = None
    ) -> list[Record]:
        """Those in *state*, *wave* and *batch* (None: any), of a wave or batch in the plan's order, else by guid."""
        with self._store.read() as connection:
            return ledger_estate.records(connection, state, wave, batch)

    def organisation_counts(self) -> dict[str, Counts]:
        """The counts of each organisation that has mailboxes in scope, by ODS code.

        Raises:
            CountsBroken: an organisation's mailboxes do not add up to what was planned.
        """
        with self._store.read() as connection:
            counts = ledger_estate.counts(connection)
        for code, part in counts.items():
            part.check(code)
        return counts

    def total(self) -> Counts:
        """The counts of the whole estate; raises `CountsBroken` as `organisation_counts` does."""
        return Counts.total(self.organisation_counts().values())

    # --- the plan

    def save_plan(self, plan: Plan, reason: Reason) -> None:
        """Make *plan* the plan. The same one again changes nothing.

        Raises:
            PlanFrozen: somebody relies on another plan: it was approved, people were told, or moves begun.
            NotWaiting: a planned mailbox is not waiting.
            UnknownMailboxes: a planned mailbox is not in the ledger.
        """
        with self._store.write() as connection:
            if ledger_amend.scope_now(connection) is None:
                raise NoScope
            if ledger_plan.saved_digest(connection) == plan.digest:
                return
            ledger_plan.replace_plan(connection, plan, self._now())
            waves = {wave.id: wave.digest for wave in plan.waves}
            self._append(
                connection, ledger_replay.PLAN, plan.digest, {"digest": plan.digest, "waves": waves}, reason
            )

    def plan(self) -> Plan | None:
        """The plan as it was saved, or None."""
        with self._store.read() as connection:
            return ledger_plan.saved_plan(connection)

    def waves(self) -> list[Wave]:
        """The waves in the order of their windows."""
        with self._store.read() as connection:
            return ledger_plan.saved_waves(connection)

    def ended_batches(self, names: Iterable[str]) -> list[str]:
        """Those of the batches *names* that are in the plan and have nobody open, those of the oldest wave first."""
        with self._store.read() as connection:
            return ledger_plan.ended_batches(connection, names)

    def record_approval(self, digest: str, subject: str, expires_at: datetime, reason: Reason) -> Approval:
        """Record that the person of *reason* consents, from now until *expires_at*, to the list with *digest*."""
        approval = Approval(digest, subject, self._now(), expires_at, reason.who, reason.ticket)
        with self._store.write() as connection:
            detail = msgspec.structs.asdict(approval)
            n = self._append(connection, ledger_replay.APPROVE, subject, detail, reason)
            ledger_acts.insert_approval(connection, n, approval)
        return approval

    def live_approval(self, digest: str, at: datetime) -> Approval | None:
        """The latest approval of exactly *digest* that holds at the moment *at*."""
        with self._store.read() as connection:
            return ledger_acts.live_approval(connection, digest, at)

    # --- intents

    def intent(self, act: str, subject: str, detail: Mapping[str, object], reason: Reason) -> int:
        """Record durably that *act* on *subject* is about to be done, and return the intent's number.

        Raises:
            IntentStillOpen: the same was begun before and nothing was recorded since; find out first.
        """
        act, subject = storable(act), storable(subject)
        with self._store.write() as connection:
            ledger_acts.refuse_if_under_way(connection, act, subject)
            about = {"act": act, "subject": subject, "detail": detail}
            n = self._append(connection, ledger_replay.INTEND, subject, about, reason)
            ledger_acts.insert_intent(connection, n, act, subject, detail)
        return n

    def outcome(self, intent: int, outcome: Outcome | str, detail: Mapping[str, object]) -> None:
        """Record how the *intent* ended: ok, failed or unknown. The same outcome again changes nothing.

        Raises:
            UnknownIntent: there is no such intent.
            IntentClosed: it ended ok or failed, and now something else is said.
        """
        how = Outcome(outcome)
        with self._store.write() as connection:
            found = ledger_acts.get_intent(connection, intent)
            if ledger_acts.close_intent(connection, found, how):
                about = {"intent": intent, "outcome": how.value, "detail": detail}
                reason = ledger_journal.reason_of(connection, intent)
                self._append(connection, ledger_replay.END, found.subject, about, reason)

    def open_intents(self) -> list[Intent]:
        """The intents for which nothing was recorded: what was under way when an earlier process ended."""
        with self._store.read() as connection:
            return ledger_acts.find_intents(connection, under_way=True)

    def intents(self, act: str | None = None, *, after: int = 0) -> list[Intent]:
        """Every intent of *act* (None: any) *after* an entry of the journal, in order."""
        with self._store.read() as connection:
            return ledger_acts.find_intents(connection, act=act, after=after)

    def intents_on(self, act: str, subjects: Iterable[str]) -> list[Intent]:
        """Every intent of *act* on one of *subjects*, in order."""
        asked = list(subjects)
        if not asked:
            return []
        with self._store.read() as connection:
            return ledger_acts.intents_on(connection, act, asked)

    def doubtful(self, *acts: str) -> list[Intent]:
        """The intents of *acts* of which nobody knows what became, in order."""
        with self._store.read() as connection:
            return ledger_acts.doubtful(connection, acts)

    # --- the journal

    def verify_journal(self) -> None:
        """Prove that no entry was changed or lost, and that the tables are what the entries lead to.

        Raises:
            JournalBroken: they are not; the error says where.
        """
        with self._store.read() as connection:
            ledger_replay.verify(connection)

    def journal(self) -> list[ledger_journal.Entry]:
        """Every entry, checked; raises `JournalBroken` as `verify_journal` does for the entries alone."""
        with self._store.read() as connection:
            return list(ledger_journal.verified(connection))

    def digests(self) -> list[str]:
        """The digest of every entry in order, for the journal's root; nothing is checked."""
        with self._store.read() as connection:
            return ledger_journal.digests(connection)
