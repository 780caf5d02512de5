"""Virtual time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rehearsal.clock import ClockMovedBackwards, VirtualClock

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


class TestVirtualClock:
    """A clock with a queue of things to do later."""

    def test_runs_what_is_due_in_order(self) -> None:
        """It should run actions by their time, and those of one moment in the order they were asked for."""
        clock = VirtualClock(START)
        seen: list[str] = []
        clock.call_at(START + 2 * HOUR, lambda: seen.append("late"))
        clock.call_at(START + HOUR, lambda: seen.append("first"))
        clock.call_at(START + HOUR, lambda: seen.append("second"))

        clock.advance_to(START + 3 * HOUR)

        assert ["first", "second", "late"] == seen

    def test_an_action_sees_its_own_moment(self) -> None:
        """It should stand at the moment of each action while that action runs, and at the end afterwards."""
        clock = VirtualClock(START)
        seen: list[datetime] = []
        clock.call_at(START + HOUR, lambda: seen.append(clock.now))

        clock.advance_to(START + 5 * HOUR)

        assert [START + HOUR] == seen
        assert START + 5 * HOUR == clock.now

    def test_actions_asked_for_on_the_way_run_too(self) -> None:
        """It should run an action that another action asked for, when it falls due before the end."""
        clock = VirtualClock(START)
        seen: list[datetime] = []
        clock.call_at(START + HOUR, lambda: clock.call_at(clock.now + HOUR, lambda: seen.append(clock.now)))

        clock.advance_to(START + 3 * HOUR)

        assert [START + 2 * HOUR] == seen

    def test_refuses_to_go_back(self) -> None:
        """It should name both times when asked to go back."""
        clock = VirtualClock(START)

        with pytest.raises(ClockMovedBackwards) as refusal:
            clock.advance_to(START - HOUR)

        assert (START, START - HOUR) == (refusal.value.now, refusal.value.asked)
