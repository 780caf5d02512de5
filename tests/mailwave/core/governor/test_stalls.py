"""Whose fault a stall is."""

from __future__ import annotations

import pytest

from mailwave.core.governor.stalls import Blame, blame


@pytest.mark.parametrize(
    ("detail", "whose"),
    [
        ("StalledDueToSource_DiskLatency", Blame.SOURCE),  # fact B38
        ("StalledDueToSource_EndpointCapacityExceeded", Blame.SOURCE),
        ("StalledDueToTarget_MdbReplication", Blame.TARGET),
        ("StalledDueToTarget_Processor", Blame.TARGET),
        ("StalledDueToSource_MailboxLock", Blame.MAILBOX),  # B.10 row 23: a lock left behind
        ("StalledDueToTarget_MailboxCapacityExceeded", Blame.MAILBOX),
        ("StalledDueToReadThrottle", Blame.SOURCE),  # facts B36 and B37: onboarding reads the source
        ("StalledDueToWriteCpu", Blame.TARGET),
        ("ProxyBackoff", Blame.SOURCE),  # fact B43
        ("CopyingMessages", Blame.NOBODY),
        ("Queued", Blame.NOBODY),
    ],
)
def test_a_stall_is_blamed_on_its_side(detail: str, whose: Blame) -> None:
    """It should tell the source's stalls from the target's, and both from one mailbox's."""
    assert whose is blame(detail)


@pytest.mark.parametrize("detail", ["StalledDueToSomethingNew", "RelinquishedHAStall"])
def test_an_unknown_stall_is_waited_for(detail: str) -> None:
    """It should take a stall that nobody has published for the target's, which changes nothing."""
    assert Blame.TARGET is blame(detail)
