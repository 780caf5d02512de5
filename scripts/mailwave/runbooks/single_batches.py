"""One batch by name: start it before its wave's turn, and find the manifest by which its plays know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailwave.core.estate import Record
from mailwave.core.notices import Milestone, has_reader
from mailwave.core.planner import Batch, Wave
from mailwave.core.play_table import Value
from mailwave.core.refusals import Refusal
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.batch_plays import DIGEST, MANIFEST, NotOurBatch
from mailwave.runbooks.wave.batches import ACT, Starter
from mailwave.runbooks.wave.completion import NotApproved
from mailwave.runbooks.wave.holding import is_held
from mailwave.runbooks.wave.removal import Remover
from mailwave.runbooks.wave.run import NoPlan


class NoSuchBatch(NoSuchWave):
    """The plan has no batch called *batch*."""

    def __init__(self, *, batch: str) -> None:
        self.batch = batch
        Refusal.__init__(
            self, f"the plan has no batch {batch!r}; `mailwave wave status --by batch` names them"
        )


class NotStarted(NotOurBatch):
    """The batch called *batch* was not started from this ledger."""

    def __init__(self, *, batch: str) -> None:
        self.batch = batch
        Refusal.__init__(self, f"batch {batch} was not started from this ledger")


class NotYet(Refusal):
    """The batch called *batch* may not be started now; *why*."""

    def __init__(self, *, batch: str, why: str) -> None:
        self.batch = batch
        self.why = why
        super().__init__(f"batch {batch} is not started: {why}")


def batch_of_plan(ledger: Ledger, name: str) -> tuple[Wave, Batch]:
    """The batch called *name*, and its wave.

    Raises:
        NoPlan: nothing was planned.
        NoSuchBatch: the plan has none of that name.
    """
    saved = ledger.plan()
    if saved is None:
        raise NoPlan
    for wave in saved.waves:
        for batch in wave.batches:
            if batch.name == name:
                return wave, batch
    raise NoSuchBatch(batch=name)


def variables_of(ledger: Ledger, folder: Path, name: str) -> dict[str, Value]:
    """What the plays of the batch called *name* are told: its manifest in *folder*, and the digest it was started with.

    Raises:
        NoPlan, NoSuchBatch: as `batch_of_plan`.
        NotStarted: nothing was started under that name.
    """
    batch_of_plan(ledger, name)
    digests = [str(each.detail["digest"]) for each in ledger.intents_on(ACT, [name])]
    if not digests:
        raise NotStarted(batch=name)
    return {MANIFEST: str((folder / f"{name}.json").resolve()), DIGEST: digests[-1]}


@dataclass(frozen=True)
class StartBatch:
    """Starts one batch, as the run of its wave would: *remover* knows whether the tenant has room."""

    clock: Clock
    ledger: Ledger
    starter: Starter
    remover: Remover

    def prepare(self, name: str) -> tuple[Batch, Sequence[Record]]:
        """The batch called *name* and its members, of whom some wait.

        Raises:
            NoPlan, NoSuchBatch: as `batch_of_plan`.
            NotApproved: no approval of its wave's list holds at the window.
            NotYet: its wave is held, nobody of it waits, or not everybody was told.
        """
        wave, batch = batch_of_plan(self.ledger, name)
        if self.ledger.live_approval(wave.digest, wave.window_start) is None:
            raise NotApproved(wave=wave.id, digest=wave.digest, at=wave.window_start)
        found = {record.mailbox.guid: record for record in self.ledger.mailboxes(wave=wave.id)}
        members = [found[guid] for guid in batch.mailboxes]
        if why := self._keeps(wave, members):
            raise NotYet(batch=name, why=why)
        return batch, members

    def run(self, batch: Batch, members: Sequence[Record]) -> None:
        """Start it; raise `NotYet` where the tenant has no place for it now."""
        if not self.remover.admit([batch]) or not self.starter.start(batch, members):
            raise NotYet(batch=batch.name, why="the tenant has no place for another batch")

    def _keeps(self, wave: Wave, members: Sequence[Record]) -> str:
        """What keeps a batch of *members* from being started; nothing where it may be."""
        waiting = [each.mailbox for each in members if each.state is MailboxState.WAITING]
        readers = [mailbox.guid for mailbox in waiting if has_reader(mailbox)]
        untold = len(readers) - len(self.ledger.notices_of(Milestone.TWO_WEEKS, readers))
        if is_held(self.ledger, wave.id):
            return f"wave {wave.id} is held"
        if not waiting:
            return "nobody of it waits any more"
        return f"{untold} of its people were not told yet; `mailwave wave run` tells them" if untold else ""
