"""What planned faults look like to a client."""

from __future__ import annotations

import json

import pytest

from rehearsal.faults import Fault, Kind
from tests.rehearsal.exchange_online.driver import Driver, batch, csv_of


def first(call: str, fault: Kind, **more: float) -> Fault:
    """Return a fault on the first *call*."""
    return Fault("exchange_online", call, 1, fault, **more)  # type: ignore[arg-type]


def test_a_throttled_call_tells_how_long_to_wait() -> None:
    """It should answer 429 once, with a decimal Retry-After (fact A26)."""
    driver = Driver(faults=[first("Get-MigrationUser", Kind.THROTTLE, retry_after=1.25)])

    throttled, after = driver.post("Get-MigrationUser", {}), driver.post("Get-MigrationUser", {})

    assert (429, "1.25", 200) == (throttled.status, throttled.headers["retry-after"], after.status)


def test_a_dropped_answer_has_taken_effect() -> None:
    """It should make the batch and lose the answer; the name is then taken."""
    driver = Driver(faults=[first("New-MigrationBatch", Kind.DROP)])
    given = batch("wave-1") | {"CSVData": csv_of(driver.addresses)}

    lost = driver.post("New-MigrationBatch", given)

    assert lost.drop
    assert ["wave-1"] == [row["Identity"] for row in driver.rows("Get-MigrationBatch")]
    assert "already exists" in driver.refusal("New-MigrationBatch", **given)[2]


def test_a_refused_call_does_not_use_the_drop_up() -> None:
    """It should count only calls that took effect."""
    driver = Driver(faults=[first("New-MigrationBatch", Kind.DROP)])
    driver.refusal("New-MigrationBatch", **batch("x" * 65), CSVData=csv_of(driver.addresses))

    reply = driver.post("New-MigrationBatch", batch("wave-1") | {"CSVData": csv_of(driver.addresses)})

    assert reply.drop


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.UNAVAILABLE, 503),
        (Kind.GATEWAY_TIMEOUT, 504),
        (Kind.TENANT_BUSY, 400),
        (Kind.TRANSIENT, 400),
        (Kind.UNAUTHORISED, 401),
        (Kind.REDIRECT, 302),
        (Kind.UNREADABLE, 200),
        (Kind.FORBIDDEN, 403),
    ],
)
def test_no_other_fault_takes_effect(kind: Kind, status: int) -> None:
    """It should answer with the fault's status and do nothing (facts A13, A23-A28)."""
    driver = Driver(faults=[first("New-MigrationBatch", kind)])

    reply = driver.post("New-MigrationBatch", batch("wave-1") | {"CSVData": csv_of(driver.addresses)})

    assert status == reply.status
    assert not reply.drop
    assert driver.rows("Get-MigrationBatch") == []


def test_faults_carry_the_marks_that_clients_look_for() -> None:
    """It should name port 446, the claims, the transient exception and the tenant's refusal (facts A13, A25-A28)."""
    kinds = (Kind.REDIRECT, Kind.UNAUTHORISED, Kind.TRANSIENT, Kind.TENANT_BUSY)
    driver = Driver(faults=[Fault("exchange_online", "*", n, kind) for n, kind in enumerate(kinds, start=1)])

    redirect, challenge, transient, busy = (driver.post("Get-Mailbox", {}) for _ in kinds)

    assert redirect.headers["location"].startswith(
        "https://eurprd05.outlook.office365.com:446/adminapi/beta/"
    )
    assert 'claims="' in challenge.headers["www-authenticate"]
    assert "ServerBusyException" in json.loads(transient.body)["error"]["details"][0]["message"]
    assert b"maximum number of concurrent requests per tenant" in busy.body
