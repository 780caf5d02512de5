"""Small seasons, estates and grants, for tests of limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from mailwave.core.calendar import Calendar, LocalWindow, windows
from mailwave.core.estate import Organisation
from mailwave.core.placement.ceilings import Bucket, buckets_of
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.season import Season
from mailwave.core.population import Population

GB = 10**9
MONDAY = date(2026, 9, 14)
EVENINGS = Calendar("Europe/London", LocalWindow(time(20), time(6)), LocalWindow(time(8), time(22)))


def a_season(nights: int = 7, ramp: tuple[float, ...] = (), first: date = MONDAY) -> Season:
    start = datetime.combine(first, time(0), tzinfo=UTC)
    found = tuple(windows(EVENINGS, not_before=start, days=nights - 1))
    return Season("Europe/London", found, first - timedelta(days=14), first, (), ramp)


def a_population(sizes: list[int], site: list[int], database: list[int]) -> Population:
    count = len(sizes)
    guid = np.stack([np.zeros(count), np.arange(count)], axis=1).astype(np.uint64)
    columns = [np.array(column, dtype=np.int64) for column in ([0] * count, site, database, sizes)]
    names = tuple(f"DB{n}" for n in range(3))
    bodies = (Organisation("RAA", "", "trust"),)
    return Population(guid, *columns, np.zeros(count, dtype=np.int8), bodies, ("bristol", "leeds"), names)


MANY = a_population([GB] * 4000, [0] * 1000 + [1] * 3000, [0] * 1000 + [1] * 1000 + [2] * 2000)
PLACES = {"bristol": Place("south", 2), "leeds": Place("north", 3)}


def grants(limits: Mapping[str, Grant | int], places: Mapping[str, Place] = PLACES) -> Granted:
    held = {name: limit if isinstance(limit, Grant) else Grant(limit) for name, limit in limits.items()}
    return Granted("test", held, places, 100, 14)


def bucket(
    granted: Granted, name: str, season: Season | None = None, population: Population = MANY
) -> Bucket:
    found = [each for each in buckets_of(granted, season or a_season(), population) if each.name == name]
    assert found, [each.name for each in buckets_of(granted, season or a_season(), population)]
    return found[0]
