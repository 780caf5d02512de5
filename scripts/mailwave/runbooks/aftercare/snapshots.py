"""What the mailboxes of a wave are before it moves, kept as an artifact whose digest the journal has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from mailwave.core.aftercare.pictures import FULL_ACCESS, SEND_AS, Picture, Snapshot
from mailwave.core.estate import Mailbox
from mailwave.core.intents import Outcome
from mailwave.core.manifest import digest_of_bytes
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.core.states import MailboxState
from mailwave.ports import Ledger
from mailwave.ports.aftercare import Kept, Premises
from mailwave.runbooks.acting import acting, close_cut_off

SNAPSHOT = "aftercare.snapshot"
_FOLDERS = "FolderAccess"


class NoSnapshot(Refusal):
    """Of *missing* mailboxes of *wave*, which have moved, nobody kept what they were."""

    def __init__(self, *, wave: str, missing: Iterable[str]) -> None:
        self.wave = wave
        self.missing = tuple(missing)
        super().__init__(
            f"nobody kept what {len(self.missing)} moved mailboxes of wave {wave} were before, the first "
            f"{self.missing[0]}"
        )


@dataclass(frozen=True)
class Snapshots:
    """The snapshots that *ledger* names and *kept* holds."""

    ledger: Ledger
    kept: Kept

    def all(self) -> dict[str, list[Snapshot]]:
        """Every snapshot by its wave, the oldest first."""
        found: dict[str, list[Snapshot]] = {}
        for intent in self.ledger.intents(SNAPSHOT):
            if intent.outcome is Outcome.OK:
                digest = str(intent.detail["digest"])
                content = self.kept.read(_name(intent.subject, digest), digest)
                found.setdefault(intent.subject, []).append(msgspec.json.decode(content, type=Snapshot))
        return found


def latest(snapshots: Iterable[Snapshot]) -> tuple[dict[str, Picture], dict[str, Picture]]:
    """The last picture of each mailbox, of a wave and beside it, by ExchangeGuid: who has moved was taken before."""
    own: dict[str, Picture] = {}
    others: dict[str, Picture] = {}
    for each in snapshots:
        own |= {picture.guid: picture for picture in each.pictures}
        others |= {picture.guid: picture for picture in each.beside}
    return own, others


@dataclass(frozen=True)
class TakeSnapshot:
    """Reads what the mailboxes of a wave are, at their sites, and keeps it.

    Roles in folders are read of those who had some when the estate was discovered, with *every_folder* of everybody.
    """

    ledger: Ledger
    premises: Premises
    kept: Kept
    reason: Reason
    every_folder: bool = False

    def run(self, wave: Wave) -> Snapshot:
        """Keep what everybody of *wave* is who has not moved yet; it may be done again, and the last counts."""
        close_cut_off(self.ledger, SNAPSHOT, of={wave.id})
        edges = self.ledger.permissions()
        records = [
            each for each in self.ledger.mailboxes(wave=wave.id) if each.state is not MailboxState.MOVED
        ]
        inside = {each.mailbox.guid for each in records}
        touched = {
            edge.guid for edge in edges if edge.kind in (SEND_AS, FULL_ACCESS) and edge.trustee in inside
        } - set(wave.mailboxes)
        folders = (
            inside if self.every_folder else {each.guid for each in edges if each.kind == _FOLDERS} & inside
        )
        taken = Snapshot(
            wave.id,
            tuple(self.premises.pictures([each.mailbox for each in records], folders)),
            tuple(self._beside(touched, {each.mailbox.smtp for each in records})),
        )
        content = msgspec.json.encode(taken)
        digest = digest_of_bytes(content)
        detail = {"digest": digest, "mailboxes": len(taken.pictures), "beside": len(taken.beside)}
        with acting(self.ledger, act=SNAPSHOT, subject=wave.id, reason=self.reason, detail=detail):
            self.kept.keep(_name(wave.id, digest), content)
        return taken

    def _beside(self, touched: set[str], movers: set[str]) -> list[Picture]:
        """Mailboxes of others that are at their sites, with only the rights that the wave's people hold on them."""
        if not touched:
            return []
        boxes: list[Mailbox] = [
            each.mailbox
            for each in self.ledger.mailboxes()
            if each.mailbox.guid in touched and each.state is not MailboxState.MOVED
        ]
        return [
            msgspec.structs.replace(
                each, rights=tuple(right for right in each.rights if right.trustee in movers)
            )
            for each in self.premises.pictures(boxes, frozenset())
        ]


def _name(wave: str, digest: str) -> str:
    return f"aftercare-{wave}-{digest.rpartition(':')[2][:16]}.json"
