"""Notices: when they are due, who reads them, and how each is named."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from mailwave.core.notices import Audience, Milestone, NoticeRules, ending, has_reader, may_be_told, reference
from mailwave.core.states import MailboxState
from tests.mailwave.builders import NOW, a_mailbox, a_shared_mailbox, guid

RULES = NoticeRules(days=14, at=time(9), zone="Europe/London")


@pytest.mark.parametrize(
    ("milestone", "expected"),
    [
        (Milestone.TWO_WEEKS, datetime(2026, 10, 12, 8, tzinfo=UTC)),  # still summer time
        (Milestone.DAY_BEFORE, datetime(2026, 10, 25, 9, tzinfo=UTC)),  # the day the clocks went back
        (Milestone.SUCCESS, None),
    ],
)
def test_notices_fall_due_at_a_local_time(milestone: Milestone, expected: datetime | None) -> None:
    """It should be due at nine in the morning where people are, and after the move for success."""
    assert expected == RULES.due(milestone, date(2026, 10, 26))


def test_people_are_owed_whole_days() -> None:
    """It should let no window begin before the days of notice have passed."""
    assert NOW + timedelta(days=14) == RULES.earliest_window(NOW)


def test_only_people_are_told() -> None:
    """It should send nothing to a shared mailbox, which nobody reads for its notices."""
    assert [True, False] == [has_reader(a_mailbox(0)), has_reader(a_shared_mailbox(1))]


def test_a_reference_is_the_same_on_every_run_and_tells_apart() -> None:
    """It should differ by environment, recipient, milestone, night and audience, and by nothing else."""
    base = ("test", guid(0), Milestone.SUCCESS, "2026-09-15", Audience.USER)
    others = [
        ("live", *base[1:]),
        (base[0], guid(1), *base[2:]),
        (*base[:2], Milestone.DAY_BEFORE, *base[3:]),
        (*base[:3], "2026-09-16", base[4]),
        (*base[:4], Audience.DELEGATE),
    ]

    assert reference(*base) == reference(*base)
    assert 6 == len({reference(*base), *(reference(*other) for other in others)})


def test_a_reference_names_nobody() -> None:
    """It should hold no part of the mailbox's identity, because it leaves the estate."""
    assert guid(0) not in reference("test", guid(0), Milestone.SUCCESS, "2026-09-15")


@pytest.mark.parametrize("state", MailboxState)
def test_nobody_hears_of_a_night_on_which_they_stay(state: MailboxState) -> None:
    """It should tell of a night to come, or under way, nobody who was withdrawn, postponed, failed or left out."""
    stays = state in (MailboxState.DEFERRED, MailboxState.FAILED, MailboxState.EXCLUDED)

    told = {milestone for milestone in Milestone if may_be_told(milestone, state)}

    ahead = {Milestone.TWO_WEEKS, Milestone.DAY_BEFORE, Milestone.CUTOVER}
    assert (set(Milestone) - ahead if stays else set(Milestone)) == told


@pytest.mark.parametrize(
    ("state", "why", "expected"),
    [
        (MailboxState.MOVED, "", Milestone.SUCCESS),
        (MailboxState.FAILED, "TargetQuotaExceeded", Milestone.FAILED),
        (MailboxState.DEFERRED, "withdrawn: the owner asked", Milestone.WITHDRAWN),
        (MailboxState.DEFERRED, "client: Outlook 2010", Milestone.POSTPONED),
        (MailboxState.SYNCED, "", None),
        (MailboxState.EXCLUDED, "", None),
    ],
)
def test_how_it_ended_is_told_as_it_ended(state: MailboxState, why: str, expected: Milestone | None) -> None:
    """It should name what people are told once it is over, and nothing before."""
    assert expected is ending(state, why)
