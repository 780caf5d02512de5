"""Notices: when they are due, who reads them, and how each is named."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from mailwave.core.notices import Milestone, NoticeRules, notices_for, reference
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
    found = notices_for("test", Milestone.SUCCESS, "W1", [a_mailbox(0), a_shared_mailbox(1)])

    assert [guid(0)] == [notice.guid for notice in found]


def test_a_reference_is_the_same_on_every_run_and_tells_apart() -> None:
    """It should differ by environment, mailbox, milestone and wave, and by nothing else."""
    base = ("test", guid(0), Milestone.SUCCESS, "W1")
    others = [
        ("live", *base[1:]),
        (base[0], guid(1), *base[2:]),
        (*base[:2], Milestone.DAY_BEFORE, "W1"),
        (*base[:3], "W2"),
    ]

    assert reference(*base) == reference(*base)
    assert 5 == len({reference(*base), *(reference(*other) for other in others)})


def test_a_reference_names_nobody() -> None:
    """It should hold no part of the mailbox's identity, because it leaves the estate."""
    assert guid(0) not in reference("test", guid(0), Milestone.SUCCESS, "W1")
