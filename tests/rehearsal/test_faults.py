"""The plan of faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.estate import generate
from rehearsal.faults import Fault, FaultFileBroken, FaultPlan, Kind


def test_the_default_plan_throttles_a_poll_and_loses_a_batch() -> None:
    """It should throttle one early poll and lose the answer to the first new batch, and count both."""
    plan = FaultPlan.default(1, generate(1))

    polls = [plan.before("exchange_online", "Get-MigrationUser") for _ in range(5)]
    lost = [plan.after("exchange_online", "New-MigrationBatch") for _ in range(2)]

    assert [Kind.THROTTLE] == [fault.fault for fault in polls if fault]
    assert [True, False] == [fault is not None for fault in lost]
    assert plan.fired() == {
        "throttle exchange_online Get-MigrationUser": 1,
        "drop exchange_online New-MigrationBatch": 1,
    }


def test_the_default_plan_is_the_same_every_time() -> None:
    """It should depend on nothing but seed and estate."""
    estate = generate(3)
    fired = []
    for _ in range(2):
        plan = FaultPlan.default(3, estate)
        fired.append([plan.before("exchange_online", "Get-MigrationUser") is None for _ in range(6)])

    assert fired[0] == fired[1]


def test_a_fault_lasts_for_as_many_calls_as_it_says() -> None:
    """It should meet calls nth to nth + times - 1, of its service and name only, in any case."""
    plan = FaultPlan([Fault("exchange_online", "Get-Mailbox", 2, Kind.UNAVAILABLE, times=2)])

    plan.before("cloud", "Get-Mailbox")
    met = [plan.before("exchange_online", name) is not None for name in ("get-mailbox",) * 4]

    assert [False, True, True, False] == met


def test_a_plan_is_read_from_a_file(tmp_path: Path) -> None:
    """It should read a JSON list of faults."""
    file = tmp_path / "faults.json"
    file.write_text('[{"service": "cloud", "call": "*", "nth": 1, "fault": "throttle", "retry_after": 0.5}]')

    fault = FaultPlan.from_file(file).before("cloud", "read x")

    assert Fault("cloud", "*", 1, Kind.THROTTLE, retry_after=0.5) == fault


def test_a_plan_can_be_written_down_in_one_line(tmp_path: Path) -> None:
    """It should read its own line back as the same plan, and leave out what is usual."""
    plan = FaultPlan.default(7, generate(7))
    file = tmp_path / "faults.json"
    file.write_text(plan.json)

    assert plan.json == FaultPlan.from_file(file).json
    assert "\n" not in plan.json
    assert "retry_after" not in plan.json


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Input data was truncated"),
        ("{}", "Expected `array`, got `object`"),
        ('[{"service": "x"}]', "missing required field `call`"),
        ('[{"service":"cloud","call":"b","nth":1,"fault":"fire"}]', "Invalid enum value 'fire'"),
        ('[{"service":"cloud","call":"b","nth":0,"fault":"late"}]', "Expected `int` >= 1"),
        ('[{"service":"cloud","call":"b","nth":1,"fault":"late","seconds":-1}]', "Expected `float` >= 0"),
        ('[{"service":"cloud","call":"b","nth":1,"fault":"late","second":1}]', "unknown field `second`"),
        (
            '[{"service":"exchange","call":"*","nth":1,"fault":"drop"}]',
            "fault 1: there is no service 'exchange'; there are: exchange_online, cloud, site-*",
        ),
        (
            '[{"service":"site-leeds","call":"*","nth":1,"fault":"drop"}]',
            "fault 1: site-leeds has no fault 'drop'; it has: throttle, gateway_timeout, lost_shells, load_quota",
        ),
        (
            '[{"service":"exchange_online","call":"Get-MigrationUsr","nth":1,"fault":"drop"}]',
            "fault 1: Exchange Online has no cmdlet 'Get-MigrationUsr'",
        ),
    ],
)
def test_a_broken_plan_is_named(tmp_path: Path, text: str, problem: str) -> None:
    """It should name the file and what is wrong with it, and refuse a fault that nothing can meet."""
    file = tmp_path / "faults.json"
    file.write_text(text)

    with pytest.raises(FaultFileBroken, match=r"faults\.json is no plan of faults: ") as caught:
        FaultPlan.from_file(file)

    assert problem in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """It should say so when there is no such file."""
    with pytest.raises(FaultFileBroken, match="No such file"):
        FaultPlan.from_file(tmp_path / "none.json")
