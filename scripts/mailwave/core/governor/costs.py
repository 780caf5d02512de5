"""What a night costs in calls of the admin channel: designed here, so that a plan can be checked and a count compared.

Polls and verifications ask for sets, so they grow with pages and not with mailboxes; what is done to a user is a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailwave.core.governor.channel import Kind

PAGE = 1000
"""Rows of a page (fact A7); the next one is another call (fact A14)."""

FOUND_AT_ONCE = 50
"""Mailboxes that one filter names when they are read back at the target."""

CALLS_A_SAMPLE = 2
"""A move's StatusDetail is in one cmdlet's answer and its pace in another's (facts B30 and B40)."""

CALLS_A_READING = 2
"""All endpoints at once, and what the tenant may have in all (fact B4)."""


@dataclass(frozen=True)
class Work:
    """A night as its calls see it: *batches* hold their *mailboxes* evenly, and are looked at *polls* times.

    *retried* failures are started again, *stopped* users taken out or left; *endpoints* are governed at each poll by
    *sampled* moves of each.
    """

    batches: int
    mailboxes: int
    polls: int
    retried: int = 0
    stopped: int = 0
    endpoints: int = 0
    sampled: int = 0


def calls(work: Work) -> Mapping[Kind, int]:
    """The calls of each kind.

    A mailbox costs one call of its own, its release (per-user CompleteAfter, fact B19); all else is shared or rare.
    """
    pages = work.batches * _pages(-(-work.mailboxes // work.batches), PAGE) if work.batches else 0
    return {
        Kind.COMPLETE: work.mailboxes,
        Kind.STOP: work.stopped,
        Kind.POLL: work.polls * pages,
        Kind.VERIFY: _pages(work.mailboxes, FOUND_AT_ONCE) if work.mailboxes else 0,
        Kind.RETRY: work.retried,
        Kind.GOVERN: work.polls * CALLS_A_READING if work.endpoints else 0,
        Kind.SAMPLE: work.polls * work.endpoints * work.sampled * CALLS_A_SAMPLE,
    }


def a_mailbox(work: Work) -> float:
    """The calls that one mailbox of *work* costs; 0 where there is none."""
    return sum(calls(work).values()) / work.mailboxes if work.mailboxes else 0.0


def _pages(rows: int, size: int) -> int:
    return max(1, -(-rows // size))
