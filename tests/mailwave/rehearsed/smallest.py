"""The smallest estate with all of it: failures, a stall, both doubtful scores, two sites, and somebody who leaves.

It is one wave of three batches, so that a run that is killed anywhere can be run again in a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from mailwave.core.amendments import Amendment
from mailwave.core.placement.granted import Grant, Granted
from rehearsal.clock import VirtualClock
from rehearsal.estate import GIB, START, Estate, Mailbox
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.operator import GRANTED, REASON, Operator
from tests.mailwave.rehearsed.services import Services, Time, small_estate

TROUBLED, PLAIN = (0, 1, 2, 3, 4, 6, 7), (58, 59, 60)
"""Places in the small estate: one of each cause of trouble and one with an old client, and three at the other site."""

FEW = msgspec.structs.replace(
    GRANTED,
    limits={"mailboxes_a_night": Grant(15), "bytes_a_night": Grant(400 * GIB)},
    batch_size=4,
)
LEAVES = START.astimezone(UTC) + timedelta(days=12)
"""When all batches have been started, and nobody was reminded yet."""


@cache
def smallest_estate() -> Estate:
    """Ten mailboxes of two organisations at two sites, without rights."""
    small = small_estate()
    kept = tuple(replace(small.mailboxes[place], rights=()) for place in (*TROUBLED, *PLAIN))
    codes = {mailbox.organisation for mailbox in kept}
    return replace(
        small,
        organisations=tuple(each for each in small.organisations if each.code in codes),
        mailboxes=kept,
    )


def leaver() -> Mailbox:
    """Who leaves."""
    return smallest_estate().mailboxes[-2]


class _Watched(Time):
    """The services' clock; *watch* looks at it whenever somebody has slept."""

    def __init__(self, clock: VirtualClock, boundary: Boundary, watch: Callable[[], None]) -> None:
        super().__init__(clock, boundary)
        self._watch = watch

    def sleep_until(self, when: datetime) -> None:
        """Move on to *when*, but not past the moment at which somebody leaves."""
        if self.now() < LEAVES < when:
            super().sleep_until(LEAVES)
        else:
            super().sleep_until(when)
        self._watch()


@dataclass
class WithLeaver(Operator):
    """An operator beside whom somebody else records that a person has left, as soon as that is so."""

    granted: Granted = field(default_factory=lambda: FEW)

    @property
    def clock(self) -> Time:
        """The time of the services."""
        return _Watched(self.services.clock, self.boundary, self.record_leaver)

    def run(self) -> None:
        """`wave run`, after what a kill kept from being recorded."""
        self.record_leaver()
        super().run()

    def record_leaver(self) -> None:
        """`estate amend`, once."""
        guid = leaver().exchange_guid
        if self.services.clock.now >= LEAVES:
            with self.ledger() as ledger:
                if guid not in ledger.leavers():
                    ledger.amend_estate(Amendment(leavers=(guid,)), REASON)


def smallest() -> Services:
    """Services of the smallest estate."""
    return Services(smallest_estate())
