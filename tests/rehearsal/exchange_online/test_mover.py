"""A move from validation to completion."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from rehearsal.exchange_online import Options
from tests.rehearsal.exchange_online.driver import Driver, move_of, synced

ALONE = Options(other_tenants="none", moves_a_source=None)
USER_FIELDS = """
    Identity Guid BatchId MailboxEmailAddress MailboxGuid MailboxLegacyDN RequestGuid RecipientType Status
    StatusSummary State WorkflowStage SkippedItemCount SyncedItemCount LastSuccessfulSyncTime
    LastSubscriptionCheckTime ErrorSummary DataConsistencyScore CompleteAfter CompleteAfterUTC
""".split()  # fact B29
STATISTICS_FIELDS = """
    Error MigrationType TotalQueuedDuration TotalInProgressDuration TotalSyncedDuration TotalStalledDuration
    EstimatedTotalTransferSize EstimatedTotalTransferCount BytesTransferred AverageBytesTransferredPerHour
    CurrentBytesTransferredPerMinute TotalItemsInSourceMailboxCount PercentageComplete SkippedItems Report
    DataConsistencyScoringFactors
""".split()  # fact B30
MOVE_FIELDS = """
    Status StatusDetail SyncStage PercentComplete PositionInQueue OverallDuration TotalInProgressDuration
    TotalQueuedDuration TotalStalledDuration TotalMailboxSize TotalMailboxItemCount BytesTransferred
    BadItemsEncountered LargeItemsEncountered MissingItemsEncountered FailureCode FailureType FailureSide
    FailureTimestamp Message DataConsistencyScore CompleteAfter ExchangeGuid RemoteHostName BatchName
""".split()  # fact B40


def test_a_user_takes_the_states_in_their_order() -> None:
    """It should go from Validating to Completed as fact B34c says."""
    driver = Driver([None])
    driver.start_batch(AutoComplete=True)
    seen: list[str] = []
    for _ in range(4 * 60 * 12):
        driver.advance(seconds=15)
        rows = driver.rows("Get-MigrationUser")
        seen += [row["Status"] for row in rows]

    order = [seen[0], *(after for before, after in pairwise(seen) if before != after)]
    assert ["Validating", "Syncing", "Synced", "Completing", "CompletionSynced", "Completed"] == order


def test_rows_have_the_fields_of_facts_b29_b30_and_b40() -> None:
    """It should show every named field, and not those that are absent on REST (fact B29)."""
    driver = synced(None)

    user = driver.user()

    assert set(USER_FIELDS) <= set(user)
    assert not {"EmailAddress", "ErrorMessage"} & set(user)
    assert set(STATISTICS_FIELDS) <= set(driver.statistics())
    assert set(MOVE_FIELDS) <= set(move_of(driver))


@pytest.mark.parametrize(
    "cmdlet", ["Get-MigrationUser", "Get-MigrationUserStatistics", "Get-MoveRequestStatistics"]
)
@pytest.mark.parametrize("identity", [None, "nobody@nhsmail.example"])
def test_an_unknown_identity_returns_everything(cmdlet: str, identity: str | None) -> None:
    """It should return all objects for null and unknown (fact B24)."""
    driver = synced(None, None)

    assert len(driver.rows(cmdlet, Identity=identity)) == 2


def test_an_unknown_move_request_is_not_found() -> None:
    """It should refuse Get-MoveRequest, which is not on the list of fact B24."""
    assert synced(None).refusal("Get-MoveRequest", Identity="nobody")[0] == 404


def test_users_are_chosen_by_batch_status_and_group() -> None:
    """It should filter by batch, address, GUID, status and group (fact B28)."""
    driver = synced(None, "multiple_entries")
    guid = driver.estate.mailboxes[1].exchange_guid

    found = [
        driver.rows("Get-MigrationUser", **given)
        for given in (
            {"BatchId": "wave-1", "StatusSummary": "Synced"},
            {"Status": "failed"},
            {"EmailAddress": driver.addresses[0]},
            {"MailboxGuid": guid},
            {"EmailAddress": "nobody@nhsmail.example"},
        )
    ]

    first, second = driver.addresses
    assert [[first], [second], [first], [second], []] == [[row["Identity"] for row in rows] for rows in found]
    assert driver.refusal("Get-MigrationUser", BatchId="wave-9")[0] == 400


def test_a_gigabyte_takes_hours_and_rests_at_95_percent() -> None:
    """It should move 0.3 to 1 GB an hour and wait at 95 % (fact B23)."""
    driver = Driver([None] * 20, options=ALONE)
    driver.start_batch()
    driver.advance(minutes=59)
    early = [driver.status(n) for n in range(20)]
    driver.advance(hours=3)

    assert set(early) == {"Syncing"}
    assert {"Synced"} == {driver.status(n) for n in range(20)}
    assert {95} == {driver.statistics(n)["PercentageComplete"] for n in range(20)}


def test_an_incremental_sync_follows_every_day() -> None:
    """It should go back to Synced after a daily increment (fact B23)."""
    driver = synced(None)
    first = driver.user()["LastSuccessfulSyncTime"]
    seen = set()
    for _ in range(60 * 24 // 2):
        driver.advance(minutes=2)
        seen.add(driver.status())

    later = datetime.fromisoformat(driver.user()["LastSuccessfulSyncTime"]) - datetime.fromisoformat(first)
    assert seen == {"Synced", "IncrementalSyncing"}
    assert 24 * 60 < later.total_seconds() / 60 < 24 * 60 + 15


def test_sync_now_begins_an_increment() -> None:
    """It should sync a user that is synced at once (fact B18)."""
    driver = synced(None)

    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], SyncNow=True)

    assert driver.status() == "IncrementalSyncing"


def test_initial_syncs_wait_for_slots() -> None:
    """It should sync no more users at once than the endpoint allows (fact B3)."""
    driver = Driver([None] * 4)
    limits = {"MaxConcurrentMigrations": 2, "MaxConcurrentIncrementalSyncs": 1}
    driver.rows("Set-MigrationEndpoint", Identity="leeds", **limits)
    driver.start_batch()
    driver.advance(minutes=30)

    statuses = sorted(driver.status(n) for n in range(4))
    assert ["Queued", "Queued", "Syncing", "Syncing"] == statuses
    assert driver.rows("Get-MigrationEndpoint")[0]["ActiveMigrationCount"] == 2


def test_a_larger_limit_reaches_waiting_users_with_the_next_pass() -> None:
    """It should give out the new slots after the next pass (fact B7)."""
    driver = Driver([None] * 3)
    limits = {"MaxConcurrentMigrations": 1, "MaxConcurrentIncrementalSyncs": 1}
    driver.rows("Set-MigrationEndpoint", Identity="leeds", **limits)
    driver.start_batch()
    driver.advance(minutes=30)

    driver.rows("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentMigrations=3)
    at_once = [driver.status(n) for n in range(3)]
    driver.advance(seconds=30)

    assert at_once.count("Queued") == 2
    assert {"Syncing"} == {driver.status(n) for n in range(3)}


def test_incremental_syncs_have_slots_of_their_own() -> None:
    """It should complete no more users at once than incremental slots allow (fact B3)."""
    driver = Driver([None] * 4)
    driver.rows("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentIncrementalSyncs=1)
    driver.start_batch()
    driver.advance(hours=12)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(minutes=16)

    statuses = [driver.status(n) for n in range(4)]
    assert statuses.count("Completing") + statuses.count("CompletionSynced") == 1
    assert driver.rows("Get-MigrationEndpoint")[0]["ActiveMigrationCount"] == 0


def test_complete_after_means_not_before() -> None:
    """It should begin a completion only after its time, within the poll of 15 minutes (facts B19, B41)."""
    driver = synced(None)
    driver.rows("Set-MigrationBatch", Identity="wave-1", CompleteAfter="2026-09-01T22:00:00")
    driver.advance(hours=2)
    before = driver.status()
    driver.advance(minutes=15)

    assert ("Synced", "Completing") == (before, driver.status())


def test_a_users_own_time_wins() -> None:
    """It should complete only the user whose time has come, and the batch's time moves no user that has its own."""
    driver = synced(None, None)
    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], CompleteAfter="2026-10-01T00:00:00Z")
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(hours=3)

    assert ("Synced", "Completed") == (driver.status(0), driver.status(1))
    assert driver.user()["CompleteAfterUTC"] == "2026-10-01T00:00:00.0000000Z"


def test_a_completion_not_begun_can_be_moved_out() -> None:
    """It should not begin once its time was moved out, and begin again once that was taken back."""
    driver = synced(None)
    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], CompleteAfter="2026-09-01T20:00:00Z")
    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], CompleteAfter="2026-09-08T20:00:00Z")
    driver.advance(hours=3)
    moved_out = driver.status()
    driver.rows("Set-MigrationBatch", Identity="wave-1", CompleteAfter="2026-09-01T20:00:00Z")
    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], CompleteAfter=None)
    driver.advance(hours=3)

    assert ("Synced", "Completed") == (moved_out, driver.status())


def test_a_completion_that_waits_for_a_slot_can_be_moved_out() -> None:
    """It should look at the time again when the slot is free: until then nothing has begun."""
    driver = Driver([None, None])
    driver.rows("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentIncrementalSyncs=1)
    driver.start_batch()
    driver.advance(hours=12)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(minutes=15)
    waiting = next(n for n in range(2) if driver.status(n) == "Synced")
    identity = driver.addresses[waiting]
    driver.rows("Set-MigrationUser", Identity=identity, CompleteAfter="2026-10-01T00:00:00Z")
    driver.advance(hours=4)

    assert ("Synced", "Completed") == (driver.status(waiting), driver.status(1 - waiting))


def test_a_completion_begun_cannot_be_moved_out() -> None:
    """It should finish what is Completing, and neither stop nor remove it."""
    driver = synced(None)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(minutes=15)
    driver.rows("Set-MigrationUser", Identity=driver.addresses[0], CompleteAfter="2026-10-01T00:00:00Z")

    stop = driver.refusal("Stop-MigrationUser", Identity=driver.addresses[0], Confirm=False)
    remove = driver.refusal("Remove-MigrationUser", Identity=driver.addresses[0], Confirm=False)
    driver.advance(hours=2)

    assert "Completing" in stop[2]
    assert "Completing" in remove[2]
    assert driver.status() == "Completed"


def test_source_and_target_change_roles_in_one_step() -> None:
    """It should convert the source when the target becomes the mailbox, never before (fact B20)."""
    driver = synced(None)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    counts = set()
    for _ in range(120):
        driver.advance(minutes=1)
        counts.add((len(driver.source.remote), len(driver.rows("Get-Mailbox"))))

    assert counts == {(0, 0), (1, 1)}
    assert driver.statistics()["PercentageComplete"] == 100


def test_a_removed_user_gives_its_slot_and_its_name_back() -> None:
    """It should drop the move of an active user, so that another batch can take the mailbox."""
    driver = Driver([None])
    driver.start_batch()
    driver.advance(minutes=30)
    driver.rows("Remove-MigrationUser", Identity=driver.addresses[0], Confirm=False)
    removing = driver.status()
    driver.advance(minutes=1)

    assert removing == "Removing"
    assert driver.rows("Get-MigrationUser") == driver.rows("Get-MoveRequest") == []
    assert driver.rows("Get-MigrationEndpoint")[0]["ActiveMigrationCount"] == 0
    driver.start_batch("wave-2")
    driver.advance(hours=12)
    assert driver.status() == "Synced"


def test_a_completed_move_request_stays_thirty_days() -> None:
    """It should outlive its user and go after 30 days (facts B22, B23)."""
    driver = synced(None)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(hours=3)
    driver.rows("Remove-MigrationUser", Identity=driver.addresses[0], Confirm=False)
    driver.advance(days=29)
    kept = driver.rows("Get-MoveRequest")
    driver.advance(days=2)

    assert ["Completed"] == [row["Status"] for row in kept]
    assert driver.rows("Get-MoveRequest") == []


def test_a_synced_user_stops_and_resumes_as_synced() -> None:
    """It should rest as IncrementalStopped and come back Synced (fact B34c)."""
    driver = synced(None)
    driver.rows("Stop-MigrationUser", Identity=driver.addresses[0], Confirm=False)
    driver.advance(hours=30)
    resting = driver.status()
    driver.rows("Start-MigrationUser", Identity=driver.addresses[0])
    driver.advance(minutes=1)

    assert ("IncrementalStopped", "Synced") == (resting, driver.status())


def test_the_same_requests_give_the_same_answers() -> None:
    """It should be a function of seed, estate and order of requests, so that a killed rehearsal can be replayed."""
    histories = []
    for _ in range(2):
        driver = Driver(["investigate", "stall", "transient", None, "poor", "multiple_entries"])
        driver.start_batch()
        history = []
        for _ in range(60):
            driver.advance(hours=1)
            history.append(
                (driver.rows("Get-MigrationUserStatistics", Identity=None), driver.rows("Get-MoveRequest"))
            )
        histories.append(history)

    assert histories[0] == histories[1]
