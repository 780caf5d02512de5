"""The roll-out in virtual time, in small."""

from __future__ import annotations

import pytest

from bench.areas.roll_out import DAYS, everybody, lived


def test_the_limit_that_binds_decides_how_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should take as long as the plan says under the strict reading, and stay under the limit on writes."""
    monkeypatch.setattr("bench.areas.roll_out.MOST", 60)
    people = everybody(1_200, 60)

    strict = lived(people, rate=3)
    loose = lived(people, rate=3 * strict.plan.groups)

    assert (20, "group_licences_an_hour") == (strict.plan.groups, strict.plan.limiting.name)
    assert pytest.approx(strict.plan.takes.days, abs=1) == strict.days
    assert abs(strict.in_time - strict.plan.within) <= 60
    assert not strict.plan.is_kept
    assert loose.days < DAYS
    assert 1_200 == loose.in_time
    assert max(strict.national.most_writes, loose.national.most_writes) <= 3_000
    assert 0 == strict.national.refusals


def test_everybody_is_somebody() -> None:
    """It should make each person once, of every organisation."""
    people = everybody(300, 100)

    assert 300 == len({each.guid for each in people})
    assert 100 > len({each.organisation for each in people}) >= 50
