"""Judge every mailbox that is not on its way, and keep out what may not move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from mailwave.core.client_log import read_client_logs
from mailwave.core.readiness import Deferred, Excluded, ReadinessRules, Verdict, assess
from mailwave.core.reason import Reason
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState, Transition
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.wave.moves import withdrawals

JUDGED = (MailboxState.WAITING, MailboxState.DEFERRED)
"""States in which a verdict still decides."""


@dataclass(frozen=True)
class Finding:
    """The verdict on one mailbox: an empty *code* means ready. *state* is where it stands, *to* where it belongs."""

    guid: str
    organisation: str
    state: MailboxState
    to: MailboxState
    code: str = ""
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class CheckEstate:
    """Judge by *rules*, on clients that were seen in the last *evidence_days*."""

    clock: Clock
    ledger: Ledger
    rules: ReadinessRules
    evidence_days: int
    reason: Reason

    def prepare(self, client_logs: Mapping[str, bytes]) -> list[Finding]:
        """The finding on every mailbox that may still be judged; *client_logs* is file name to content.

        Whoever was withdrawn from a wave stays out: being ready was not what it lacked.

        Raises:
            NoScope: nothing was imported that could be judged.
            BadRows: a log cannot be read; evidence that may be incomplete is none.
        """
        if self.ledger.scope() is None:
            raise NoScope
        records = self.ledger.mailboxes()
        clients = read_client_logs(client_logs, since=self.clock.now() - timedelta(days=self.evidence_days))
        verdicts = assess(
            [record.mailbox for record in records], clients, self.ledger.permissions(), self.rules
        )
        taken_out = withdrawals(self.ledger)
        return [
            _finding(
                record.mailbox.guid, record.mailbox.organisation, record.state, verdicts[record.mailbox.guid]
            )
            for record in records
            if record.state in JUDGED and record.mailbox.guid not in taken_out
        ]

    def run(self, findings: list[Finding]) -> None:
        """Record what changed."""
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


def _finding(guid: str, organisation: str, state: MailboxState, verdict: Verdict) -> Finding:
    if isinstance(verdict, Deferred):
        return Finding(
            guid, organisation, state, MailboxState.DEFERRED, verdict.code, verdict.reason, verdict.remedy
        )
    if isinstance(verdict, Excluded):
        return Finding(
            guid,
            organisation,
            state,
            MailboxState.EXCLUDED,
            verdict.code,
            verdict.reason,
            "none: it is out by rule",
        )
    return Finding(guid, organisation, state, MailboxState.WAITING)
