"""Judge every mailbox that is not on its way, and keep out what may not move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import polars as pl

from mailwave.core.client_log import read_client_logs
from mailwave.core.estate import Record
from mailwave.core.readiness.attestation import Refused, Verifies
from mailwave.core.readiness.board import Blocking, NotAsked, blocking, not_asked
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.findings import Blocked, Explainer
from mailwave.core.readiness.handed_in import HandedIn, organisations_of
from mailwave.core.readiness.inventory import estate_columns
from mailwave.core.readiness.judge import Judged, judge
from mailwave.core.readiness.rules import Effect, RuleBook
from mailwave.core.readiness.verdicts import Finding
from mailwave.core.reason import Reason
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState, Transition
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.wave.moves import withdrawals

JUDGED = (MailboxState.WAITING, MailboxState.DEFERRED)
"""States in which a verdict still decides."""

NOTHING = HandedIn()


class Checked(msgspec.Struct, frozen=True):
    """What a check found: a finding a mailbox that can still be judged, and the same counted.

    *not_asked* did not pass and does not block; *refused* are attestations that count for nothing.
    """

    findings: list[Finding]
    blocking: list[Blocking]
    not_asked: list[NotAsked]
    refused: list[Refused]

    @property
    def ready(self) -> int:
        """How many mailboxes nothing blocks."""
        return sum(not finding.code for finding in self.findings)


@dataclass(frozen=True)
class CheckEstate:
    """Judge by *book*, on clients that were seen in the last *evidence_days*."""

    clock: Clock
    ledger: Ledger
    book: RuleBook
    evidence_days: int
    verifies: Verifies
    reason: Reason

    def prepare(self, client_logs: Mapping[str, bytes], handed_in: HandedIn = NOTHING) -> Checked:
        """The finding on every mailbox that may still be judged; *client_logs* is file name to content.

        Whoever was withdrawn from a wave stays out: being ready was not what it lacked.

        Raises:
            NoScope: nothing was imported that could be judged.
            BadRows: a log cannot be read; evidence that may be incomplete is none.
        """
        if self.ledger.scope() is None:
            raise NoScope
        now, records = self.clock.now(), self.ledger.mailboxes()
        clients = read_client_logs(client_logs, since=now - timedelta(days=self.evidence_days))
        organisations, refused = organisations_of(handed_in, self.book, self.verifies, now)
        mailboxes = [record.mailbox for record in records]
        estate = estate_columns(
            mailboxes, self.ledger.permissions(), clients, handed_in.mailboxes, organisations
        )
        judged = judge(estate, self.book, now.date())
        taken_out = withdrawals(self.ledger)
        asked = [record.state in JUDGED and record.mailbox.guid not in taken_out for record in records]
        explainer = Explainer(judged, estate, self.book, now.date())
        return Checked(
            _findings(records, asked, explainer.blocked()),
            blocking(*_part(judged, estate, asked), self.book),
            not_asked(judged, self.book),
            refused,
        )

    def run(self, checked: Checked) -> None:
        """Record what changed."""
        findings = checked.findings
        changed = [
            Transition(
                finding.guid, finding.to, f"{finding.code}: {finding.reason}" if finding.code else "ready"
            )
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


def _part(judged: Judged, estate: Estate, asked: list[bool]) -> tuple[Judged, Estate]:
    rows = pl.Series(asked, dtype=pl.Boolean)
    return (
        judged._replace(mailboxes=judged.mailboxes.filter(rows)),
        estate._replace(mailboxes=estate.mailboxes.filter(rows)),
    )


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
