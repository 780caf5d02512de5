"""What the operators' dashboard counts: how far everybody has come, and the burn-up beside its forecast."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.overview import Burn, Step, funnels, with_forecast
from mailwave.core.progress import Tally
from mailwave.core.states import MailboxState
from tests.mailwave.builders import an_organisation

FIRST, DAY = date(2026, 9, 15), timedelta(days=1)


def tally(mailboxes: int) -> Tally:
    """So many mailboxes, of which nothing else is known."""
    return Tally(mailboxes, 0)


@given(numbers=st.lists(st.integers(0, 50), min_size=9, max_size=9), share=st.floats(0, 1))
def test_each_stage_is_a_part_of_the_one_before(numbers: list[int], share: float) -> None:
    """It should never count more mailboxes in a later stage, wherever they stand."""
    held = {state: tally(number) for state, number in zip(MailboxState, numbers, strict=True)}
    deferred = held[MailboxState.DEFERRED].mailboxes
    (found,) = funnels({"RR8": held}, {"RR8": int(deferred * share)}, [an_organisation()], lambda _: "Y60")

    stages = [number for _, number in found.stages]
    assert sorted(stages, reverse=True) == stages
    assert sum(numbers) == found.found


def test_a_funnel_counts_where_mailboxes_stand() -> None:
    """It should take out in turn who lacks evidence, is not ready, was not told, and has not moved."""
    s = MailboxState
    held = {
        state: tally(number)
        for state, number in {s.WAITING: 5, s.DEFERRED: 4, s.EXCLUDED: 1, s.SYNCED: 3, s.MOVED: 2}.items()
    }
    (found,) = funnels({"RR8": held}, {"RR8": 3, "ZZZ": 9}, [an_organisation()], lambda _: "Y60")

    assert ("Y60", 15, 12, 10, 5, 2) == (
        found.name,
        found.found,
        found.shown,
        found.ready,
        found.told,
        found.moved,
    )


def test_a_forecast_stands_beside_its_nights() -> None:
    """It should give each planned night its P50 and P90, and keep of later nights those by which more moved."""
    steps = [Step(FIRST, 10, 4), Step(FIRST + 2 * DAY, 20, None)]
    foreseen = [(FIRST + n * DAY, *figures) for n, figures in enumerate([(8, 6), (8, 6), (17, 12), (20, 20)])]

    assert (
        Burn(FIRST, 10, 4, 8, 6),
        Burn(FIRST + 2 * DAY, 20, None, 17, 12),
        Burn(FIRST + 3 * DAY, None, None, 20, 20),
    ) == with_forecast(steps, foreseen)
