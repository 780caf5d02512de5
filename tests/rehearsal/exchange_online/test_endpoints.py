"""The migration endpoint that the Hybrid Configuration Wizard left."""

from __future__ import annotations

import pytest

from tests.rehearsal.exchange_online.driver import Driver


@pytest.mark.parametrize("identity", [{}, {"Identity": None}, {"Identity": "nobody"}, {"Identity": "leeds"}])
def test_an_unknown_identity_returns_every_endpoint(identity: dict[str, object]) -> None:
    """It should return all endpoints for null and unknown (fact B24), with the fields of fact B6."""
    row = Driver().rows("Get-MigrationEndpoint", **identity)[0]

    assert ("leeds", "ExchangeRemoteMove", "mail.leeds.nhsmail.example", 100, 20) == (
        row["Identity"],
        row["EndpointType"],
        row["RemoteServer"],
        row["MaxConcurrentMigrations"],
        row["MaxConcurrentIncrementalSyncs"],
    )


def test_concurrency_is_set_within_its_bounds() -> None:
    """It should keep incremental syncs at or below migrations (fact B2) and the tenant's 300 (fact B4)."""
    driver = Driver()
    driver.rows("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentMigrations="300")

    above = driver.refusal("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentMigrations=301)
    crossed = driver.refusal("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentIncrementalSyncs=301)

    assert "The maximum is 300" in above[2]
    assert "can't be greater" in crossed[2]
    assert driver.rows("Get-MigrationEndpoint")[0]["MaxConcurrentMigrations"] == 300


def test_a_write_needs_an_endpoint_that_exists() -> None:
    """It should refuse a write to an unknown endpoint: only reads return all (fact B24)."""
    status, exception, _ = Driver().refusal(
        "Set-MigrationEndpoint", Identity="york", MaxConcurrentMigrations=5
    )

    assert (400, "ManagementObjectNotFoundException") == (status, exception)


def test_an_endpoint_is_tested_without_a_credential() -> None:
    """It should report success, and failure once the server is another (facts A19, B8)."""
    driver = Driver()
    good = driver.rows("Test-MigrationServerAvailability", Endpoint="leeds")[0]
    driver.rows("Set-MigrationEndpoint", Identity="leeds", RemoteServer="gone.example", SkipVerification=True)

    bad = driver.rows("Test-MigrationServerAvailability", Endpoint="leeds")[0]

    assert ("Success", "Failed") == (good["Result"], bad["Result"])
    assert "gone.example" in bad["ErrorDetail"]


def test_a_new_endpoint_cannot_be_made_through_this_channel() -> None:
    """It should refuse an endpoint that has no credential to log on with (fact A19)."""
    _, exception, _ = Driver().refusal(
        "New-MigrationEndpoint", Name="york", ExchangeRemoteMove=True, RemoteServer="mail.york.example"
    )

    assert exception == "MigrationServerConnectionFailedException"


def test_the_service_tells_its_limits() -> None:
    """It should show the tenant's limits (facts B4, B5)."""
    row = Driver().rows("Get-MigrationConfig")[0]

    assert (100, 300) == (row["MaxNumberOfBatches"], row["MaxConcurrentMigrations"])
