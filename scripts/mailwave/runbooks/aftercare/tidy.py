"""Remove what the moved mailboxes of a wave left behind at their sites: each an intent, and everything read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailwave.core.aftercare.leftovers import TIDY, Leftover
from mailwave.core.intents import Outcome
from mailwave.core.outcomes import ActError
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState
from mailwave.ports import Ledger
from mailwave.ports.aftercare import Premises
from mailwave.runbooks.acting import acting, close_cut_off


@dataclass(frozen=True)
class Tidied:
    """How many leftovers were *removed*, and what was *left* when the sites were read again."""

    removed: int
    left: Sequence[Leftover]


@dataclass(frozen=True)
class Tidier:
    """Removes the mobile partnerships of people who have moved: their telephones made new ones in the cloud.

    Whoever has not moved, or came back, keeps theirs: the site itself is asked who lives there.
    """

    ledger: Ledger
    premises: Premises
    reason: Reason
    say: Callable[[str], None]

    def look(self, wave: Wave) -> list[Leftover]:
        """What the moved mailboxes of *wave* have left behind."""
        moved = [each.mailbox for each in self.ledger.mailboxes(MailboxState.MOVED, wave.id)]
        return sorted(self.premises.partnerships(moved)) if moved else []

    def run(self, wave: Wave) -> Tidied:
        """Remove it, and read the sites again; done again, it changes nothing."""
        close_cut_off(self.ledger, TIDY)
        found = self.look(wave)
        for each in found:
            detail = {"mailbox": each.guid, "site": each.site}
            try:
                with acting(self.ledger, act=TIDY, subject=each.what, reason=self.reason, detail=detail):
                    self.premises.change(
                        "Remove-MobileDevice", {"Identity": each.what, "Confirm": False}, each.site
                    )
            except ActError as error:
                self.say(f"{each.address}: {error}")
        left = self.look(wave) if found else []
        self._settle({each.what for each in left})
        return Tidied(len(set(found) - set(left)), left)

    def _settle(self, still: set[str]) -> None:
        """Say of every removal whose outcome was unknown whether it is still there."""
        for intent in self.ledger.doubtful(TIDY):
            outcome = Outcome.FAILED if intent.subject in still else Outcome.OK
            self.ledger.outcome(intent.id, outcome, {"why": "read back"})
