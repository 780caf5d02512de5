"""One batch from one manifest: made once, adopted only when it is ours, started once."""

from __future__ import annotations

import pytest

from exchange_admin import migration
from exchange_admin.errors import OutcomeUnknown
from exchange_admin.migration import Change, Manifest
from exchange_admin.migration.errors import BatchDiffers, BatchNotTaken, BatchUnreadable, WrongState
from exchange_admin.migration.manifest import User
from tests.plugins.directories import Tenant

NAME = "w001-leeds-01"
USERS = ("a@nhsmail.example", "zoe@nhsmail.example")


def a_manifest(*addresses: str) -> Manifest:
    return Manifest(
        environment="rehearsal",
        tenant="9b424469-06f1-47ec-8522-46de505d3489",
        batch=NAME,
        endpoint="leeds",
        routing_domain="nhsmail.mail.onmicrosoft.com",
        users=tuple(User(address) for address in addresses or USERS),
    )


def start(tenant: Tenant, *, check: bool = False) -> Change:
    return migration.start(tenant, a_manifest(), check=check)


def cmdlets(tenant: Tenant) -> list[str]:
    return [cmdlet for cmdlet, _ in tenant.writes]


def test_makes_and_starts() -> None:
    """It should make the batch without AutoStart or AutoComplete, and start it as a second act."""
    tenant = Tenant()

    change = start(tenant)

    creation = {
        "Name": NAME,
        "SourceEndpoint": "leeds",
        "TargetDeliveryDomain": "nhsmail.mail.onmicrosoft.com",
        "CSVData": b"EmailAddress\r\na@nhsmail.example\r\nzoe@nhsmail.example\r\n",
    }
    assert [("New-MigrationBatch", creation), ("Start-MigrationBatch", {"Identity": NAME})] == tenant.writes
    assert (change.created, change.adopted, change.started) == (True, False, True)
    assert change.after is not None
    assert change.after.running


def test_makes_without_starting() -> None:
    """It should leave a batch that is only to be present at rest."""
    tenant = Tenant()

    change = migration.start(tenant, a_manifest(), run=False)

    assert cmdlets(tenant) == ["New-MigrationBatch"]
    assert not change.started


def test_second_run_changes_nothing() -> None:
    """It should adopt what it made before, and send nothing."""
    tenant = Tenant()
    start(tenant)
    tenant.writes.clear()

    change = start(tenant)

    assert tenant.writes == []
    assert (change.changed, change.adopted) == (False, True)


def test_starts_what_was_only_made() -> None:
    """It should go on where a run was cut off between making and starting."""
    tenant = Tenant()
    migration.start(tenant, a_manifest(), run=False)

    assert start(tenant).started


def test_absent_among_others() -> None:
    """It should see that its batch is not there although the tenant answers with every batch (fact B24)."""
    tenant = Tenant()
    tenant.add("another", "x@nhsmail.example")

    assert start(tenant).created


def test_users_of_others() -> None:
    """It should pass over the users of other batches that come back with its own (fact B24)."""
    tenant = Tenant()
    tenant.add("another", "x@nhsmail.example")
    tenant.chatty = True

    assert start(tenant).users_read == 2


def test_check_predicts() -> None:
    """It should say what it would do, and send nothing."""
    tenant = Tenant()

    change = start(tenant, check=True)

    assert tenant.writes == []
    assert (change.created, change.started, change.after) == (True, True, None)


def test_check_refuses_what_a_run_would() -> None:
    """It should refuse somebody else's batch in check mode too."""
    tenant = Tenant()
    tenant.add(NAME, "x@nhsmail.example", "y@nhsmail.example")

    with pytest.raises(BatchDiffers):
        start(tenant, check=True)


def test_lost_creation_is_adopted() -> None:
    """It should find its own users in the batch whose creation was never answered, and go on."""
    tenant = Tenant(lose=frozenset({"New-MigrationBatch"}))

    change = start(tenant)

    assert cmdlets(tenant) == ["New-MigrationBatch", "Start-MigrationBatch"]
    assert change.adopted


def test_lost_creation_that_never_happened() -> None:
    """It should stay unknown, and make nothing again, when the batch is not to be found."""
    tenant = Tenant(lose=frozenset({"New-MigrationBatch"}))
    tenant._new_migrationbatch = lambda parameters: None  # type: ignore[method-assign]

    with pytest.raises(OutcomeUnknown):
        start(tenant)
    assert cmdlets(tenant) == ["New-MigrationBatch"]


def test_lost_creation_whose_users_show_later() -> None:
    """It should adopt its batch by number, endpoint and domain while the service has not made its users yet."""
    tenant = Tenant(lose=frozenset({"New-MigrationBatch"}), slow=True)

    change = start(tenant)

    assert (change.adopted, change.started, change.users_read) == (True, True, 0)


def test_batch_that_shows_nothing() -> None:
    """It should stay unknown, and start nothing, while a batch shows neither its users nor how many it has."""
    tenant = Tenant(slow=True)
    tenant.add(NAME, *USERS, TotalCount=None)

    with pytest.raises(BatchUnreadable) as caught:
        start(tenant)
    assert caught.value.outcome == "unknown"
    assert tenant.writes == []


def test_lost_start_that_took_effect() -> None:
    """It should find by reading back that the batch runs."""
    tenant = Tenant(lose=frozenset({"Start-MigrationBatch"}))

    assert start(tenant).started


def test_lost_start_without_effect() -> None:
    """It should stay unknown, and not start again, when the batch still rests."""
    tenant = Tenant(lose=frozenset({"Start-MigrationBatch"}), starts=False)

    with pytest.raises(OutcomeUnknown):
        start(tenant)
    assert cmdlets(tenant) == ["New-MigrationBatch", "Start-MigrationBatch"]


def test_start_not_taken() -> None:
    """It should fail where starting is accepted and the batch still rests."""
    with pytest.raises(BatchNotTaken):
        start(Tenant(starts=False))


@pytest.mark.parametrize(
    ("users", "values", "difference"),
    [
        (("a@nhsmail.example", "x@nhsmail.example"), {}, "x@nhsmail.example"),
        ((*USERS, "x@nhsmail.example"), {"TotalCount": None}, "x@nhsmail.example"),
        (("a@nhsmail.example",), {}, "1 users, not 2"),
        (("a@nhsmail.example", "x@nhsmail.example"), {"Status": "Syncing"}, "x@nhsmail.example"),
        (USERS, {"SourceEndpoint": "york"}, "york"),
        (USERS, {"TargetDeliveryDomain": "other.mail.onmicrosoft.com"}, "other.mail"),
        (USERS, {"CompleteAfter": "2026-09-01T08:00:00Z"}, "CompleteAfter"),
    ],
)
def test_foreign_batch(users: tuple[str, ...], values: dict[str, object], difference: str) -> None:
    """It should refuse, by name, a batch that is not the manifest's, and change nothing."""
    tenant = Tenant()
    tenant.add(NAME, *users, **values)

    with pytest.raises(BatchDiffers, match=difference) as caught:
        start(tenant)
    assert caught.value.batch == NAME
    assert tenant.writes == []


@pytest.mark.parametrize(
    "warning",
    [
        {"RowIndex": 2, "EmailAddress": USERS[1], "Message": "not an SMTP address"},
        f"Row 2, {USERS[1]}: not an SMTP address",
    ],
)
def test_refused_rows_are_still_ours(warning: object) -> None:
    """It should adopt a batch whose own validation refused a row of the manifest, and name that row."""
    tenant = Tenant()
    tenant.add(NAME, USERS[0], ValidationWarnings=[warning])

    change = start(tenant)

    assert change.after is not None
    assert change.after.refused == (USERS[1],)
    assert change.users_read == 2


@pytest.mark.parametrize(
    "values",
    [
        {"Status": "Stopped", "StartDateTime": "2026-09-01T08:00:00Z"},
        {"Status": "Failed"},
        {"Status": "Removing"},
        {"Status": "Corrupted"},
    ],
)
def test_not_started_again(values: dict[str, object]) -> None:
    """It should not start a batch that somebody stopped, that failed, or that is going."""
    tenant = Tenant()
    tenant.add(NAME, *USERS, **values)

    with pytest.raises(WrongState) as caught:
        start(tenant)
    assert caught.value.status == values["Status"]
    assert tenant.writes == []


def test_status_without_case() -> None:
    """It should read the one status that is spelt in two ways (fact B25)."""
    tenant = Tenant()
    tenant.add(NAME, *USERS, Status="SyncedwithErrors")

    assert not start(tenant).started
