"""The admin channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailwave.core.governor.channel import UNASKED, Channel, Kind, Refusals, afforded, heard
from mailwave.core.governor.readings import Range

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
CALM, ALLOWED = Refusals(), Range(1, 10)


def test_a_refusal_halves_and_waits_as_it_asks() -> None:
    """It should keep to a Retry-After with its decimals (fact A26)."""
    after = heard(Channel(ALLOWED, 8), Refusals(2, timedelta(seconds=12.5)), NOW, busy=True)

    assert (4, NOW + timedelta(seconds=12.5)) == (after.at_once, after.not_before)


def test_a_refusal_that_asks_for_nothing_waits_too() -> None:
    """It should wait after the tenant's refusal that is not a 429 and names no time (fact A28)."""
    assert NOW + UNASKED == heard(Channel(ALLOWED, 8), Refusals(1), NOW, busy=True).not_before


def test_a_channel_is_never_shut() -> None:
    """It should leave one call at once, however often it is refused."""
    assert 1 == heard(Channel(ALLOWED, 1), Refusals(5), NOW, busy=True).at_once


def test_more_is_tried_only_where_more_was_wanted() -> None:
    """It should add one call at once when all were in use, up to what is allowed."""
    assert [5, 4, 10] == [
        heard(Channel(ALLOWED, 4), CALM, NOW, busy=True).at_once,
        heard(Channel(ALLOWED, 4), CALM, NOW, busy=False).at_once,
        heard(Channel(ALLOWED, 10), CALM, NOW, busy=True).at_once,
    ]


def test_where_it_was_refused_it_is_slow_to_try_again() -> None:
    """It should come back to the last place but one at once, and to the place itself after three quiet readings."""
    channel, found = heard(Channel(ALLOWED, 4), Refusals(1), NOW, busy=True), []
    for _ in range(4):
        channel = heard(channel, CALM, NOW, busy=True)
        found.append(channel.at_once)

    assert [3, 3, 4, 5] == found


def test_the_urgent_is_afforded_first() -> None:
    """It should leave out the samples of stalls before polls, and polls before what people were promised."""
    wanted = {Kind.SAMPLE: 50, Kind.POLL: 30, Kind.COMPLETE: 60}

    assert {Kind.COMPLETE: 60, Kind.POLL: 30, Kind.SAMPLE: 10} == afforded(100, wanted)
    assert {Kind.COMPLETE: 50, Kind.POLL: 0, Kind.SAMPLE: 0} == afforded(50, wanted)
