"""Read every mailbox back, on both sides, and prove that the ledger says what is true."""

from __future__ import annotations

from dataclasses import dataclass

from mailwave.core.estate import Record
from mailwave.core.licences import needs_licence
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState
from mailwave.core.targets import TargetMailbox
from mailwave.ports import Ledger, Licences, Source, Target


@dataclass(frozen=True)
class Finding:
    """One mailbox that is not where the ledger says, and what is wrong with it."""

    address: str
    problem: str


@dataclass(frozen=True)
class VerifyMoves:
    """Compare *ledger* with *source*, *target* and who has *licences*; it changes nothing."""

    ledger: Ledger
    source: Source
    target: Target
    licences: Licences

    def run(self) -> tuple[int, list[Finding]]:
        """How many mailboxes were read back, and the findings; the journal is verified first.

        Raises:
            JournalBroken: the journal or the tables were changed by another hand.
            NoScope: nothing was imported that could be read back.
        """
        self.ledger.verify_journal()
        if self.ledger.scope() is None:
            raise NoScope
        records = self.ledger.mailboxes()
        at_source = self.source.live()
        at_target = {mailbox.exchange_guid: mailbox for mailbox in self.target.mailboxes()}
        licensed = self.licences.licensed() if at_target else set()
        problems = []
        for record in records:
            found = at_target.get(record.mailbox.guid)
            problem = _problem(record, record.mailbox.guid in at_source, found)
            problem = problem or _licence_problem(record, found, licensed)
            if problem:
                problems.append(Finding(record.mailbox.address, problem))
        return len(records), problems


def _problem(record: Record, at_source: bool, found: TargetMailbox | None) -> str:  # noqa: FBT001
    if at_source and found is not None:
        return "lives on both sides"
    if not at_source and found is None:
        return "lives on neither side"
    if record.state is MailboxState.MOVED:
        return _moved_problem(record, found)
    if (
        record.state in (MailboxState.DEFERRED, MailboxState.FAILED, MailboxState.EXCLUDED)
        and found is not None
    ):
        return f"is {record.state} in the ledger and lives at the target"
    return ""


def _licence_problem(record: Record, found: TargetMailbox | None, licensed: set[str]) -> str:
    if found is None or not needs_licence(record.mailbox) or found.directory_id in licensed:
        return ""
    return "has no licence, and is disconnected 30 days after its move (fact B51)"


def _moved_problem(record: Record, found: TargetMailbox | None) -> str:
    if found is None:
        return "is moved in the ledger and not at the target"
    wanted = (record.mailbox.smtp, record.mailbox.recipient_type, record.mailbox.organisation)
    have = (found.address, found.recipient_type, found.organisation)
    return "" if wanted == have else f"arrived as {have}, not as {wanted}"
