"""What goes wrong with a move, in the words of the service."""

from __future__ import annotations

from rehearsal.estate import GIB
from rehearsal.exchange_online import Options
from rehearsal.exchange_online.values import ZERO_GUID
from tests.rehearsal.exchange_online.driver import Driver, csv_of, move_of, synced


def test_investigate_waits_for_an_approval() -> None:
    """It should stay Synced past its time and say why, and complete once approved (facts B19, B31, B32)."""
    driver = synced("investigate")
    before = driver.user()
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(hours=5)
    stuck = driver.user()
    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], ApproveSkippedItems=True)
    driver.advance(hours=2)

    assert ("Investigate", "") == (before["DataConsistencyScore"], before["ErrorSummary"])
    assert stuck["Status"] == "Synced"
    assert "must be approved" in stuck["ErrorSummary"]
    assert ("Completed", "") == (driver.status(), driver.user()["ErrorSummary"])
    assert driver.faults.fired() == {"data consistency Investigate": 1}


def test_an_approval_covers_only_what_was_found_before() -> None:
    """It should ask again for an item that an incremental sync finds later (fact B32)."""
    driver = synced("investigate", options=Options(late_item_share=1.0))
    driver.rows("Set-MigrationBatch", Identity="wave-1", ApproveSkippedItems=True)
    found = driver.user()["SkippedItemCount"]
    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], SyncNow=True)
    driver.advance(hours=1)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(hours=3)

    assert ("Synced", found + 1) == (driver.status(), driver.user()["SkippedItemCount"])


def test_poor_cannot_be_approved_away() -> None:
    """It should never complete a mailbox whose score is Poor (fact B31)."""
    driver = synced("poor")
    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], ApproveSkippedItems=True)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(days=3)

    assert ("Synced", "Poor") == (driver.status(), driver.user()["DataConsistencyScore"])
    assert "Poor" in driver.user()["ErrorSummary"]
    assert driver.source.remote == []


def test_skipped_items_are_shown_on_request() -> None:
    """It should list the items with their kinds only when asked, and no more than asked (fact B30)."""
    driver = synced("investigate")

    plain, two = driver.statistics(), driver.statistics(IncludeSkippedItems=True, LimitSkippedItemsTo=2)

    assert plain["SkippedItems"] == []
    assert plain["SkippedItemCount"] >= 3
    assert len(two["SkippedItems"]) == 2
    assert {"Kind", "FolderName", "Subject", "MessageSize", "ScoringClassifications"} <= set(
        two["SkippedItems"][0]
    )


def test_a_stall_passes_by_itself() -> None:
    """It should stand still for hours, say where, and go on without help (facts B38, B39)."""
    driver = Driver(["stall"])
    driver.start_batch()
    driver.advance(hours=4)
    stalled, shown = move_of(driver), driver.status()
    driver.advance(hours=1)
    later = move_of(driver)
    driver.advance(hours=24)

    assert ("StalledDueToTarget_Processor", "Syncing") == (stalled["StatusDetail"], shown)
    assert stalled["BytesTransferred"] == later["BytesTransferred"]
    assert later["TotalStalledDuration"] > stalled["TotalStalledDuration"]
    assert driver.status() == "Synced"
    assert driver.faults.fired() == {"stalled move": 1}


def test_a_transient_failure_succeeds_when_started_again() -> None:
    """It should fail with a transient error (error 18, fact B51b), once, and go on from where it was."""
    driver = synced("transient")
    failed, request = driver.user(), move_of(driver)
    driver.rows("Start-MigrationUser", Identity=driver.addresses[0])
    starting = driver.status()
    driver.advance(hours=6)

    assert failed["Status"] == "Failed"
    assert failed["ErrorSummary"].startswith("CommunicationErrorTransientException: ")
    assert failed["RequestGuid"] == request["RequestGuid"] != ZERO_GUID
    assert ("CommunicationErrorTransientException", "Source") == (
        request["FailureType"],
        request["FailureSide"],
    )
    assert "MRSTransient" in request["ExceptionTypes"]
    assert ("Starting", "Synced") == (starting, driver.status())


def test_multiple_entries_fail_for_good() -> None:
    """It should fail in validation, without a move request, each time (error 12, fact B29)."""
    driver = synced("multiple_entries")
    first = driver.user()
    driver.rows("Start-MigrationUser", Identity=driver.addresses[0])
    driver.advance(hours=1)

    again = driver.user()
    assert ("Failed", ZERO_GUID) == (first["Status"], first["RequestGuid"])
    assert first["ErrorSummary"].startswith("MigrationPermanentException: ")
    assert "matches multiple entries" in first["ErrorSummary"]
    assert again == first
    assert driver.rows("Get-MoveRequest") == []


def test_a_mailbox_above_200_gb_cannot_be_moved() -> None:
    """It should fail what is not supported (fact C2)."""
    driver = Driver([None], size=230 * GIB)
    driver.start_batch()
    driver.advance(hours=1)

    assert driver.status() == "Failed"
    assert "exceeds target quota" in driver.user()["ErrorSummary"]


def test_an_address_that_nobody_has_fails() -> None:
    """It should fail a user without a recipient, and keep the others."""
    driver = Driver([None])
    driver.start_batch(CSVData=csv_of(["nobody@nhsmail.example", *driver.addresses]))
    driver.advance(hours=12)

    rows = {row["Identity"]: row for row in driver.rows("Get-MigrationUser")}
    assert "wasn't found" in rows["nobody@nhsmail.example"]["ErrorSummary"]
    assert rows["nobody@nhsmail.example"]["MailboxGuid"] == ZERO_GUID
    assert driver.status() == "Synced"


def test_a_target_without_the_routing_address_fails() -> None:
    """It should fail when no proxy address matches the delivery domain (error 3)."""
    driver = Driver([None])
    driver.start_batch(TargetDeliveryDomain="nhsmail.onmicrosoft.com")
    driver.advance(hours=1)

    assert "doesn't have an SMTP proxy matching 'nhsmail.onmicrosoft.com'" in driver.user()["ErrorSummary"]


def test_a_moved_mailbox_is_not_moved_again() -> None:
    """It should refuse a second move of a mailbox that is in the cloud (error 11)."""
    driver = synced(None)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(hours=3)
    driver.forget()

    driver.start_batch("again")
    driver.advance(hours=1)

    assert "already has a primary mailbox" in driver.user()["ErrorSummary"]
    assert len(driver.source.remote) == 1


def test_the_service_may_leave_two_mailboxes() -> None:
    """It should complete with a warning and leave the source a mailbox (error 27)."""
    driver = synced("two_mailboxes")
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(hours=3)

    assert ("CompletedWithWarnings", 1) == (driver.status(), len(driver.rows("Get-Mailbox")))
    assert len(driver.source.mailboxes()) == 1
    assert "couldn't be converted" in driver.user()["ErrorSummary"]


def test_an_increment_that_failed_is_tried_again() -> None:
    """It should be IncrementalFailed once, keep what was synced, and be Synced after a start (facts B27, B34c)."""
    driver = synced("increment_failed")
    driver.advance(days=1)
    failed = (driver.status(), driver.batch_status(), driver.rows("Get-MigrationBatch")[0])
    driver.rows("Start-MigrationBatch", Identity="wave-1")
    driver.advance(minutes=5)

    assert ("IncrementalFailed", "Failed") == failed[:2]
    assert (1, 0) == (failed[2]["FailedIncrementalSyncCount"], failed[2]["FailedInitialSyncCount"])
    assert "Synced" == driver.status()
    assert driver.statistics()["PercentageComplete"] == 95


def test_a_completion_that_failed_leaves_the_source_as_it_was() -> None:
    """It should be CompletionFailed, convert nothing, and complete after a start (facts B19, B27)."""
    driver = synced("completion_failed")
    driver.complete()
    failed, untouched = driver.status(), driver.source.remote == []
    driver.rows("Start-MigrationUser", Identity=driver.addresses[0])
    driver.advance(hours=2)

    assert ("CompletionFailed", True) == (failed, untouched)
    assert ("Completed", 1) == (driver.status(), len(driver.source.remote))
    assert driver.faults.fired() == {"completion failed": 1}


def test_a_corrupted_record_can_only_be_removed() -> None:
    """It should refuse start and stop, and let another batch take the mailbox after its removal (fact B34b)."""
    driver = synced("corrupt", None)
    whole = driver.batch_status()
    refused = [
        driver.refusal(f"{verb}-MigrationUser", Identity=driver.addresses[0], Confirm=False)[2]
        for verb in ("Start", "Stop")
    ]
    driver.rows("Remove-MigrationUser", Identity=driver.addresses[0], Confirm=False)
    driver.advance(minutes=1)

    assert whole == "SyncedWithErrors"
    assert all("its status is Corrupted" in text for text in refused)
    assert [driver.addresses[1]] == [row["Identity"] for row in driver.rows("Get-MigrationUser")]


def test_a_batch_of_corrupted_records_is_corrupted() -> None:
    """It should say so of the batch when nothing in it can be tried again (fact B25)."""
    assert synced("corrupt").batch_status() == "Corrupted"


def test_moves_beyond_the_connections_of_a_server_wait_and_go_on() -> None:
    """It should hold the hundred-and-first move of a server back until another has finished (fact B44, error 17)."""
    driver = Driver([None] * 101, server="EX01", options=Options(other_tenants="none", moves_a_source=None))
    driver.rows("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentMigrations=150)
    driver.start_batch()
    driver.advance(minutes=30)
    details = [row["StatusDetail"] for row in driver.rows("Get-MoveRequestStatistics", Identity=None)]
    driver.advance(hours=12)

    assert (100, 1) == (details.count("CopyingMessages"), details.count("ProxyBackoff"))
    assert driver.batch_status() == "Synced"
