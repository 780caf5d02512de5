"""What becomes of batches that nobody looks after."""

from __future__ import annotations

from rehearsal.exchange_online.lab import Lab, synced


def test_an_act_of_an_administrator_starts_the_days_anew() -> None:
    """It should stop a synced batch 60 days after the last change to it or to one of its users."""
    lab = synced(None)
    lab.advance(days=50)
    lab.rows("Set-MigrationUser", Identity=lab.addresses[0], CompleteAfter="2027-06-01T00:00:00Z")
    lab.advance(days=50)
    kept = lab.batch_status()
    lab.advance(days=12)

    assert ("Synced", "Stopped") == (kept, lab.batch_status())
    assert lab.status() == "IncrementalStopped"


def test_reading_is_no_act() -> None:
    """It should stop the batch however often it is looked at."""
    lab = synced(None)
    for _ in range(62):
        lab.advance(days=1)
        lab.user()

    assert lab.batch_status() == "Stopped"


def test_a_stopped_batch_goes_after_ninety_days_more() -> None:
    """It should free its place among the hundred and its mailboxes."""
    lab = synced(None)
    lab.advance(days=62)
    lab.advance(days=92)

    assert lab.rows("Get-MigrationBatch") == lab.rows("Get-MigrationUser") == []
    lab.start_batch("again")
    lab.advance(hours=12)
    assert lab.status() == "Synced"


def test_a_failed_batch_goes_too() -> None:
    """It should remove what has failed as a whole."""
    lab = Lab(["multiple_entries"])
    lab.start_batch()
    lab.advance(days=92)

    assert lab.rows("Get-MigrationBatch") == []


def test_a_batch_never_started_stays() -> None:
    """It should leave alone what is merely Created."""
    lab = Lab()
    lab.start_batch(AutoStart=False)
    lab.advance(days=300)

    assert lab.batch_status() == "Created"
