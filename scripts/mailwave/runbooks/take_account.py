"""Count where every mailbox stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mailwave.core.account import Account
from mailwave.core.intents import Outcome
from mailwave.core.licences import needs_licence
from mailwave.core.notices import WENT_OUT, Milestone
from mailwave.core.states import MailboxState
from mailwave.ports import Ledger
from mailwave.runbooks.wave import batches
from mailwave.runbooks.wave.licences import have_joined


@dataclass(frozen=True)
class TakeAccount:
    """Read *ledger*, and nothing else."""

    ledger: Ledger

    def run(self) -> Account:
        """The account; raises `CountsBroken` when a mailbox was lost or made."""
        moved = self.ledger.mailboxes(MailboxState.MOVED)
        sent = Counter(record.notice.milestone for state in WENT_OUT for record in self.ledger.notices(state))
        started = {
            intent.subject for intent in self.ledger.intents(batches.ACT) if intent.outcome is Outcome.OK
        }
        needing = {record.mailbox.guid for record in moved if needs_licence(record.mailbox)}
        given = needing & have_joined(self.ledger)
        return Account(
            organisations=len(self.ledger.organisation_counts()),
            counts=self.ledger.total(),
            notices={milestone.value: sent[milestone] for milestone in Milestone},
            batches=len(started),
            nights=len({record.wave for record in moved}),
            licences={"needed": len(needing), "given": len(given)},
        )

    def why_not_moved(self) -> Counter[tuple[str, str]]:
        """How many mailboxes stand in each other state for each kind of reason."""
        return Counter(
            (record.state.value, record.why.partition(":")[0])
            for record in self.ledger.mailboxes()
            if record.state is not MailboxState.MOVED
        )
