"""How long a mailbox stays in the cloud without a licence (fact B51), worked out from when its user had one.

A licence is needed within so many days of the move. Without one the mailbox is disconnected: its user is a mail user
again, and the mailbox is kept soft-deleted for so many days, in which a licence brings it back. A licence that comes
later makes a new mailbox with nothing in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from rehearsal.estate import GIB, Mailbox
from rehearsal.exchange_online.options import Options

LARGEST_WITHOUT = 50 * GIB
"""A shared mailbox or a room of at most this size needs no licence."""
_FOR_PEOPLE = ("UserMailbox", "LinkedMailbox")


class Held(Protocol):
    """A time in which a user had a licence with Exchange; *until* is None while it lasts."""

    @property
    def since(self) -> datetime:
        """When it was given."""
        ...

    @property
    def until(self) -> datetime | None:
        """When it was taken away."""
        ...


@dataclass(frozen=True)
class Standing:
    """What somebody has in the cloud.

    *since*: when the mailbox there was made or moved in, None for a mail user. *own*: whether it is another one than
    that on premises, made by a licence. *disconnected*: when the mailbox that had moved in was disconnected; it is
    still kept unless *lost*.
    """

    since: datetime | None
    own: bool = False
    disconnected: datetime | None = None
    lost: bool = False


def needs_licence(mailbox: Mailbox, options: Options) -> bool:
    """Tell whether a mailbox may not be in the cloud without a licence for long."""
    of_nobody = mailbox.recipient_type not in _FOR_PEOPLE and mailbox.size_bytes <= LARGEST_WITHOUT
    return not (of_nobody and options.shared_needs_no_licence)


def standing(moved: datetime, held: Sequence[Held], now: datetime, options: Options) -> Standing:
    """Return what became by *now* of a mailbox that *moved* in, whose user *held* licences, oldest first."""
    grace, kept = _days(options.licence_days), _days(options.disconnected_days)
    until = _after(moved, grace)
    """When it is disconnected unless a licence comes before."""
    for each in held:
        if each.until is not None and each.until <= moved:
            continue
        if until is not None and kept is not None and each.since > until + kept:
            made = held[-1].since if held[-1].until is None else None
            return Standing(made, own=made is not None, disconnected=until, lost=True)
        if each.until is None:
            return Standing(moved)
        until = each.until if options.licence_taken_disconnects else _after(each.until, grace)
    if until is None or now < until:
        return Standing(moved)
    return Standing(None, disconnected=until, lost=kept is not None and now > until + kept)


def _days(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(days=count)


def _after(moment: datetime, length: timedelta | None) -> datetime | None:
    return None if length is None else moment + length
