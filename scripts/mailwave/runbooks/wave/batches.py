"""Hand the batches of a wave to the plays, each with its manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mailwave.core.batches import BatchManifest, Destination
from mailwave.core.estate import Record
from mailwave.core.manifest import digest
from mailwave.core.outcomes import ActUnknown
from mailwave.core.planner import Batch
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState, Transition
from mailwave.ports import Ledger, Plays
from mailwave.runbooks.acting import acting

ACT = "batch.start"


@dataclass(frozen=True)
class Starter:
    """Starts batches that go to *destination*; *folder* keeps their manifests."""

    ledger: Ledger
    plays: Plays
    reason: Reason
    folder: Path
    destination: Destination
    say: Callable[[str], None]

    def start(self, batch: Batch, members: Sequence[Record]) -> None:
        """Create and start *batch*; the play adopts one of the same name and the same users.

        When nobody knows whether it was created, its mailboxes stay waiting and the next round runs the play again.

        Only mailboxes still waiting are members: whoever was withdrawn since the approval stays out.
        """
        waiting = [member for member in members if member.state is MailboxState.WAITING]
        if not waiting:
            return
        manifest = self.destination.manifest(batch.name, batch.site, (member.mailbox for member in waiting))
        file, its_digest = self._write(manifest)
        try:
            with acting(
                self.ledger, act=ACT, subject=batch.name, reason=self.reason, detail={"digest": its_digest}
            ):
                self.plays.start_batch(file, its_digest)
        except ActUnknown as error:
            self.say(f"batch {batch.name}: {error.why}; looked at again in a few minutes")
            return
        begun = [Transition(member.mailbox.guid, MailboxState.SYNCING, batch.name) for member in waiting]
        self.ledger.move_state(begun, self.reason)
        self.say(f"batch {batch.name} started with {len(waiting)} mailboxes")

    def _write(self, manifest: BatchManifest) -> tuple[Path, str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{manifest.batch}.json"
        part = file.with_suffix(".part")
        part.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        part.rename(file)
        return file, digest(manifest).removeprefix("sha256:")
