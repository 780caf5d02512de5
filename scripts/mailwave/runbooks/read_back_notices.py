"""Ask what became of the notices that went out, and keep what did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched

from mailwave.core.notices import NoticeRecord, NoticeState
from mailwave.core.reason import Reason
from mailwave.ports import Ledger, Notifier

AT_ONCE = 250
"""Failures that are looked up and recorded together: a page of the service's."""


@dataclass(frozen=True)
class ReadBackNotices:
    """Reads what *notifier* says of the last days into *ledger*; what is known already changes nothing."""

    ledger: Ledger
    notifier: Notifier
    reason: Reason

    def prepare(self) -> list[NoticeRecord]:
        """The notices that went out, did not arrive, and are not known as such yet.

        Raises ActRefused and ActUnknown when the service does not say.
        """
        return [
            NoticeRecord(held[each.reference].notice, NoticeState.UNDELIVERED, each.why)
            for some in batched(self.notifier.returned(), AT_ONCE)
            for held in [self.ledger.notices_under(each.reference for each in some)]
            for each in some
            # another environment's notices have references of their own, and one that is only reserved is looked up
            if each.reference in held and held[each.reference].state is NoticeState.SENT
        ]

    def run(self, found: list[NoticeRecord]) -> None:
        """Record *found*."""
        for some in batched(found, AT_ONCE):
            self.ledger.settle_notices(some, self.reason)
