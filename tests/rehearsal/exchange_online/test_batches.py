"""Batches: making, driving, removing."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.exchange_online import Options
from rehearsal.exchange_online.values import ZERO_GUID
from tests.rehearsal.exchange_online.driver import Driver, batch, csv_of

FIELDS = """
    Identity BatchGuid Status State DataConsistencyScore Flags WorkflowStage TriggeredAction TotalCount ActiveCount
    PendingCount ProvisionedCount StoppedCount SyncedCount FinalizedCount FailedCount FailedInitialSyncCount
    FailedIncrementalSyncCount CompletedWithWarningCount PostMigrationSyncCount ValidationWarningCount
    ValidationWarnings Message CreationDateTime CreationDateTimeUTC StartDateTime StartDateTimeUTC
    InitialSyncDateTime LastSyncedDateTime LastSyncedDateTimeUTC StartAfter StartAfterUTC CompleteAfter
    CompleteAfterUTC SubmittedByUser OwnerId NotificationEmails MigrationType BatchDirection Locale Reports
    IsProvisioning IsLargeArchiveOnboarding
""".split()  # fact B26


def test_a_batch_has_the_fields_of_fact_b26() -> None:
    """It should return the new batch with every field, and rest as Created without AutoStart (fact B14)."""
    driver = Driver()

    row = driver.rows("New-MigrationBatch", **batch("wave-1"), CSVData=csv_of(driver.addresses))[0]
    driver.advance(days=1)

    assert set(FIELDS) <= set(row)
    assert ("wave-1", 2, "Onboarding") == (row["Identity"], row["TotalCount"], row["BatchDirection"])
    assert driver.batch_status() == "Created"
    assert {(ZERO_GUID, "Validating")} == {
        (user["RequestGuid"], user["Status"]) for user in driver.rows("Get-MigrationUser", BatchId="wave-1")
    }


def test_a_tenant_may_show_users_only_after_the_start() -> None:
    """It should be able to hide the users until their rows are taken up, which no source excludes."""
    driver = Driver(options=Options(users_at_once=False))
    driver.rows("New-MigrationBatch", **batch("wave-1"), CSVData=csv_of(driver.addresses))
    made = driver.rows("Get-MigrationUser")
    driver.rows("Start-MigrationBatch", Identity="wave-1")
    driver.advance(minutes=1)

    assert ([], 2) == (made, len(driver.rows("Get-MigrationUser")))


def test_a_batch_runs_from_created_to_completed() -> None:
    """It should take the states of fact B34b in their order."""
    driver = Driver()
    driver.rows("New-MigrationBatch", **batch("wave-1"), CSVData=csv_of(driver.addresses))
    driver.rows("Start-MigrationBatch", Identity="wave-1")
    seen = [driver.batch_status()]
    driver.advance(minutes=2)
    seen.append(driver.batch_status())
    driver.advance(hours=12)
    seen.append(driver.batch_status())
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(minutes=16)
    seen.append(driver.batch_status())
    driver.advance(hours=3)
    seen.append(driver.batch_status())

    assert ["Starting", "Syncing", "Synced", "Completing", "Completed"] == seen


@pytest.mark.parametrize("identity", [{}, {"Identity": None}, {"Identity": "nobody"}])
def test_an_unknown_identity_returns_every_batch(identity: dict[str, Any]) -> None:
    """It should return all batches for null and unknown (fact B24)."""
    driver = Driver()
    for n in range(2):
        driver.rows("New-MigrationBatch", **batch(f"wave-{n}"), CSVData=csv_of([driver.addresses[n]]))

    assert ["wave-0", "wave-1"] == [row["Identity"] for row in driver.rows("Get-MigrationBatch", **identity)]


def test_the_hundred_and_first_batch_is_refused() -> None:
    """It should refuse another batch beyond 100, in the published words (fact B5)."""
    driver = Driver()
    for n in range(100):
        driver.rows("New-MigrationBatch", **batch(f"wave-{n}"), CSVData=csv_of(["x@nhsmail.example"]))

    _, _, text = driver.refusal("New-MigrationBatch", **batch("one more"), CSVData=csv_of(driver.addresses))

    assert text == (
        "The maximum number of migration batches is already running. "
        "Please remove a batch before you add another one."
    )


def test_a_removed_name_is_free_after_eight_seconds() -> None:
    """It should keep the name for some seconds after the removal (fact A30)."""
    driver = Driver()
    driver.start_batch()
    driver.rows("Remove-MigrationBatch", Identity="wave-1", Confirm=False)
    removing = driver.batch_status()
    driver.advance(seconds=7)

    _, _, text = driver.refusal("New-MigrationBatch", **batch("Wave-1"), CSVData=csv_of(driver.addresses))
    gone = driver.rows("Get-MigrationBatch")
    driver.advance(seconds=1)
    driver.start_batch()

    assert removing == "Removing"
    assert "already exists" in text
    assert gone == []
    assert driver.batch_status() == "Starting"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"Name": "x" * 65}, "64 characters"),
        ({"TargetDeliveryDomain": None}, "TargetDeliveryDomain"),
        ({"TargetDeliveryDomain": "contoso.example"}, "not an accepted domain"),
        ({"SourceEndpoint": "york"}, "'york' couldn't be found"),
        ({"SourceEndpoint": None}, "SourceEndpoint"),
        ({"CSVData": csv_of([])}, "empty"),
    ],
)
def test_a_batch_is_refused_as_a_whole(change: dict[str, Any], problem: str) -> None:
    """It should make nothing when a parameter is wrong (facts B9-B11)."""
    driver = Driver()
    given = batch("wave-1") | {"CSVData": csv_of(driver.addresses)}

    _, _, text = driver.refusal("New-MigrationBatch", **given | change)

    assert problem in text
    assert driver.rows("Get-MigrationBatch") == []


def test_a_mailbox_is_in_one_batch_only() -> None:
    """It should warn, and start no second move, for a user of another batch under any address (error 2)."""
    driver = Driver()
    driver.start_batch("wave-1")
    routing = f"{driver.estate.mailboxes[0].alias}@nhsmail.mail.onmicrosoft.com"

    row = driver.rows(
        "New-MigrationBatch", **batch("wave-2"), CSVData=csv_of([driver.addresses[1].upper(), routing])
    )[0]

    assert (0, 2) == (row["TotalCount"], row["ValidationWarningCount"])
    assert all("is already being moved" in each["Message"] for each in row["ValidationWarnings"])
    assert [1, 2] == [each["RowIndex"] for each in row["ValidationWarnings"]]


def test_users_are_added_once() -> None:
    """It should take only new rows into a batch at work (fact B15)."""
    driver = Driver()
    driver.start_batch(CSVData=csv_of(driver.addresses[:1]))
    driver.advance(hours=12)

    driver.rows("Set-MigrationBatch", Identity="wave-1", AddUsers=True, CSVData=csv_of(driver.addresses))
    driver.advance(hours=12)

    row = driver.rows("Get-MigrationBatch")[0]
    assert (2, 2, "Synced") == (row["TotalCount"], row["SyncedCount"], row["Status"])


def test_a_batch_waits_for_its_start() -> None:
    """It should wait until StartAfter, read as UTC without a zone (fact B9)."""
    driver = Driver()
    driver.start_batch(StartAfter="2026-09-02T08:00:00")
    driver.advance(hours=23)
    waiting = (driver.batch_status(), driver.status())
    driver.advance(hours=2)

    assert (("Waiting", "Queued"), "Syncing") == (waiting, driver.batch_status())


def test_a_stopped_batch_resumes_where_it_was() -> None:
    """It should stop, keep what was copied, and go on after a start (facts B16, B17)."""
    driver = Driver()
    driver.start_batch()
    driver.advance(minutes=40)
    driver.rows("Stop-MigrationBatch", Identity="wave-1", Confirm=False)
    stopping = driver.batch_status()
    driver.advance(hours=20)
    resting = (driver.batch_status(), driver.status(), driver.statistics()["PercentageComplete"])
    driver.rows("Start-MigrationBatch", Identity="wave-1")
    driver.advance(minutes=20)

    assert stopping == "Stopping"
    assert ("Stopped", "Stopped") == resting[:2]
    assert 0 < resting[2] < 95
    assert resting[2] <= driver.statistics()["PercentageComplete"] < 95


def test_a_finished_batch_cannot_be_stopped_or_started() -> None:
    """It should refuse what has nothing left to act on (facts B16, B17)."""
    driver = Driver()
    driver.start_batch(AutoComplete=True)
    driver.advance(days=2)

    stop = driver.refusal("Stop-MigrationBatch", Identity="wave-1", Confirm=False)
    start = driver.refusal("Start-MigrationBatch", Identity="wave-1")

    assert "can't be stopped because its status is Completed" in stop[2]
    assert "can't be started because its status is Completed" in start[2]


def test_a_batch_must_be_synced_to_be_completed() -> None:
    """It should refuse a completion while users are syncing (fact B19)."""
    driver = Driver()
    driver.start_batch()
    driver.advance(minutes=30)

    _, _, text = driver.refusal("Complete-MigrationBatch", Identity="wave-1", Confirm=False)

    assert "because its status is Syncing" in text


def test_completion_stamps_the_present_moment() -> None:
    """It should set CompleteAfter to now in UTC and nothing more at once (fact B19)."""
    driver = Driver()
    driver.start_batch()
    driver.advance(hours=12)

    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)

    row = driver.rows("Get-MigrationBatch")[0]
    assert ("2026-09-01T20:00:00.0000000Z", "Synced") == (row["CompleteAfterUTC"], row["Status"])


def test_a_repeat_within_eight_hours_is_not_acted_on() -> None:
    """It should change the stamp and complete only when eight hours have passed (fact B19)."""
    driver = Driver()
    driver.start_batch()
    driver.advance(hours=12)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.rows("Set-MigrationBatch", Identity="wave-1", CompleteAfter="2026-10-01T00:00:00Z")
    driver.advance(hours=1)
    driver.rows("Complete-MigrationBatch", Identity="wave-1", Confirm=False)

    driver.advance(hours=6, minutes=50)
    before = driver.batch_status()
    driver.advance(hours=2)

    assert ("Synced", "Completed") == (before, driver.batch_status())


def test_failures_show_in_the_batch() -> None:
    """It should say WithErrors when some users failed (fact B34b), and retry them on Start (fact B16)."""
    driver = Driver(["transient", None])
    driver.start_batch()
    driver.advance(hours=12)
    with_errors = driver.batch_status()
    driver.rows("Start-MigrationBatch", Identity="wave-1")
    driver.advance(hours=12)

    assert ("SyncedWithErrors", "Synced") == (with_errors, driver.batch_status())


def test_a_batch_of_failures_has_failed() -> None:
    """It should be Failed when every user has (fact B34b)."""
    driver = Driver(["multiple_entries"])
    driver.start_batch()
    driver.advance(hours=1)

    assert driver.batch_status() == "Failed"


def test_a_batch_may_stop_itself() -> None:
    """It should stop at a number of failures when the tenant is set so (fact B42)."""
    driver = Driver(["multiple_entries", "multiple_entries", None], options=Options(cancel_at_failures=2))
    driver.start_batch()
    driver.advance(hours=1)

    assert driver.batch_status() == "Stopped"


def test_the_worst_user_gives_the_batch_its_score() -> None:
    """It should take the worst score of its users (fact B31)."""
    driver = Driver([None, "investigate"])
    driver.start_batch()
    driver.advance(hours=12)

    assert driver.rows("Get-MigrationBatch")[0]["DataConsistencyScore"] == "Investigate"


def test_a_new_batch_takes_failed_users_of_another() -> None:
    """It should move the user with its state, and try it again when the new batch is started (fact B13)."""
    driver = Driver(["transient", None])
    driver.start_batch()
    driver.advance(hours=12)
    copied = {"UserIds": driver.addresses[:1], "DisableOnCopy": True, "AutoStart": True}
    driver.rows("New-MigrationBatch", Name="again", **copied)
    left = driver.rows("Get-MigrationBatch", Identity="wave-1")[0]
    driver.advance(hours=12)

    taken = driver.rows("Get-MigrationBatch", Identity="again")[0]
    assert (1, 0, "Synced") == (left["TotalCount"], left["FailedCount"], left["Status"])
    assert (1, 1, "Synced") == (taken["TotalCount"], taken["SyncedCount"], taken["Status"])
    assert "again" == driver.user()["BatchId"]


def test_an_archive_alone_is_not_moved_by_a_parameter() -> None:
    """It should refuse ArchiveOnly, which belongs to local moves (fact B9), while a cell may ask for it."""
    driver = Driver()
    given = batch("wave-1") | {"CSVData": csv_of(driver.addresses), "ArchiveOnly": True}

    assert driver.refusal("New-MigrationBatch", **given)[0] == 400


@pytest.mark.parametrize(
    ("cmdlet", "more"),
    [
        ("Start-MigrationUser", {}),
        ("Set-MigrationUser", {"SyncNow": True}),
        ("Set-MigrationBatch", {"AddUsers": True, "CSVData": csv_of(["x@nhsmail.example"])}),
        ("New-MigrationBatch", {"DisableOnCopy": True}),
    ],
)
def test_nothing_reaches_a_batch_that_is_being_removed(cmdlet: str, more: dict[str, Any]) -> None:
    """It should refuse every act on it and its users, so that no move outlives its batch."""
    driver = Driver(["transient"])
    driver.start_batch()
    driver.advance(hours=12)
    driver.rows("Remove-MigrationBatch", Identity="wave-1", Confirm=False)
    target = {"Name": "again", "UserIds": driver.addresses} if cmdlet.startswith("New") else {}
    target = target or {"Identity": "wave-1" if "Batch" in cmdlet else driver.addresses[0]}

    refused = driver.refusal(cmdlet, **target, **more)
    driver.advance(days=2)

    assert "because its status is Removing" in refused[2]
    assert driver.rows("Get-MigrationUser") == []
    assert driver.rows("Get-MigrationEndpoint")[0]["ActiveMigrationCount"] == 0
