"""Plays on whole batches: what the ledger has to say before one, and what it has to know after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailwave.core.batches import Release
from mailwave.core.estate import Record
from mailwave.core.planner import Batch, Wave
from mailwave.core.play_table import BatchAct, PlayOrder, Value
from mailwave.core.plays import PlayResult
from mailwave.core.refusals import Refusal
from mailwave.core.states import IN_FLIGHT, OPEN, MailboxState
from mailwave.ports import Clock
from mailwave.runbooks.acting import acting
from mailwave.runbooks.site_plays import Applied, ApplyPlay
from mailwave.runbooks.wave.batches import ACT as START
from mailwave.runbooks.wave.completion import LAST_START, NotApproved, WindowClosed
from mailwave.runbooks.wave.moves import WITHDRAW

MANIFEST, DIGEST = "batch_manifest", "batch_digest"


class NotOurBatch(Refusal):
    """No batch with a list of *digest* was started from this ledger, so nobody here has approved its completion."""

    def __init__(self, *, digest: str) -> None:
        self.digest = digest
        super().__init__(f"no batch whose list has digest {digest[:12]} was started from this ledger")


class StillFollowed(Refusal):
    """The batch called *batch* cannot be removed: the ledger does not account for *mailboxes* of it yet."""

    def __init__(self, *, batch: str, mailboxes: Sequence[str]) -> None:
        self.batch = batch
        self.mailboxes = tuple(mailboxes)
        super().__init__(
            f"{len(mailboxes)} mailboxes of batch {batch} are not accounted for yet, the first {mailboxes[0]}"
        )


@dataclass(frozen=True)
class ApplyBatchPlay:
    """Runs plays as `ApplyPlay` does. One that completes a batch runs only in the batch's own window and approval.

    *gate* lets no manifest through to be started that holds a mailbox which its batch is not for.
    """

    plays: ApplyPlay
    clock: Clock
    gate: Callable[[Path, str], None]

    def prepare(
        self, name: str, variables: Mapping[str, Value], servers: Sequence[str], *, check: bool = False
    ) -> PlayOrder:
        """The order for the play *name*, as `ApplyPlay.prepare` makes it.

        A play that completes a batch gets the moments between which it may: nobody else can say them.

        Raises:
            ForeignMailboxes: the list of one that is to be started holds a mailbox that it is not for.
            NotOurBatch: the batch was not started from this ledger.
            WindowClosed: the window of its wave is closed, or about to.
            NotApproved: no live approval covers exactly the list of its wave.
            StillFollowed: it is to be removed, and the ledger does not account for all of it yet.
        """
        play = self.plays.table.find(name)
        if play.batch is BatchAct.START and {MANIFEST, DIGEST} <= variables.keys():
            self.gate(Path(str(variables[MANIFEST])), str(variables[DIGEST]))
        if play.batch is BatchAct.COMPLETE and DIGEST in variables:
            self.plays.table.order(play, variables=variables, servers=servers, estate=self.plays.sites.all)
            release = self._release(str(variables[DIGEST]))
            given = {"batch_opens": release.opens.isoformat(), "batch_closes": release.closes.isoformat()}
            variables = {**variables, **given}
        if play.batch is BatchAct.REMOVE and DIGEST in variables:
            wave, batch = self._planned(str(variables[DIGEST]))
            refuse_followed(batch, self.plays.ledger.mailboxes(wave=wave.id))
        return self.plays.prepare(name, variables, servers, check=check)

    def predict(self, order: PlayOrder) -> PlayResult:
        """What the play would change, from check mode."""
        return self.plays.predict(order)

    def run(self, order: PlayOrder, *, from_start: bool = False) -> Applied:
        """Run the play; the mailboxes of a batch that was rolled back are withdrawn in the journal."""
        applied = self.plays.run(order, from_start=from_start)
        if self.plays.table.find(order.play).batch is BatchAct.ROLL_BACK:
            self._withdraw(str(order.variables[DIGEST]))
        return applied

    def _release(self, digest: str) -> Release:
        wave, _ = self._planned(digest)
        now = self.clock.now()
        if not wave.window_start <= now < wave.window_end - LAST_START:
            raise WindowClosed(wave=wave.id, at=now)
        approval = self.plays.ledger.live_approval(wave.digest, now)
        if approval is None:
            raise NotApproved(wave=wave.id, digest=wave.digest, at=now)
        return Release.of(wave.window_start, wave.window_end - LAST_START, approval)

    def _planned(self, digest: str) -> tuple[Wave, Batch]:
        """The batch whose list has *digest*, and its wave."""
        started = {
            intent.subject
            for intent in self.plays.ledger.intents(START)
            if intent.detail.get("digest") == digest
        }
        saved = self.plays.ledger.plan()
        for wave in saved.waves if saved else ():
            for batch in wave.batches:
                if batch.name in started:
                    return wave, batch
        raise NotOurBatch(digest=digest)

    def _withdraw(self, digest: str) -> None:
        """Let the next `wave run` find these mailboxes gone by intent, and defer them."""
        ledger = self.plays.ledger
        try:
            wave, batch = self._planned(digest)
        except NotOurBatch:
            return  # a batch that this ledger does not account for
        members = set(batch.mailboxes)
        for record in ledger.mailboxes(wave=wave.id):
            if record.mailbox.guid in members and record.state in IN_FLIGHT | {MailboxState.UNKNOWN}:
                detail = {"why": f"batch {batch.name} was rolled back"}
                with acting(
                    ledger, act=WITHDRAW, subject=record.mailbox.guid, reason=self.plays.reason, detail=detail
                ):
                    pass


def refuse_followed(batch: Batch, records: Sequence[Record]) -> None:
    """Raise `StillFollowed` while one of *records*, of the same wave, is in *batch* and still open."""
    members = set(batch.mailboxes)
    followed = [r.mailbox.address for r in records if r.mailbox.guid in members and r.state in OPEN]
    if followed:
        raise StillFollowed(batch=batch.name, mailboxes=followed)
