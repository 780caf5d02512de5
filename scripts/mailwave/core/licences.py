"""Who needs a licence after the move, and in which group of the tenant it is given.

A moved mailbox without one is disconnected after 30 days and lost 30 days later (fact B51); before the move it would
make a second mailbox (fact D25).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from mailwave.core.estate import Mailbox, Record
from mailwave.core.intents import Intent, Outcome
from mailwave.core.states import MailboxState

LARGEST_WITHOUT = 50 * 1024**3
"""A mailbox of nobody of at most this many bytes needs no licence (Microsoft's page of Exchange Online's limits)."""

OF_NOBODY = frozenset({"SharedMailbox", "RoomMailbox", "EquipmentMailbox", "SchedulingMailbox"})
"""The recipient types whose accounts nobody signs in to."""

MOST_IN_GROUP = 60_000
"""People in one licence group: as many as are licensed within a day (fact C19)."""

JOIN, LEAVE = "licence.join", "licence.leave"
"""The acts on a licence group, as the journal calls them."""

PEOPLE = "people"
"""The key of an act's detail under which the ExchangeGuids stand."""


class Standing(Enum):
    """What the directory shows of somebody.

    *outside*: in none of the groups and without a licence; *joined*: in a group, whose licence comes later (fact C19);
    *refused*: the licence could not be given; *licensed*: with Exchange in it.
    """

    OUTSIDE = "outside"
    JOINED = "joined"
    REFUSED = "refused"
    LICENSED = "licensed"


@dataclass(frozen=True)
class Held:
    """The *standing* of somebody; *why* is the directory's own word where a licence was refused (fact E6)."""

    standing: Standing
    why: str = ""


def needs_licence(mailbox: Mailbox) -> bool:
    """Whether *mailbox* may not be in the cloud without a licence for long."""
    return mailbox.recipient_type not in OF_NOBODY or (mailbox.size_bytes or 0) > LARGEST_WITHOUT


def to_license(records: Iterable[Record]) -> list[Record]:
    """Those of *records* that have moved and need a licence."""
    return [
        record for record in records if record.state is MailboxState.MOVED and needs_licence(record.mailbox)
    ]


def group_of(guid: str, groups: Sequence[str]) -> str:
    """The one of *groups* that the person of the mailbox *guid* joins: always the same, and each takes its share.

    Several groups give one licence where there are more people than a group should hold (fact C19).
    """
    return groups[int(guid.replace("-", ""), 16) % len(groups)]


@dataclass(frozen=True)
class Joined:
    """Who is *inside* a licence group, as the intents of the journal have it; all *upto* one of them have ended."""

    inside: frozenset[str] = frozenset()
    upto: int = 0

    def read_on(self, intents: Iterable[Intent], among: Iterable[str]) -> Joined:
        """What follows when *intents*, those of `JOIN` and of `LEAVE` after *upto*, are read: of people *among* these.

        What was read before its end was known is read again, with all that came after it: that changes nothing.
        """
        found = sorted(intents, key=lambda each: each.id)
        if not found:
            return self
        in_doubt = (each.id for each in found if each.is_doubtful)
        inside = frozenset(among).intersection(joined(found, self.inside))
        return Joined(inside, min(in_doubt, default=found[-1].id + 1) - 1)


def joined(intents: Iterable[Intent], before: Collection[str] = ()) -> set[str]:
    """The ExchangeGuids of those whom *intents*, of `JOIN` and of `LEAVE`, have seen into a group, or were *before*."""
    inside = set(before)
    for intent in sorted(intents, key=lambda each: each.id):
        if intent.outcome is Outcome.OK:
            people = set(intent.detail[PEOPLE])
            inside = inside - people if intent.act == LEAVE else inside | people
    return inside
