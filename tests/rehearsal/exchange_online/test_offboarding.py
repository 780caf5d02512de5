"""The way back: what it asks for, which states it takes, and who is primary after it (facts B48, B49)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rehearsal.estate import MAIL_DOMAIN, ROUTING_DOMAIN
from rehearsal.exchange_online import Options
from tests.rehearsal.exchange_online.driver import Driver, batch, batch_back, move_of, moved, synced


def refused(driver: Driver, **parameters: object) -> tuple[int, str]:
    given = batch_back("back") | {"CSVData": driver.listed(driver.addresses)} | parameters
    status, _, text = driver.refusal(
        "New-MigrationBatch", **{name: value for name, value in given.items() if value is not None}
    )
    return status, text


def kind(driver: Driver, n: int = 0) -> tuple[object, object]:
    """The recipient's type and where mail for it goes."""
    (row,) = driver.rows("Get-Recipient", Identity=driver.addresses[n])
    return row["RecipientTypeDetails"], row["ExternalEmailAddress"]


def test_a_mailbox_goes_back_by_the_same_states() -> None:
    """It should rest at 95 % until its completion and end Completed, as one that goes to the cloud does."""
    driver = moved(None)
    driver.start_offboarding()
    seen: list[str] = []
    for _ in range(4 * 60 * 8):
        driver.advance(seconds=15)
        seen.append(driver.status())
    percent = driver.statistics()["PercentageComplete"]
    driver.rows("Complete-MigrationBatch", Identity="back", Confirm=False)
    for _ in range(4 * 60 * 3):
        driver.advance(seconds=15)
        seen.append(driver.status())

    order = [seen[0], *(after for before, after in pairwise(seen) if before != after)]
    assert ["Validating", "Syncing", "Synced", "Completing", "CompletionSynced", "Completed"] == order
    assert 95 == percent
    assert "Completed" == driver.batch_status("back")


def test_the_source_is_primary_again() -> None:
    """It should be a mailbox at the source and a mail user in the cloud, and each only from the completion on."""
    driver = moved(None)
    guid = driver.estate.mailboxes[0].exchange_guid
    driver.start_offboarding(TargetDatabases=["DB02"])
    driver.advance(hours=12)
    before = kind(driver), driver.source.holds_mailbox(guid)

    driver.complete("back")

    assert (("UserMailbox", None), False) == before
    assert ("MailUser", f"SMTP:{driver.addresses[0]}") == kind(driver)
    assert [(guid, "DB02")] == [(each.exchange_guid, each.database) for each in driver.source.mailboxes()]
    assert [] == driver.rows("Get-Mailbox")


def test_it_shows_its_direction() -> None:
    """It should be an offboarding batch to an endpoint, whose moves are pushed to a remote database (fact B48)."""
    driver = moved(None)
    driver.start_offboarding()
    driver.advance(hours=1)

    (row,) = driver.rows("Get-MigrationBatch", Identity="back")
    move = move_of(driver)

    assert ("Offboarding", None, "leeds", ["DB01"], MAIL_DOMAIN) == tuple(
        row[name]
        for name in (
            "BatchDirection",
            "SourceEndpoint",
            "TargetEndpoint",
            "TargetDatabases",
            "TargetDeliveryDomain",
        )
    )
    assert ("CrossOrg, Push", "Push", "DB01") == (
        move["Flags"],
        move["Direction"],
        move["RemoteDatabaseName"],
    )


def test_it_can_move_to_the_cloud_again() -> None:
    """It should be movable once more after it went back, by a new batch and a new request."""
    driver = moved(None)
    driver.start_offboarding()
    driver.advance(hours=12)
    driver.complete("back")
    driver.forget("back")

    driver.start_batch("again")
    driver.advance(hours=12)
    driver.complete("again")

    assert "Completed" == driver.status()
    assert ("UserMailbox", None) == kind(driver)
    assert [] == driver.source.mailboxes()


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"TargetDeliveryDomain": None}, "missing mandatory parameters: TargetDeliveryDomain"),
        ({"TargetDeliveryDomain": "elsewhere.example"}, "it's not an accepted domain"),
        ({"TargetDeliveryDomain": ROUTING_DOMAIN}, "belongs to the service"),
        ({"TargetEndpoint": "nowhere"}, "object 'nowhere' couldn't be found"),
        ({"TargetDatabases": None}, "missing the required column TargetDatabase"),
        ({"SourceEndpoint": "leeds"}, "Parameter set cannot be resolved"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(changed: dict[str, object], text: str) -> None:
    """It should want an endpoint, a domain of the source and a database, and refuse both endpoints (facts B10, B48)."""
    status, said = refused(moved(None), **changed)

    assert 400 == status
    assert text in said


def test_a_row_without_a_database_is_a_warning() -> None:
    """It should leave out a row whose cell is empty when the batch names no database (facts B10, B11)."""
    driver = moved(None, None)
    rows = [f"{driver.addresses[0]},DB01", f"{driver.addresses[1]},"]
    given = batch_back("back") | {"CSVData": driver.listed(rows, "EmailAddress,TargetDatabase")}
    del given["TargetDatabases"]

    (row,) = driver.rows("New-MigrationBatch", **given)

    assert 1 == row["TotalCount"]
    assert [(2, driver.addresses[1])] == [
        (each["RowIndex"], each["EmailAddress"]) for each in row["ValidationWarnings"]
    ]


def test_a_database_column_is_unknown_on_the_way_there() -> None:
    """It should refuse TargetDatabase in the list of a batch to the cloud (facts B10, B11)."""
    driver = Driver([None])
    listed = driver.listed([f"{driver.addresses[0]},DB01"], "EmailAddress,TargetDatabase")

    _, _, text = driver.refusal("New-MigrationBatch", **batch("wave-1"), CSVData=listed)

    assert "unknown columns: targetdatabase" in text


def failure(driver: Driver) -> str:
    driver.start_offboarding()
    driver.advance(minutes=10)
    assert "Failed" == driver.status()
    assert "00000000-0000-0000-0000-000000000000" == driver.user()["RequestGuid"]
    return str(driver.user()["ErrorSummary"])


def test_a_remote_mailbox_without_the_guid_fails() -> None:
    """It should fail in validation with error 1 where the source never had the ExchangeGuid (fact B49)."""
    driver = moved(None)
    guid = driver.estate.mailboxes[0].exchange_guid
    driver.source.unstamped.add(guid)

    said = failure(driver)

    assert said == f"MigrationPermanentException: Cannot find a recipient that has mailbox GUID '{guid}'."
    driver.source.unstamped.clear()
    driver.rows("Start-MigrationUser", Identity=driver.addresses[0])
    driver.advance(hours=12)
    assert "Synced" == driver.status()


def test_a_source_that_was_never_converted_is_in_the_way() -> None:
    """It should fail with error 11 where the move there had left two mailboxes (fact B49, error 27)."""
    driver = moved("two_mailboxes")

    assert "already has a primary mailbox" in failure(driver)


def test_a_mailbox_that_never_moved_does_not_go_back() -> None:
    """It should fail where there is no mailbox in the cloud."""
    assert "isn't a mailbox in Exchange Online" in failure(Driver([None]))


def test_an_unknown_database_fails_the_user() -> None:
    """It should name the database that the site does not have."""
    driver = moved(None)
    driver.start_offboarding(TargetDatabases=["DB99"])
    driver.advance(minutes=10)

    assert 'Couldn\'t find database "DB99"' in str(driver.user()["ErrorSummary"])


def test_a_user_of_another_batch_does_not_go_back() -> None:
    """It should not take a mailbox whose user is still in the batch that moved it (error 2)."""
    driver = synced(None)
    driver.complete()

    (row,) = driver.rows("New-MigrationBatch", **batch_back("back"), CSVData=driver.listed(driver.addresses))

    assert 0 == row["TotalCount"]
    assert "is already being moved" in row["ValidationWarnings"][0]["Message"]


def test_a_request_left_over_is_in_the_way_until_it_is_removed() -> None:
    """It should fail with error 2 until the completed move request is removed, or is 30 days old (fact B23)."""
    driver = synced(None)
    driver.complete()
    driver.rows("Remove-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(minutes=1)

    assert failure(driver).startswith("UserAlreadyBeingMigratedException")
    asked = driver.answer("Remove-MoveRequest", Identity=driver.addresses[0])
    assert "@adminapi.confirmationmessage" in asked
    driver.rows("Remove-MoveRequest", Identity=driver.addresses[0], Confirm=False)
    driver.rows("Start-MigrationUser", Identity=driver.addresses[0])
    driver.advance(hours=12)
    assert "Synced" == driver.status()


def test_a_request_is_in_the_way_for_thirty_days() -> None:
    """It should let a mailbox go back once its completed move request is no longer kept (fact B23)."""
    driver = synced(None)
    driver.complete()
    driver.rows("Remove-MigrationBatch", Identity="wave-1", Confirm=False)
    driver.advance(days=30)

    driver.start_offboarding()
    driver.advance(hours=12)

    assert "Synced" == driver.status()


def test_the_request_of_a_live_user_is_not_modelled() -> None:
    """It should say that it does not know what the service does, and not invent a refusal."""
    driver = synced(None)

    assert (
        501 == driver.post("Remove-MoveRequest", {"Identity": driver.addresses[0], "Confirm": False}).status
    )


def test_a_batch_copies_users_of_one_direction() -> None:
    """It should not mix both directions in one batch, and keep the direction of what it copies (fact B13)."""
    driver = moved(None, None)
    driver.start_offboarding(CSVData=driver.listed(driver.addresses[:1]))
    driver.advance(hours=12)
    driver.rows("New-MigrationBatch", Name="copy", UserIds=driver.addresses[:1], DisableOnCopy=True)

    (row,) = driver.rows("Get-MigrationBatch", Identity="copy")

    assert ("Offboarding", "leeds") == (row["BatchDirection"], row["TargetEndpoint"])
    driver.start_batch("there", CSVData=driver.listed(driver.addresses[1:]))
    driver.advance(minutes=2)
    given = {"Name": "both", "UserIds": driver.addresses, "DisableOnCopy": True}
    assert 501 == driver.post("New-MigrationBatch", given).status


def test_the_target_servers_limits_hold() -> None:
    """It should let ten moves at once to one server, and hold the others up by a target stall (fact C5)."""
    driver = moved(*[None] * 12, options=Options(other_tenants="none"), server="EX01")
    driver.start_offboarding()
    driver.advance(minutes=30)

    details = [row["StatusDetail"] for row in driver.rows("Get-MoveRequestStatistics", Identity=None)]

    assert 2 == details.count("StalledDueToTarget_MdbReplication")


def test_both_directions_have_limits_of_their_own() -> None:
    """It should let ten moves from a server and two to it run at once (fact C5)."""
    driver = Driver([None] * 12, options=Options(other_tenants="none"), server="EX01")
    there, back = driver.addresses[:10], driver.addresses[10:]
    driver.start_batch(CSVData=driver.listed(back))
    driver.advance(hours=12)
    driver.complete()
    driver.forget()

    driver.start_batch("there", CSVData=driver.listed(there))
    driver.start_offboarding(CSVData=driver.listed(back))
    driver.advance(minutes=30)

    details = [row["StatusDetail"] for row in driver.rows("Get-MoveRequestStatistics", Identity=None)]
    assert 12 == details.count("CopyingMessages")
