"""Consent, by name, to the loss of exactly the items that the service lists for a mailbox (facts B31, B32, B34)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from mailwave.core.estate import Record
from mailwave.core.moves import Move, Score
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.core.skipped import SkippedItem, items_digest
from mailwave.core.states import IN_FLIGHT
from mailwave.core.tried import History
from mailwave.ports import Artifacts, Clock, Ledger, Target
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.runbooks.wave.moves import APPROVE


class NotListed(Refusal):
    """Nobody in *wave* waits for consent to the items of *digest*, which may be others by now."""

    def __init__(self, *, wave: str, digest: str) -> None:
        self.wave = wave
        self.digest = digest
        super().__init__(f"no mailbox of wave {wave} waits for consent to exactly {digest}")


class Waiting(msgspec.Struct, frozen=True):
    """The *items* that the mailbox at *address* would lose; *shown* is how many the service counts."""

    guid: str
    address: str
    items: tuple[SkippedItem, ...]
    shown: int

    @property
    def digest(self) -> str:
        """What is consented to."""
        return items_digest(self.guid, self.items)


@dataclass(frozen=True)
class ApproveItems:
    """Record that the person of *reason* agrees to the loss of listed items; whoever runs the wave acts on it."""

    clock: Clock
    ledger: Ledger
    target: Target
    artifacts: Artifacts
    reason: Reason

    def prepare(self, wave: str) -> list[Waiting]:
        """Every mailbox of *wave* that waits for such consent, in the order of the addresses.

        Raises:
            NoPlan: nothing was planned.
            NoSuchWave: the plan has no such wave.
        """
        records = {
            record.mailbox.smtp: record
            for record in self.ledger.mailboxes(wave=wave_of_plan(self.ledger, wave).id)
            if record.state in IN_FLIGHT
        }
        return sorted(self._waiting(records.values()), key=lambda each: each.address)

    def chosen(self, wave: str, waiting: Sequence[Waiting], digests: Sequence[str]) -> list[Waiting]:
        """Those of *waiting* whose items have *digests*.

        Raises:
            NotListed: one of them is not, or no longer, what is listed.
        """
        found = {each.digest: each for each in waiting}
        for digest in digests:
            if digest not in found:
                raise NotListed(wave=wave, digest=digest)
        return [found[digest] for digest in digests]

    def run(self, wave: str, chosen: Sequence[Waiting]) -> None:
        """Approve the items of *chosen* until the window of *wave* ends.

        They are kept as artifacts: what was lost, and who agreed, can be told later.
        """
        ends = wave_of_plan(self.ledger, wave).window_end
        for each in chosen:
            content = msgspec.json.format(msgspec.json.encode(each)) + b"\n"
            self.artifacts.keep(f"items-{each.digest.removeprefix('sha256:')[:32]}.json", content)
            self.ledger.record_approval(each.digest, each.guid, ends, self.reason)

    def _waiting(self, records: Collection[Record]) -> Iterator[Waiting]:
        history = History((), self.ledger.intents(APPROVE), ())
        known = {record.mailbox.smtp: record for record in records}
        for batch in sorted({record.batch for record in records if record.batch}):
            for move in self.target.moves(batch):
                record = known.get(move.address)
                if record and _doubtful(move, history.approved(record.mailbox.guid)):
                    items = tuple(sorted(self.target.skipped_items(move)))
                    each = Waiting(record.mailbox.guid, move.address, items, move.skipped)
                    if self.ledger.live_approval(each.digest, self.clock.now()) is None:
                        yield each


def _doubtful(move: Move, approved: int) -> bool:
    return move.score is Score.INVESTIGATE and move.skipped > approved
