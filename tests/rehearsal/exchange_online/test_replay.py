"""A killed rehearsal is rebuilt by replaying its log."""

from __future__ import annotations

import json
from pathlib import Path

from rehearsal.command_log import CommandLog
from rehearsal.faults import Fault, Kind
from rehearsal.wire import Reply, Request
from tests.rehearsal.exchange_online.driver import Driver, batch, csv_of


def opened(folder: Path) -> tuple[Driver, CommandLog]:
    """Open the log of *folder* over a fresh tenant."""
    faults = [Fault("exchange_online", "New-MigrationBatch", 1, Kind.DROP)]
    driver = Driver(["investigate", "transient", None], faults=faults)

    def clock(request: Request) -> Reply:
        driver.advance(hours=float(request.body))
        return Reply(200)

    return driver, CommandLog(folder / "log", {"exchange_online": driver.service.handle, "clock": clock}, {})


def ask(driver: Driver, log: CommandLog, cmdlet: str, **parameters: object) -> Reply:
    """Run a cmdlet through the log."""
    body = json.dumps({"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}).encode()
    path = f"/adminapi/beta/{driver.estate.tenant_id}/InvokeCommand"
    return log.perform("exchange_online", Request("POST", path, headers=driver.headers, body=body))


def test_a_replayed_tenant_is_the_same_tenant(tmp_path: Path) -> None:
    """It should give the same answers, bytes and identifiers, and count the same faults."""
    driver, log = opened(tmp_path)
    listed = csv_of(driver.addresses)
    lost = ask(driver, log, "New-MigrationBatch", **batch("wave-1"), CSVData=listed, AutoStart=True)
    log.perform("clock", Request("POST", "/clock", body=b"9.5"))
    before = [ask(driver, log, name).body for name in ("Get-MigrationUser", "Get-MoveRequestStatistics")]
    log.close()

    again, replayed = opened(tmp_path)
    after = [ask(again, replayed, name).body for name in ("Get-MigrationUser", "Get-MoveRequestStatistics")]
    replayed.close()

    assert lost.drop
    assert before == after
    assert driver.faults.fired() == again.faults.fired()
