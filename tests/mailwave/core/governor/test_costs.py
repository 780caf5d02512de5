"""What a night costs in calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwave.core.governor.channel import Kind
from mailwave.core.governor.costs import (
    CALLS_A_MAILBOX,
    READINGS,
    SAMPLED,
    Work,
    a_mailbox,
    calls,
    kind_of,
    samples,
)


def test_only_its_release_is_a_call_of_a_mailbox() -> None:
    """It should ask for sets in polls and read-backs: 2,500 rows are three pages (fact A7), 5,000 are 100 filters."""
    assert {
        Kind.COMPLETE: 5000,
        Kind.STOP: 3,
        Kind.POLL: 60 * 2 * 3,
        Kind.VERIFY: 100 + 60,
        Kind.RETRY: 20,
        Kind.BATCH: 2 * 16,
        Kind.GOVERN: 90 * (2 + 2),
        Kind.SAMPLE: 90 * 2 * 20 * 2,
    } == calls(Work(2, 5000, 60, retried=20, stopped=3, endpoints=2, readings=90, sampled=20))


NIGHT = Work(200, 22_000, polls=112, retried=440)
"""A night of ten hours and the two weeks before: 60 polls while it is open, and four a day."""


def test_a_night_costs_what_the_plan_counts_on() -> None:
    """It should stay within the plan's calls a mailbox in 200 batches of 22,000 mailboxes; readings come on top."""
    governed = replace(NIGHT, endpoints=7, readings=READINGS, sampled=SAMPLED)

    assert 2.21 == round(a_mailbox(NIGHT), 2) < CALLS_A_MAILBOX
    assert 3.85 == round(a_mailbox(governed), 2)


@pytest.mark.parametrize(
    ("budget", "mailboxes", "expected"),
    [(270_000, 22_000, 20), (270_000, 83_000, 11), (270_000, 90_000, 5), (5_000, 250, 5)],
    ids=["a night", "a weekend", "nothing left", "a small budget"],
)
def test_readings_take_what_a_night_leaves(budget: int, mailboxes: int, expected: int) -> None:
    """It should look at fewer moves where a night's mailboxes take more of its calls, and never at none."""
    assert expected == samples(budget, mailboxes, endpoints=7)


@pytest.mark.parametrize(
    ("cmdlet", "expected"),
    [
        ("Set-MigrationUser", Kind.COMPLETE),
        ("Get-MigrationUser", Kind.POLL),
        ("Get-Mailbox", Kind.VERIFY),
        ("Get-OrganizationRelationship", Kind.VERIFY),
        ("Get-MoveRequestStatistics", Kind.SAMPLE),
    ],
)
def test_a_call_is_known_by_its_cmdlet(cmdlet: str, expected: Kind) -> None:
    """It should tell what a call is for; what is no part of a move reads what is true."""
    assert expected is kind_of(cmdlet)


def test_no_mailbox_costs_nothing() -> None:
    """It should count no call for a night without anybody."""
    assert 0.0 == a_mailbox(Work(0, 0, 60))
