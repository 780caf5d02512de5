"""Start the batches of a wave, each with its manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mailwave.core.batch_scope import refuse_foreign
from mailwave.core.batches import BatchManifest, Destination
from mailwave.core.estate import Record
from mailwave.core.events import Announce, Event, Kind, nowhere
from mailwave.core.manifest import digest
from mailwave.core.outcomes import ActError, ActUnknown
from mailwave.core.planner import Batch
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState, Transition
from mailwave.ports import Batches, Ledger
from mailwave.runbooks.acting import acting

ACT = "batch.start"

NO_ROOM = "MaximumNumberOfBatchesReachedException"
"""What the service calls its refusal of one batch more than the tenant may have (fact B5)."""


@dataclass(frozen=True)
class Starter:
    """Starts batches that go to *destination*; *folder* keeps their manifests."""

    ledger: Ledger
    batches: Batches
    reason: Reason
    folder: Path
    destination: Destination
    say: Callable[[str], None]
    announce: Announce = nowhere

    def start(self, batch: Batch, members: Sequence[Record]) -> bool:
        """Create and start *batch*, and return whether the tenant had room for it.

        One of the same name and the same users is adopted. When nobody knows whether it was created, or another worker
        took the last place (fact B5), its mailboxes stay waiting and the next round starts it again.

        Only mailboxes still waiting are members: whoever was withdrawn since the approval stays out.
        """
        waiting = [member for member in members if member.state is MailboxState.WAITING]
        if not waiting:
            return True
        manifest = self.destination.manifest(batch.name, batch.site, (member.mailbox for member in waiting))
        file, its_digest = scoped_manifest(self.folder, manifest, self.ledger)
        try:
            with acting(
                self.ledger, act=ACT, subject=batch.name, reason=self.reason, detail={"digest": its_digest}
            ):
                self.batches.start(file, its_digest)
        except ActUnknown as error:
            self.say(f"batch {batch.name}: {error.why}; looked at again in a few minutes")
            return True
        except ActError as error:
            if NO_ROOM in error.why:
                self.say(f"batch {batch.name}: another worker has taken the last place; it waits for room")
                return False
            self.announce(Event(Kind.BATCH_FAILED, batch.name, f"it was not started: {error.why}"))
            raise
        begun = [Transition(member.mailbox.guid, MailboxState.SYNCING, batch.name) for member in waiting]
        self.ledger.move_state(begun, self.reason)
        self.say(f"batch {batch.name} started with {len(waiting)} mailboxes")
        return True


def scoped_manifest(folder: Path, manifest: BatchManifest, ledger: Ledger) -> tuple[Path, str]:
    """Write *manifest* as `write_manifest` does, unless it holds a mailbox that its batch is not for.

    Raises:
        ForeignMailboxes: *ledger* has one of them not in scope for this batch; nothing is written.
    """
    refuse_foreign(ledger, manifest.batch, {user.EmailAddress.lower() for user in manifest.users})
    return write_manifest(folder, manifest)


def write_manifest(folder: Path, manifest: BatchManifest) -> tuple[Path, str]:
    """Write *manifest* into *folder*, whole or not at all; return the file and the manifest's digest in hexadecimal."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{manifest.batch}.json"
    part = file.with_suffix(".part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    part.rename(file)
    return file, digest(manifest).removeprefix("sha256:")
