"""What it costs to hold mailboxes at Synced."""

from __future__ import annotations

from datetime import UTC, date, datetime

from mailwave.core.keeping_synced import delta_slots, stop_date


def test_each_mailbox_takes_its_daily_increment_of_a_slot() -> None:
    """It should take one slot for as many mailboxes as have their increments in one day (facts B3, B23)."""
    assert (1.0, 2.5) == (delta_slots(240, 360), delta_slots(600, 360))


def test_the_service_stops_what_nobody_acts_on() -> None:
    """It should count the days from the beginning."""
    assert date(2026, 10, 31) == stop_date(datetime(2026, 9, 1, 9, tzinfo=UTC), 60)
