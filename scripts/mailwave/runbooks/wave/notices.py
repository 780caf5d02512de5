"""Tell people, at most once for each milestone, whatever is killed when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailwave.core.estate import Record
from mailwave.core.notices import Milestone, Notice, NoticeState, has_reader, reference
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.ports import Ledger, Notifier

FORGOTTEN = "the service does not find it and may have forgotten it, and twice would be worse than never"


@dataclass(frozen=True)
class Teller:
    """Sends the notices of *environment* through *notifier*; *templates* has the template of each milestone.

    A notice is reserved in the ledger before it is sent, and one that was reserved by an earlier run and never
    settled is looked up at the service before anything is sent again.
    """

    environment: str
    templates: Mapping[Milestone, str]
    ledger: Ledger
    notifier: Notifier
    reason: Reason
    say: Callable[[str], None]

    def tell(
        self, milestone: Milestone, wave: Wave, people: Sequence[Record], *, remembered: bool = True
    ) -> int:
        """Send *milestone* to those of *people* who did not have it, and return how many were sent now.

        *remembered*: the service still finds whatever was sent of it, so that what it does not find was not sent.
        """
        told = self.ledger.notices_of(milestone)
        untold = [
            person
            for person in people
            if has_reader(person.mailbox) and told.get(person.mailbox.guid) in (None, NoticeState.RESERVED)
        ]
        if not untold:
            return 0
        wanted = [self._notice(milestone, wave, person) for person in untold]
        fresh = {notice.guid for notice in self.ledger.reserve_notices(wanted, self.reason)}
        sent = 0
        for person, notice in zip(untold, wanted, strict=True):
            sent += self._deliver(
                notice, wave, person, look_first=notice.guid not in fresh, remembered=remembered
            )
        self.say(f"{wave.id}: {sent} {milestone.replace('_', ' ')} notices sent")
        return sent

    def _notice(self, milestone: Milestone, wave: Wave, person: Record) -> Notice:
        guid = person.mailbox.guid
        return Notice(guid, milestone, reference(self.environment, guid, milestone, wave.id))

    def _deliver(
        self, notice: Notice, wave: Wave, person: Record, *, look_first: bool, remembered: bool
    ) -> bool:
        """Send *notice* unless the service has it, or may have had it; True when it was sent now."""
        if look_first and (found := self.notifier.find(notice.reference)) is not None:
            self._settle(notice, NoticeState.SENT, found)
            return False
        if look_first and not remembered:
            self._settle(notice, NoticeState.FAILED, FORGOTTEN)
            return False
        try:
            sent = self.notifier.send(
                template=self.templates[notice.milestone],
                address=person.mailbox.address,
                reference=notice.reference,
                personalisation={"name": person.mailbox.display_name, "night": f"{wave.night:%A %d %B %Y}"},
            )
        except ActPostponed as error:
            self.say(f"a notice waits: {error.why}")
            return False  # it stays reserved: the next round looks it up and sends it
        except ActUnknown:
            return self._settle_unknown(notice)
        except ActRefused as error:
            self._settle(notice, NoticeState.FAILED, error.why)
            return False
        self._settle(notice, NoticeState.SENT, sent)
        return True

    def _settle_unknown(self, notice: Notice) -> bool:
        """Ask the service whether it has *notice*; when it has not, it stays reserved for the next round."""
        found = self.notifier.find(notice.reference)
        if found is None:
            return False
        self._settle(notice, NoticeState.SENT, found)
        return True

    def _settle(self, notice: Notice, state: NoticeState, detail: str) -> None:
        self.ledger.settle_notice(notice.guid, notice.milestone, state, detail)
