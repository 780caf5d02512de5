"""How batches end: stopped, completed inside a window, rolled back; each only where that is right, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from exchange_admin import migration
from exchange_admin.errors import OutcomeUnknown
from exchange_admin.migration import Change
from exchange_admin.migration.errors import (
    BatchDiffers,
    BatchMissing,
    BatchNotTaken,
    HasCompleted,
    NotEnded,
    OutsideRelease,
    WrongState,
)
from tests.exchange_admin.migration.test_acts import NAME, USERS, a_manifest, cmdlets
from tests.plugins.directories import Tenant

NOW = datetime(2026, 9, 1, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
STARTED = {"StartDateTime": "2026-09-01T08:00:00Z"}


def at(status: str, **values: object) -> Tenant:
    """A tenant whose batch stands at *status*."""
    tenant = Tenant()
    tenant.add(NAME, *USERS, **{"Status": status, **STARTED, **values})
    return tenant


def complete(tenant: Tenant, *, now: datetime = NOW, check: bool = False) -> Change:
    return migration.complete(tenant, a_manifest(), now=now, opens=NOW - HOUR, closes=NOW + HOUR, check=check)


@pytest.mark.parametrize("status", ["Syncing", "Waiting", "Synced", "Completing", "Failed"])
def test_stops(status: str) -> None:
    """It should stop whatever may still run, without being asked whether it is sure (fact A16)."""
    tenant = at(status)

    assert migration.stop(tenant, a_manifest()).done == ("Stop-MigrationBatch",)
    assert tenant.writes == [("Stop-MigrationBatch", {"Identity": NAME, "Confirm": False})]


@pytest.mark.parametrize(
    ("status", "values"),
    [("Stopping", {}), ("Stopped", {}), ("Completed", {}), ("Created", {"StartDateTime": None})],
)
def test_nothing_to_stop(status: str, values: dict[str, object]) -> None:
    """It should leave alone what is stopped, has ended or was never started (fact B17)."""
    tenant = at(status, **values)

    assert not migration.stop(tenant, a_manifest()).changed
    assert tenant.writes == []


def test_no_batch_to_stop() -> None:
    """It should say that there is none, and not call that stopped."""
    with pytest.raises(BatchMissing):
        migration.stop(Tenant(), a_manifest())


@pytest.mark.parametrize(
    ("moment", "error"),
    [(NOW - HOUR - timedelta(seconds=1), OutsideRelease), (NOW + HOUR, OutsideRelease), (NOW - HOUR, None)],
)
def test_completes_between_the_moments(moment: datetime, error: type[Exception] | None) -> None:
    """It should complete from the first moment on, not from the last on, and read nothing outside them."""
    tenant = at("Synced")

    if error is None:
        assert complete(tenant, now=moment).done == ("Complete-MigrationBatch",)
    else:
        with pytest.raises(error):
            complete(tenant, now=moment)
        assert tenant.writes == []


def test_completes_once() -> None:
    """It should not send again what the service may not act on for eight hours (fact B19)."""
    tenant = at("Synced")

    complete(tenant)
    again = complete(tenant)

    assert not again.changed
    assert cmdlets(tenant) == ["Complete-MigrationBatch"]


def test_a_completion_that_somebody_else_planned() -> None:
    """It should refuse, by name, a batch that completes by itself at another time."""
    tenant = at("Synced", CompleteAfter="2026-09-02T20:00:00")

    with pytest.raises(BatchDiffers, match="2026-09-02 20:00"):
        complete(tenant)
    assert tenant.writes == []


@pytest.mark.parametrize("status", ["Syncing", "Stopped", "Failed", "Created"])
def test_not_complete_before_it_is_synced(status: str) -> None:
    """It should refuse a batch that is not synced, and say in which state it is."""
    with pytest.raises(WrongState, match=status):
        complete(at(status))


def test_check_sends_nothing() -> None:
    """It should predict each act, and send none."""
    tenant = at("Synced")

    changes = [
        complete(tenant, check=True),
        migration.stop(tenant, a_manifest(), check=True),
        migration.roll_back(tenant, a_manifest(), check=True),
    ]

    assert all(change.changed for change in changes)
    assert tenant.writes == []


@pytest.mark.parametrize("status", ["Completing", "CompletionSynced", "Completed", "CompletedWithWarnings"])
def test_no_roll_back_of_what_has_moved(status: str) -> None:
    """It should change nothing once one mailbox has moved, or is just moving."""
    tenant = at("Synced")
    tenant.statuses[USERS[1]] = status

    with pytest.raises(HasCompleted, match=USERS[1]):
        migration.roll_back(tenant, a_manifest())
    assert tenant.writes == []


def test_roll_back_looks_again_once_it_has_stopped() -> None:
    """It should not remove a batch of which one completed between the look and the stop."""

    class Racing(Tenant):
        def _stop_migrationbatch(self, parameters: dict[str, object]) -> None:
            self.statuses[USERS[0]] = "Completing"
            super()._stop_migrationbatch(parameters)

    tenant = Racing()
    tenant.add(NAME, *USERS, Status="Synced", **STARTED)

    with pytest.raises(HasCompleted):
        migration.roll_back(tenant, a_manifest())
    assert cmdlets(tenant) == ["Stop-MigrationBatch"]


@pytest.mark.parametrize(
    "cmdlet", ["Stop-MigrationBatch", "Complete-MigrationBatch", "Remove-MigrationBatch"]
)
@pytest.mark.parametrize(("lost", "error"), [(True, OutcomeUnknown), (False, BatchNotTaken)])
def test_without_effect(cmdlet: str, lost: bool, error: type[Exception]) -> None:  # noqa: FBT001
    """It should stay unknown where the answer was lost, and fail where it was accepted, and never send again."""
    tenant = at("Synced")
    tenant.deaf = frozenset({cmdlet})
    tenant.lose = frozenset({cmdlet}) if lost else frozenset()
    acts = {
        "Stop-MigrationBatch": lambda: migration.stop(tenant, a_manifest()),
        "Complete-MigrationBatch": lambda: complete(tenant),
        "Remove-MigrationBatch": lambda: migration.roll_back(tenant, a_manifest()),
    }

    with pytest.raises(error):
        acts[cmdlet]()
    assert cmdlets(tenant).count(cmdlet) == 1


def test_the_way_back() -> None:
    """It should make a batch of the other direction towards the endpoint and its databases (fact B48)."""
    tenant = Tenant()
    tenant.requests = {USERS[0].lower()}
    back = msgspec.structs.replace(
        a_manifest(), direction="offboarding", databases=("DB01", "DB02"), routing_domain="nhsmail.example"
    )

    migration.start(tenant, back)

    creation = next(sent for cmdlet, sent in tenant.writes if cmdlet == "New-MigrationBatch")
    assert (creation["TargetEndpoint"], creation["TargetDatabases"]) == ("leeds", ["DB01", "DB02"])
    assert creation["TargetDeliveryDomain"] == "nhsmail.example"
    assert "SourceEndpoint" not in creation
    assert tenant.requests == set()  # what is kept of the way there would be in the way (fact B23)


def ended(status: str, *users: str) -> Tenant:
    """A tenant whose batch stands at *status*, its users at each of *users*."""
    tenant = at(status)
    tenant.statuses = dict(zip(USERS, users, strict=True))
    return tenant


@pytest.mark.parametrize(
    ("status", "users"),
    [
        ("Completed", ("Completed", "CompletedWithWarnings")),
        ("CompletedWithErrors", ("Completed", "Failed")),
        ("Stopped", ("Stopped", "IncrementalStopped")),
    ],
)
def test_removes_what_has_ended(status: str, users: tuple[str, str]) -> None:
    """It should remove a batch of which every user has ended, once, and leave one that is gone alone."""
    tenant = ended(status, *users)

    assert migration.remove_ended(tenant, a_manifest(), check=True).changed
    assert tenant.writes == []
    assert migration.remove_ended(tenant, a_manifest()).done == ("Remove-MigrationBatch",)
    assert not migration.remove_ended(tenant, a_manifest()).changed
    assert cmdlets(tenant) == ["Remove-MigrationBatch"]


@pytest.mark.parametrize("under_way", ["Syncing", "Synced", "Completing", "CompletionSynced", "Queued"])
def test_removes_nothing_that_is_under_way(under_way: str) -> None:
    """It should name who is still on the way, and change nothing."""
    tenant = ended("Completing", "Completed", under_way)

    with pytest.raises(NotEnded, match=USERS[1]):
        migration.remove_ended(tenant, a_manifest())
    assert tenant.writes == []


def test_a_batch_that_shows_nobody_has_not_ended() -> None:
    """It should not take a batch whose users cannot be read for one that has ended."""
    tenant = at("Syncing")
    tenant.slow = True

    with pytest.raises(NotEnded, match="no users"):
        migration.remove_ended(tenant, a_manifest())
