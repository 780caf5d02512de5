"""Release completions: inside the window, from an approved list, and never otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailwave.core.estate import Record
from mailwave.core.manifest import digest
from mailwave.core.moves import PASSING, READY_TO_COMPLETE, Move
from mailwave.core.outcomes import ActError
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.states import IN_FLIGHT, MailboxState, Transition
from mailwave.ports import Ledger, Target
from mailwave.runbooks.acting import acting
from mailwave.runbooks.wave.moves import Follower

ACT = "wave.complete"

LAST_START = timedelta(minutes=30)
"""Nothing is released this close to a window's end: the service may take 15 minutes to begin (fact B41's passes), and
half of all finalisations take longer than ten."""


class NotApproved(Exception):
    """No live approval covers exactly the list of *wave*."""

    def __init__(self, *, wave: str, digest: str, at: datetime) -> None:
        self.wave = wave
        self.digest = digest
        self.at = at
        super().__init__(
            f"wave {wave} ({digest[:19]}) has no approval that is live at {at:%Y-%m-%d %H:%M} UTC"
        )


class WindowClosed(Exception):
    """A completion was asked for outside the window of *wave*."""

    def __init__(self, *, wave: str, at: datetime) -> None:
        self.wave = wave
        self.at = at
        super().__init__(f"wave {wave} may not complete at {at:%Y-%m-%d %H:%M} UTC: its window is closed")


@dataclass(frozen=True)
class Completer:
    """Completes synced mailboxes one by one, so that exactly the approved list is released."""

    ledger: Ledger
    target: Target
    follower: Follower
    reason: Reason
    say: Callable[[str], None]

    def complete(
        self, wave: Wave, records: Sequence[Record], moves: Mapping[str, Move], now: datetime
    ) -> None:
        """Release every synced mailbox of *wave* whose move is ready.

        Raises:
            WindowClosed: *now* is outside the window.
            NotApproved: no live approval covers the wave's exact list.
        """
        held = self.follower.held(records, moves)
        ready = [r for r in records if _is_ready(r, moves) and r.mailbox.guid not in held]
        if not ready or wave.window_end - LAST_START <= now < wave.window_end:
            self._settle(wave)
            return
        if not wave.window_start <= now < wave.window_end:
            raise WindowClosed(wave=wave.id, at=now)
        approved = self.ledger.live_approval(wave.digest, now)
        if approved is None:
            raise NotApproved(wave=wave.id, digest=wave.digest, at=now)
        listed = digest(sorted(record.mailbox.guid for record in ready))
        with acting(
            self.ledger,
            act=ACT,
            subject=wave.id,
            reason=self.reason,
            detail={"mailboxes": len(ready), "list": listed},
        ):
            released = [record for record in ready if self._release(moves[record.mailbox.guid], now)]
        self.ledger.move_state(
            [Transition(record.mailbox.guid, MailboxState.COMPLETING, "released") for record in released],
            self.reason,
        )
        self.say(f"{len(released)} completions released")

    def close(self, wave: Wave, records: Sequence[Record], moves: Mapping[str, Move]) -> None:
        """At the window's end, move out what has not begun to complete; what has is left to end, as overrun."""
        self._settle(wave)
        late = [record for record in records if _has_not_begun(record, moves)]
        if late:
            self.follower.withdraw(late, moves, f"not completed in the window of wave {wave.id}")
        overrun = [
            record for record in records if record.state is MailboxState.COMPLETING and record not in late
        ]
        if overrun:
            self.say(f"{wave.id}: {len(overrun)} completions overran the window and are left to end")

    def _settle(self, wave: Wave) -> None:
        """End a release whose outcome was unknown: every mailbox was read back since, and none is left to release."""
        for intent in self.ledger.doubtful(ACT):
            if intent.subject == wave.id:
                self.ledger.outcome(intent.id, "ok", {"why": "read back: nothing is left to release"})

    def _release(self, move: Move, now: datetime) -> bool:
        try:
            self.target.complete(move, now)
        except ActError as error:
            self.say(f"{move.address}: {error}; tried again at the next poll")
            return False
        return True


def _is_ready(record: Record, moves: Mapping[str, Move]) -> bool:
    move = moves.get(record.mailbox.guid)
    return record.state is MailboxState.SYNCED and move is not None and move.status in READY_TO_COMPLETE


def _has_not_begun(record: Record, moves: Mapping[str, Move]) -> bool:
    move = moves.get(record.mailbox.guid)
    if move is None or move.status in PASSING or record.state not in IN_FLIGHT:
        return False
    return record.state is not MailboxState.COMPLETING or move.status in READY_TO_COMPLETE
