"""Whether batches are what was approved."""

from __future__ import annotations

from mailwave.core.convergence import missing
from mailwave.core.estate import Record
from mailwave.core.states import MailboxState
from tests.mailwave.builders import a_mailbox


def test_who_is_in_flight_and_not_shown_is_named_by_batch() -> None:
    """It should name who is in flight and not at the service, and nobody who waits or has ended."""
    flying = [Record(a_mailbox(n), MailboxState.SYNCED) for n in range(3)]
    others = [Record(a_mailbox(3), MailboxState.DEFERRED), Record(a_mailbox(4), MailboxState.WAITING)]
    shown = {flying[0].mailbox.guid, flying[2].mailbox.guid}

    found = missing({"first": [*flying[:2], *others], "second": flying[2:]}, shown)

    assert {"first": [flying[1].mailbox.address]} == found
