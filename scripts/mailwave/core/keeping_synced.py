"""What it costs to hold mailboxes at Synced: incremental slots, and the day on which the service stops them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

DAY = timedelta(days=1)
"""Between two incremental syncs of one mailbox (fact B23)."""


def delta_slots(mailboxes: int, seconds_an_increment: int) -> float:
    """How many incremental slots of an endpoint so many synced *mailboxes* take on the average of a day (fact B3)."""
    return mailboxes * seconds_an_increment / DAY.total_seconds()


def stop_date(begun: datetime, days_synced: int) -> date:
    """When the service stops a batch that was *begun* then and that nobody acts on (limit *days_synced*)."""
    return (begun + days_synced * DAY).date()
