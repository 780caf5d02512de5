"""Ask after a wave whether calendars are seen: a sample of its people from the cloud, and both ways between the halves.

Everything here only reads; what was found is kept under a digest that the journal has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailwave.core.aftercare.calendars import Look, judged
from mailwave.core.aftercare.delivery import Boxes, Sampling, sample
from mailwave.core.aftercare.differences import Difference
from mailwave.core.aftercare.exceptions import ACCEPT, live, parted
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger
from mailwave.ports.aftercare import Calendars, Kept
from mailwave.runbooks.aftercare.reported import Reported, by_kind, rows
from mailwave.runbooks.wave.preflight import ReadsHalves

CALENDARS = "aftercare.calendars"


@dataclass(frozen=True)
class Looked:
    """What was seen of the calendars of so many *people* of a *wave*; *shown* of all that were asked for are seen.

    *open* is what is not as promised, *covered* what an exception covers.
    """

    wave: str
    people: int
    shown: int
    open: Sequence[Difference]
    covered: Sequence[Difference]


@dataclass(frozen=True)
class SeeCalendars:
    """Asks *calendars* for *boxes*' mailbox at the sites and for the people that *sampling* takes; reads *halves*."""

    clock: Clock
    ledger: Ledger
    calendars: Calendars
    halves: ReadsHalves
    boxes: Boxes
    sampling: Sampling
    kept: Kept
    reason: Reason

    def run(self, wave: Wave) -> Looked:
        """Ask both sides and keep what was answered; ask and keep nothing where nobody of *wave* has moved."""
        people = self._people(wave)
        if not people:
            return Looked(wave.id, 0, 0, (), ())
        looks = [*self.calendars.from_cloud([*people, self.boxes.premises]), *self.calendars.from_sites()]
        found = judged(looks, people, self.halves.read())
        exceptions = live(self.ledger.intents(ACCEPT), self.clock.now().date())
        shown = sum(not each.code for each in looks)
        looked = Looked(wave.id, len(people), shown, *parted(found, exceptions))
        self._keep(looked, looks, people)
        return looked

    def _people(self, wave: Wave) -> dict[str, str]:
        """Those who are asked for, their ExchangeGuids by address: the same who are sent a message."""
        moved = {
            each.mailbox.guid: each.mailbox.smtp
            for each in self.ledger.mailboxes(wave=wave.id)
            if each.state is MailboxState.MOVED
        }
        return {moved[guid]: guid for guid in sample(wave.id, moved, self.sampling)}

    def _keep(self, looked: Looked, looks: Sequence[Look], people: Mapping[str, str]) -> None:
        detail = {
            "people": looked.people,
            "shown": looked.shown,
            "open": by_kind(looked.open),
            "excepted": len(looked.covered),
        }
        name = f"aftercare-{looked.wave}-calendars"
        made = Reported.of(CALENDARS, looked.wave, name, _report(looked, looks, people), detail)
        made.keep(self.ledger, self.kept, self.reason)


def _report(looked: Looked, looks: Sequence[Look], people: Mapping[str, str]) -> dict[str, object]:
    return {
        "wave": looked.wave,
        "asked": [
            {
                "how": each.asked.value,
                "mailbox": people.get(each.subject, ""),
                "of": "" if each.subject in people else each.subject,
                "answer": each.code or "shown",
            }
            for each in looks
        ],
        "open": rows(looked.open),
        "excepted": rows(looked.covered),
    }
