"""Ask what became of the notices that went out, and keep what did not arrive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from mailwave.core.notices import NoticeRecord, NoticeState
from mailwave.core.outcomes import ActError
from mailwave.core.reason import Reason
from mailwave.ports import Clock, Ledger, Notifier
from mailwave.runbooks.wave.pacing import Pace

AT_ONCE = 250
"""Failures that are looked up and recorded together: a page of the service's."""

EVERY = timedelta(hours=1)
"""Between two looks while waves run: a permanent failure is known within minutes, a full mailbox after three days."""


@dataclass(frozen=True)
class ReadBackNotices:
    """Reads what *notifier* says of the last days into *ledger*; what is known already changes nothing."""

    ledger: Ledger
    notifier: Notifier
    reason: Reason

    def prepare(self) -> list[NoticeRecord]:
        """The notices that went out, did not arrive, and are not known as such yet; each once.

        Raises ActRefused and ActUnknown when the service does not say.
        """
        found = {
            each.reference: NoticeRecord(held[each.reference].notice, NoticeState.UNDELIVERED, each.why)
            for some in batched(self.notifier.returned(), AT_ONCE)
            for held in [self.ledger.notices_under(each.reference for each in some)]
            for each in some
            # another environment's notices have references of their own, and one that is only reserved is looked up
            if each.reference in held and held[each.reference].state is NoticeState.SENT
        }
        return list(found.values())

    def run(self, found: list[NoticeRecord]) -> None:
        """Record *found*."""
        for some in batched(found, AT_ONCE):
            self.ledger.settle_notices(some, self.reason)


@dataclass
class KeepReadingBack:
    """Reads back by *runbook* while waves run, at most once in `EVERY`; a service that does not say is asked later.

    A look counts as a notice of *pace*, and waits where that has no room: it never takes what people are to be told by.
    """

    clock: Clock
    runbook: ReadBackNotices
    pace: Pace
    say: Callable[[str], None]
    _due: datetime | None = field(default=None, init=False)

    def __call__(self) -> None:
        """Look, if it is time."""
        now = self.clock.now()
        if (self._due is not None and now < self._due) or not self.pace.room():
            return
        self._due = now + EVERY
        self.pace.count(1)
        try:
            found = self.runbook.prepare()
        except ActError as error:
            self.say(f"what did not arrive is asked again later: {error}")
            return
        self.runbook.run(found)
        if found:
            self.say(f"notices that did not arrive: {len(found)}; their organisations' pages show which")
