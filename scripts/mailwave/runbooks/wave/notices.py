"""Tell people, at most once for each milestone, whatever is killed when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from mailwave.core.estate import Record
from mailwave.core.notices import Milestone, Notice, NoticeRecord, NoticeState, has_reader, reference
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.ports import Ledger, Notifier

SETTLED_AT_ONCE = 25
"""Notices whose ends are recorded together: as many may have to be looked up after a kill."""

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
        readers = [person for person in people if has_reader(person.mailbox)]
        told = self.ledger.notices_of(milestone, [person.mailbox.guid for person in readers])
        untold = [
            person for person in readers if told.get(person.mailbox.guid) in (None, NoticeState.RESERVED)
        ]
        if not untold:
            return 0
        wanted = [self._notice(milestone, wave, person) for person in untold]
        fresh = {notice.guid for notice in self.ledger.reserve_notices(wanted, self.reason)}
        sent = sum(
            self._deliver(some, wave, fresh, remembered=remembered)
            for some in batched(zip(untold, wanted, strict=True), SETTLED_AT_ONCE)
        )
        self.say(f"{wave.id}: {sent} {milestone.replace('_', ' ')} notices sent")
        return sent

    def _notice(self, milestone: Milestone, wave: Wave, person: Record) -> Notice:
        guid = person.mailbox.guid
        return Notice(guid, milestone, reference(self.environment, guid, milestone, wave.id))

    def _deliver(
        self, some: Sequence[tuple[Record, Notice]], wave: Wave, fresh: Collection[str], *, remembered: bool
    ) -> int:
        """Send what the service has not and may not have had, record how each ended, and count those sent now."""
        doubtful = [notice for _, notice in some if notice.guid not in fresh]
        found = [end for notice in doubtful if (end := self._look_up(notice, remembered=remembered))]
        ended = {end.notice.guid for end in found}
        tried = [self._send(notice, wave, person) for person, notice in some if notice.guid not in ended]
        sent = [end for end in tried if end is not None]
        self.ledger.settle_notices([*found, *sent], self.reason)
        return len([end for end in sent if end.state is NoticeState.SENT])

    def _look_up(self, notice: Notice, *, remembered: bool) -> NoticeRecord | None:
        """How a notice that an earlier run reserved has ended; None when it is to be sent."""
        found = self.notifier.find(notice.reference)
        if found is not None:
            return NoticeRecord(notice, NoticeState.SENT, found)
        return None if remembered else NoticeRecord(notice, NoticeState.FAILED, FORGOTTEN)

    def _send(self, notice: Notice, wave: Wave, person: Record) -> NoticeRecord | None:
        """Send *notice* and return how it ended; None when it stays reserved, for the next round to look up."""
        try:
            sent = self.notifier.send(
                template=self.templates[notice.milestone],
                address=person.mailbox.address,
                reference=notice.reference,
                personalisation={"name": person.mailbox.display_name, "night": f"{wave.night:%A %d %B %Y}"},
            )
        except ActPostponed as error:
            self.say(f"a notice waits: {error.why}")
            return None
        except ActUnknown:
            return self._look_up(notice, remembered=True)
        except ActRefused as error:
            return NoticeRecord(notice, NoticeState.FAILED, error.why)
        return NoticeRecord(notice, NoticeState.SENT, sent)
