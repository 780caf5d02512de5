"""Waiting behind the moves of other tenants (fact C6)."""

from __future__ import annotations

from datetime import timedelta
from statistics import median, quantiles

import pytest

from rehearsal import draws
from rehearsal.exchange_online import Options
from rehearsal.exchange_online.load import LOADS, RESOURCES
from tests.rehearsal.exchange_online.driver import Driver, move_of

SEED = 7
MANY = [draws.guid(SEED, str(n), "mailbox") for n in range(4000)]
NOBODY = timedelta()


def test_nobody_waits_where_there_is_no_other_tenant() -> None:
    """It should pick every move up at once and hold none up."""
    load = LOADS["none"]

    assert {NOBODY} == {load.pickup(SEED, guid, 0) for guid in MANY}
    assert {None} == {load.contention(SEED, guid) for guid in MANY}


def test_the_published_load_has_the_published_percentiles() -> None:
    """It should let half of the moves wait a day or more, and a tenth seven days or more (fact C2)."""
    days = [LOADS["published"].pickup(SEED, guid, 0) / timedelta(days=1) for guid in MANY]

    assert pytest.approx(1, rel=0.05) == median(days)
    assert pytest.approx(7, rel=0.1) == quantiles(days, n=10)[-1]


def test_the_usual_load_takes_more_than_the_example_of_stalls() -> None:
    """It should hold moves up for more than 4.6 % of the two hours that one takes (peers 3), and let a quarter wait."""
    load = LOADS["usual"]
    waiting = [load.pickup(SEED, guid, 0) for guid in MANY]
    stalls = [load.stall(SEED, guid) for guid in MANY if load.contention(SEED, guid) is not None]

    assert pytest.approx(0.25, abs=0.02) == sum(wait > NOBODY for wait in waiting) / len(MANY)
    assert sum(stalls, NOBODY) / len(MANY) > 0.046 * timedelta(hours=2)


def test_chance_is_keyed_by_mailbox_and_attempt() -> None:
    """It should not depend on who else moves, and be drawn anew for another attempt (fact C6)."""
    load = LOADS["published"]

    assert load.pickup(SEED, MANY[0], 0) == load.pickup(SEED, MANY[0], 0)
    assert load.pickup(SEED, MANY[0], 0) != load.pickup(SEED, MANY[0], 1)
    assert load.pickup(SEED, MANY[0], 0) != load.pickup(SEED + 1, MANY[0], 0)


def test_a_move_waits_to_be_picked_up_in_its_slot() -> None:
    """It should be WaitingForJobPickup at a place that only falls, with its slot taken, and then go on (fact B38)."""
    driver = Driver([None], options=Options(other_tenants="published"))
    driver.start_batch()
    seen: list[tuple[object, ...]] = []
    while driver.status() in ("Validating", "Syncing"):
        driver.advance(minutes=20)
        if driver.status() == "Syncing":
            move = move_of(driver)
            slots = driver.rows("Get-MigrationEndpoint")[0]["ActiveMigrationCount"]
            seen.append((move["StatusDetail"], move["Status"], move["PositionInQueue"], slots))

    waiting = [each for each in seen if each[0] == "WaitingForJobPickup"]
    assert waiting == seen[: len(waiting)]
    assert {("Queued", 1)} == {(status, slots) for _, status, _, slots in waiting}
    places = [int(str(place)) for *_, place, _ in waiting]
    assert places == sorted(places, reverse=True)
    assert ("CopyingMessages", "InProgress", 0, 1) in seen
    assert "Synced" == driver.status()


def test_a_move_is_held_up_by_contention_and_goes_on() -> None:
    """It should stall on the service's side by the name of what it lacks, and end as the others do (facts B38, B39)."""
    load = LOADS["usual"]
    driver = Driver([None] * 60)
    guids = [each.exchange_guid for each in driver.estate.mailboxes]
    held = [n for n, guid in enumerate(guids) if load.contention(SEED, guid) is not None]
    driver.rows("Set-MigrationEndpoint", Identity="leeds", MaxConcurrentMigrations=100)
    driver.start_batch()
    seen: dict[int, set[str]] = {n: set() for n in held}
    for _ in range(12 * 30):
        driver.advance(minutes=5)
        rows = {
            row["ExchangeGuid"]: row["StatusDetail"]
            for row in driver.rows("Get-MoveRequestStatistics", Identity=None)
        }
        for n in held:
            seen[n].add(str(rows.get(guids[n])))

    names = {f"StalledDueToTarget_{resource}" for resource in RESOURCES}
    assert held
    assert all(seen[n] & names for n in held)
    assert {"Synced"} == {driver.status(n) for n in range(60)}
