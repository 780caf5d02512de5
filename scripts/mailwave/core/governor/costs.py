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


CALLS_A_MAILBOX = 3
"""What the plan counts on: its release, its part of the polls and of its batch, and something to spare. The governor's
readings are not in it: they take what a night's budget leaves (`samples`)."""

SAMPLED, FEWEST = 20, 5
"""Moves of an endpoint that are looked at in a reading, and how many at least: with none, all would seem well."""

READINGS = 125
"""Readings in a day: every five minutes of a window of ten hours, and every three hours else."""

CALLS_A_BATCH = 16
"""To create it, start it, look whether it has started, and remove it. A play that starts one takes eleven where one of
them is put off and one is lost, as counted."""

KINDS: Mapping[str, Kind] = {
    "Set-MigrationUser": Kind.COMPLETE,
    "Stop-MigrationUser": Kind.STOP,
    "Remove-MigrationUser": Kind.STOP,
    "Start-MigrationUser": Kind.RETRY,
    "Get-MigrationUser": Kind.POLL,
    "Get-MigrationBatch": Kind.BATCH,
    "New-MigrationBatch": Kind.BATCH,
    "Set-MigrationBatch": Kind.BATCH,
    "Start-MigrationBatch": Kind.BATCH,
    "Stop-MigrationBatch": Kind.BATCH,
    "Complete-MigrationBatch": Kind.BATCH,
    "Remove-MigrationBatch": Kind.BATCH,
    "Get-MigrationEndpoint": Kind.GOVERN,
    "Set-MigrationEndpoint": Kind.GOVERN,
    "Get-MigrationConfig": Kind.GOVERN,
    "Get-MoveRequestStatistics": Kind.SAMPLE,
    "Get-MigrationUserStatistics": Kind.SAMPLE,
}
"""What a cmdlet is for."""


def kind_of(cmdlet: str) -> Kind:
    """What a call of *cmdlet* is for: what is no part of a move reads something to see that it is true."""
    return KINDS.get(cmdlet, Kind.VERIFY)


@dataclass(frozen=True)
class Work:
    """A night as its calls see it: *batches* hold their *mailboxes* evenly, and are looked at *polls* times.

    *retried* failures are started again, *stopped* users taken out or left; *endpoints* are read *readings* times, with
    *sampled* moves of each.
    """

    batches: int
    mailboxes: int
    polls: int
    retried: int = 0
    stopped: int = 0
    endpoints: int = 0
    readings: int = 0
    sampled: int = 0


def calls(work: Work) -> Mapping[Kind, int]:
    """The calls of each kind.

    A mailbox costs one call of its own, its release (per-user CompleteAfter, fact B19); all else is shared or rare. Who
    has arrived between two polls is read back together.
    """
    pages = work.batches * _pages(-(-work.mailboxes // work.batches), PAGE) if work.batches else 0
    return {
        Kind.COMPLETE: work.mailboxes,
        Kind.STOP: work.stopped,
        Kind.POLL: work.polls * pages,
        Kind.VERIFY: _pages(work.mailboxes, FOUND_AT_ONCE) + min(work.polls, work.mailboxes),
        Kind.RETRY: work.retried,
        Kind.BATCH: work.batches * CALLS_A_BATCH,
        Kind.GOVERN: work.readings * (CALLS_A_READING + work.endpoints),
        Kind.SAMPLE: work.readings * work.endpoints * work.sampled * CALLS_A_SAMPLE,
    }


def a_mailbox(work: Work) -> float:
    """The calls that one mailbox of *work* costs; 0 where there is none."""
    return sum(calls(work).values()) / work.mailboxes if work.mailboxes else 0.0


def samples(budget: int, mailboxes: int, endpoints: int) -> int:
    """How many moves of each of *endpoints* a reading may look at, where a night has a *budget* of calls.

    What its *mailboxes* cost comes first.
    """
    left = budget - CALLS_A_MAILBOX * mailboxes - READINGS * CALLS_A_READING
    return max(FEWEST, min(SAMPLED, left // max(1, READINGS * endpoints * CALLS_A_SAMPLE)))


def _pages(rows: int, size: int) -> int:
    return max(1, -(-rows // size)) if rows else 0
