"""Whose fault a stall is: the source's is ours to ease, the target's is waited for, a mailbox's is its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Blame(Enum):
    """Who holds a move up."""

    NOBODY = "nobody"
    SOURCE = "source"
    TARGET = "target"
    MAILBOX = "mailbox"


_SOURCE, _TARGET = "StalledDueToSource_", "StalledDueToTarget_"

_ONE_MAILBOX = ("MailboxLock", "MailboxCapacityExceeded")
"""Reasons that say nothing of other mailboxes (fact B38; B.10 row 23)."""

_OLDER: Mapping[str, Blame] = {
    # onboarding is a pull: what is read is the source's, what is written the target's (fact B36)
    "StalledDueToReadThrottle": Blame.SOURCE,
    "StalledDueToReadCpu": Blame.SOURCE,
    "StalledDueToReadUnknown": Blame.SOURCE,
    "NetworkFailure": Blame.SOURCE,
    "ProxyBackoff": Blame.SOURCE,  # MRSProxy has no connection left (fact B43; B.10 row 17)
    "StalledDueToWriteThrottle": Blame.TARGET,
    "StalledDueToWriteCpu": Blame.TARGET,
    "StalledDueToWriteUnknown": Blame.TARGET,
    "StalledDueToHA": Blame.TARGET,
    "StalledDueToCI": Blame.TARGET,
    "MDBOffline": Blame.TARGET,
    "ServerBusyBackoff": Blame.TARGET,
    "RelinquishedWlmStall": Blame.TARGET,
    "StalledDueToMailboxLock": Blame.MAILBOX,
    "StalledDueToMRS_Quarantined": Blame.MAILBOX,
}
"""The names without a side (facts B37 and B38)."""


def blame(detail: str) -> Blame:
    """Who is to blame for a move's StatusDetail; an unknown stall is the target's, so that it is waited for."""
    for prefix, whose in ((_SOURCE, Blame.SOURCE), (_TARGET, Blame.TARGET)):
        if detail.startswith(prefix):
            return Blame.MAILBOX if detail.removeprefix(prefix) in _ONE_MAILBOX else whose
    unknown = Blame.TARGET if detail.startswith(("Stalled", "Relinquished")) else Blame.NOBODY
    return _OLDER.get(detail, unknown)
