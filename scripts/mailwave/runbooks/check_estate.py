"""Judge every mailbox that is not on its way, and keep out what may not move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import polars as pl

from mailwave.core.bad_rows import BadRows
from mailwave.core.client_log import read_client_logs
from mailwave.core.estate import ClientSeen, Permission, Record
from mailwave.core.readiness.attestation import Refused, Verifies
from mailwave.core.readiness.board import Blocking, NotAsked, blocking, not_asked
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.findings import Blocked, Explainer
from mailwave.core.readiness.handed_in import HandedIn, counted
from mailwave.core.readiness.inventory import estate_columns
from mailwave.core.readiness.judge import Judged
from mailwave.core.readiness.kept import Again, Kept, clients_of, clients_table, judge_since
from mailwave.core.readiness.rules import Effect, RuleBook
from mailwave.core.readiness.scope import WHOLE, LogsBroken, Scope
from mailwave.core.readiness.verdicts import Finding
from mailwave.core.reason import Reason
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState, Transition
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.wave.gate import NeverChecked
from mailwave.runbooks.wave.moves import withdrawals

JUDGED = (MailboxState.WAITING, MailboxState.DEFERRED)
"""States in which a verdict still decides."""

NOTHING = HandedIn()


class KeepsJudgement(Protocol):
    """Keeps the last judgement of a whole estate."""

    def read(self) -> Kept | None:
        """What was kept; None where nothing whole is."""
        ...

    def write(self, kept: Kept) -> None:
        """Keep *kept* in place of whatever was kept."""
        ...


class Checked(msgspec.Struct, frozen=True):
    """What a check found: a finding a mailbox that can still be judged, and the same counted.

    *not_asked* did not pass and does not block; *refused* are statements that count for nothing. *again* is what is
    to be kept of the judgement, and how much of it was made anew.
    """

    findings: list[Finding]
    blocking: list[Blocking]
    not_asked: list[NotAsked]
    refused: list[Refused]
    again: Again

    @property
    def ready(self) -> int:
        """How many mailboxes nothing blocks."""
        return sum(not finding.code for finding in self.findings)


@dataclass(frozen=True)
class CheckEstate:
    """Judge by *book*, on clients that were seen in the last *evidence_days*.

    *kept* keeps the judgement, so that the next check judges only organisations in which something changed.
    """

    clock: Clock
    ledger: Ledger
    book: RuleBook
    evidence_days: int
    verifies: Verifies
    reason: Reason
    kept: KeepsJudgement | None = None

    def prepare(
        self, client_logs: Mapping[str, bytes], handed_in: HandedIn = NOTHING, scope: Scope = WHOLE
    ) -> Checked:
        """The finding on every mailbox of *scope* that may still be judged; *client_logs* is file name to content.

        Whoever was withdrawn from a wave or has left stays out: being ready was not what it lacked. For a local
        administrator nothing is looked at but their organisation: what they are told does not depend on any other.

        Raises:
            NoScope: nothing was imported that could be judged.
            BadRows: a log cannot be read; evidence that may be incomplete is none.
            LogsBroken: the same, to a local administrator, who may not see whose line it is.
        """
        if self.ledger.scope() is None:
            raise NoScope
        looked_at = scope if scope.is_bound else WHOLE
        clients = self._clients(client_logs, self.clock.now(), looked_at)
        before = self.kept.read() if self.kept and not looked_at.is_bound else None
        return self._judged(clients, handed_in, scope, before)

    def again(self, handed_in: HandedIn) -> Checked:
        """The same as of today, on *handed_in* and on the clients that the last check has seen.

        Raises:
            NeverChecked: no check is kept.
        """
        before = self.kept.read() if self.kept else None
        if before is None:
            raise NeverChecked
        clients = clients_of(before.clients, self.clock.now() - timedelta(days=self.evidence_days))
        return self._judged(clients, handed_in, WHOLE, before)

    def _judged(
        self, clients: Mapping[str, ClientSeen], handed_in: HandedIn, scope: Scope, before: Kept | None
    ) -> Checked:
        looked_at = scope if scope.is_bound else WHOLE
        records = [each for each in self.ledger.mailboxes() if looked_at.has(each.mailbox.organisation)]
        owners = {each.mailbox.guid: each.mailbox.organisation for each in records}
        now = self.clock.now()
        given = counted(handed_in.within(looked_at), self.book, owners, self.verifies, now)
        estate = estate_columns(
            [record.mailbox for record in records],
            _between(self.ledger.permissions(), owners),
            clients,
            handed_in.mailboxes,
            given.organisations.filter(pl.col("organisation").is_in(sorted(set(owners.values())))),
        )
        again = judge_since(before, estate, given.book, now.date())
        again = again._replace(kept=again.kept._replace(clients=clients_table(clients)))
        return self._checked(records, estate, given.book, again, given.refused, scope)

    def run(self, checked: Checked) -> None:
        """Record what changed, and keep the judgement."""
        findings = checked.findings
        changed = [
            Transition(finding.guid, finding.to, finding.why)
            for finding in findings
            if finding.to is not finding.state
        ]
        # excluding a deferred mailbox takes two steps: it is first no longer deferred
        two_steps = {
            f.guid for f in findings if (f.state, f.to) == (MailboxState.DEFERRED, MailboxState.EXCLUDED)
        }
        if two_steps:
            first = [Transition(guid, MailboxState.WAITING, "judged again") for guid in sorted(two_steps)]
            self.ledger.move_state(first, self.reason)
        if changed:
            self.ledger.move_state(changed, self.reason)
        if self.kept:
            self.kept.write(checked.again.kept)

    def _clients(
        self, logs: Mapping[str, bytes], now: datetime, looked_at: Scope
    ) -> Mapping[str, ClientSeen]:
        try:
            return read_client_logs(logs, since=now - timedelta(days=self.evidence_days))
        except BadRows as error:
            if looked_at.is_bound:
                raise LogsBroken(who=looked_at.who) from error
            raise

    def _checked(
        self,
        records: list[Record],
        estate: Estate,
        book: RuleBook,
        again: Again,
        refused: list[Refused],
        scope: Scope,
    ) -> Checked:
        judged, today = again.kept.judged, again.kept.on
        taken_out = withdrawals(self.ledger).keys() | self.ledger.leavers()
        asked = [
            record.state in JUDGED
            and record.mailbox.guid not in taken_out
            and scope.has(record.mailbox.organisation)
            for record in records
        ]
        explainer = Explainer(judged, estate, book, today)
        return Checked(
            _findings(records, asked, explainer.blocked()),
            blocking(*_part(judged, estate, asked), book),
            not_asked(_of(judged, estate, scope), book),
            [each for each in refused if scope.has(each.statement.organisation)],
            again,
        )


def _between(permissions: Iterable[Permission], owners: Mapping[str, str]) -> list[Permission]:
    return [each for each in permissions if each.guid in owners and each.trustee in owners]


def _part(judged: Judged, estate: Estate, asked: list[bool]) -> tuple[Judged, Estate]:
    rows = pl.Series(asked, dtype=pl.Boolean)
    return (
        judged._replace(mailboxes=judged.mailboxes.filter(rows)),
        estate._replace(mailboxes=estate.mailboxes.filter(rows)),
    )


def _of(judged: Judged, estate: Estate, scope: Scope) -> Judged:
    if scope.organisation is None:
        return judged
    rows = estate.mailboxes["organisation"] == scope.organisation
    organisations = judged.organisations.filter(pl.col("organisation") == scope.organisation)
    return Judged(judged.mailboxes.filter(rows), organisations)


def _findings(records: list[Record], asked: list[bool], blocked: Iterable[Blocked]) -> list[Finding]:
    found = {each.guid: each for each in blocked}
    return [
        _finding(record, found.get(record.mailbox.guid))
        for record, is_asked in zip(records, asked, strict=True)
        if is_asked
    ]


def _finding(record: Record, blocked: Blocked | None) -> Finding:
    guid, organisation = record.mailbox.guid, record.mailbox.organisation
    if blocked is None:
        return Finding(guid, organisation, record.state, MailboxState.WAITING)
    code = blocked.code
    to = MailboxState.EXCLUDED if code.effect is Effect.EXCLUDED else MailboxState.DEFERRED
    return Finding(
        guid, organisation, record.state, to, code.name, blocked.reason, code.rule.remedy, code.rule.owner
    )
