"""What a night costs in calls."""

from __future__ import annotations

from mailwave.core.governor.channel import Kind
from mailwave.core.governor.costs import Work, a_mailbox, calls


def test_only_its_release_is_a_call_of_a_mailbox() -> None:
    """It should ask for sets in polls and read-backs: 2,500 rows are three pages (fact A7), 5,000 are 100 filters."""
    assert {
        Kind.COMPLETE: 5000,
        Kind.STOP: 3,
        Kind.POLL: 60 * 2 * 3,
        Kind.VERIFY: 100,
        Kind.RETRY: 20,
        Kind.GOVERN: 60 * 2,
        Kind.SAMPLE: 60 * 2 * 20 * 2,
    } == calls(Work(2, 5000, 60, retried=20, stopped=3, endpoints=2, sampled=20))


def test_a_night_costs_less_than_two_and_a_half_calls_a_mailbox() -> None:
    """It should stay under two and a half calls a mailbox in a night of 200 batches, 22,000 mailboxes and 60 polls."""
    night = Work(200, 22_000, 60, retried=440, endpoints=7, sampled=20)

    assert 51_800 == sum(calls(night).values())
    assert 2.35 == round(a_mailbox(night), 2)


def test_no_mailbox_costs_nothing() -> None:
    """It should count no call for a night without anybody."""
    assert 0.0 == a_mailbox(Work(0, 0, 60))
