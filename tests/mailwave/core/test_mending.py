"""Problems of an organisation: what they are, who acts, and how far each is mended."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from mailwave.core.estate import Record
from mailwave.core.mending import Care, Mending, Problem, problems_of
from mailwave.core.notices import Audience, Milestone, NoticeState, Undelivered
from mailwave.core.states import MailboxState
from tests.mailwave.builders import a_mailbox, guid

AT = datetime(2026, 9, 15, 21, tzinfo=UTC)
OWNERS = {"client-old": "local administrator"}
KEPT = Record(
    a_mailbox(1), MailboxState.DEFERRED, "client-old: Outlook 14 of somebody@else.example", None, None
)
MOVED = Record(a_mailbox(2), MailboxState.MOVED, "", "W1", "b")


def lost(n: int, milestone: Milestone, why: str = "permanent-failure") -> Undelivered:
    """A message to person *n* that did not arrive."""
    box = a_mailbox(n)
    user, state = Audience.USER, NoticeState.UNDELIVERED
    return Undelivered("RR8", box.guid, box.address, "A Person", milestone, user, "2026-09-15", state, why)


def care(key: str, mending: Mending) -> Care:
    """What Anne says of the problem *key*."""
    return Care(key, mending, "anne@nhsmail.example", AT, "person@nhsmail.example")


def test_a_mailbox_that_is_kept_out_is_a_problem_and_one_that_moved_is_none() -> None:
    """It should name who acts by the code that the reason begins with, and leave out the rest of it."""
    address = KEPT.mailbox.address
    expected = Problem(guid(1), address, MailboxState.DEFERRED, "client-old", "local administrator")

    assert (expected,) == problems_of([KEPT, MOVED], [], [], OWNERS)


def test_lost_messages_are_one_problem_a_person() -> None:
    """It should tell of a person whose messages do not arrive once, however many were lost, with each reason."""
    messages = [lost(1, Milestone.TWO_WEEKS), lost(1, Milestone.SUCCESS, "temporary-failure")]
    (found,) = problems_of([], messages, [], OWNERS)

    assert (f"messages/{guid(1)}", None, "permanent-failure, temporary-failure") == (
        found.key,
        found.state,
        found.why,
    )


def test_what_was_said_last_counts() -> None:
    """It should say by whom and since when a problem is being mended, and take it back when they do."""
    taken, back = (care(guid(1), mending) for mending in (Mending.BEING_MENDED, Mending.OPEN))
    (before,) = problems_of([KEPT], [], [], OWNERS)

    (found,) = problems_of([KEPT], [], [back, taken], OWNERS)
    (after,) = problems_of([KEPT], [], [taken, back], OWNERS)

    expected = msgspec.structs.replace(
        before, mending=Mending.BEING_MENDED, by="anne@nhsmail.example", since=AT
    )
    assert expected == found
    assert Mending.OPEN is after.mending


def test_what_is_wrong_no_more_is_mended() -> None:
    """It should show as mended what somebody was at and is gone, after all that is still open."""
    found = problems_of([KEPT], [], [care(guid(2), Mending.BEING_MENDED)], OWNERS)

    assert [(guid(1), Mending.OPEN), (guid(2), Mending.MENDED)] == [
        (each.key, each.mending) for each in found
    ]
