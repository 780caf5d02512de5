"""Which reading comes next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from mailwave.core.discovery.readings import FRESH, LONGEST, OVERLAP, Reading, counted, following

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
SITES = ("leeds", "bristol")
WHOLE = Reading(1, NOW, SITES)
ENDED = replace(WHOLE, ended=NOW + timedelta(hours=1))
HOUR = timedelta(hours=1)


def test_the_first_asks_for_everything() -> None:
    """It should begin with everything."""
    assert WHOLE == following((), NOW, SITES, ())


def test_one_that_was_cut_off_goes_on() -> None:
    """It should go on with the same reading for half a day, and where nothing else was asked for."""
    assert WHOLE == following((WHOLE,), NOW + LONGEST, SITES, ())
    later = NOW + LONGEST + timedelta(seconds=1)
    assert Reading(2, later, SITES) == following((WHOLE,), later, SITES, ())
    assert Reading(2, NOW, ("leeds",)) == following((WHOLE,), NOW, ("leeds",), ())
    assert Reading(2, NOW - HOUR, SITES) == following((WHOLE,), NOW - HOUR, SITES, ())


def test_the_next_asks_for_changes_since_before_the_last_began() -> None:
    """It should overlap by an hour, for what had not replicated, and count from the beginning of the last reading."""
    later = NOW + 30 * HOUR
    second = following((ENDED,), later, SITES, ())
    assert Reading(2, later, SITES, since=NOW - OVERLAP) == second
    third = following((ENDED, replace(second, ended=later + HOUR)), later + 3 * HOUR, SITES, ())
    assert Reading(3, later + 3 * HOUR, SITES, since=later - OVERLAP) == third


def test_everything_is_asked_for_again_where_changes_would_not_do() -> None:
    """It should read everything on demand, after a month, for other sites, for more, and where a clock went back."""
    for now, sites, extras, anew in (
        (NOW + HOUR, SITES, (), True),
        (NOW + FRESH + HOUR, SITES, (), False),
        (NOW + HOUR, ("leeds",), (), False),
        (NOW + HOUR, SITES, ("tenant",), False),
        (NOW - HOUR, SITES, (), False),
    ):
        assert following((ENDED,), now, sites, extras, anew=anew).is_whole


def test_what_is_known_rests_on_the_last_whole_reading_and_what_ended_since() -> None:
    """It should leave out what was before it, and what has not ended."""
    changes = replace(ENDED, number=2, since=NOW)
    again = replace(ENDED, number=3)
    assert (ENDED, changes) == counted((ENDED, changes, replace(WHOLE, number=3)))
    assert (again,) == counted((ENDED, changes, again))
    assert () == counted((WHOLE,))
