"""Ways of planning are costed by what they part and for how long, and by how much of an organisation moves at once."""

from __future__ import annotations

import pytest

from mailwave.core.planning import planned
from mailwave.core.strategies import LARGE, STRATEGIES, Cost, cost
from tests.mailwave.builders import a_right
from tests.mailwave.core.estates import a_case, a_season, boxes

HARD = [a_right(n, n + 6, "SendAs") for n in range(0, 60, 12)]
SOFT = [a_right(n + 1, n + 7, "FullAccess") for n in range(0, 60, 12)]


@pytest.fixture
def costs() -> dict[str, Cost]:
    """What each strategy costs for 72 mailboxes, of which ten pairs share."""
    case = a_case(boxes(72), [*HARD, *SOFT], a_season(40))
    return {way.name: cost(way, planned(case, groups=way.groups)) for way in STRATEGIES}


def test_keeping_people_together_severs_less(costs: dict[str, Cost]) -> None:
    """It should sever pairs where nobody is kept together, soft ones where hard rights are, and none with groups."""
    alone, hard, *groups = costs.values()

    assert (True, True) == (alone.hard > 0, alone.hard_days > 0)
    assert (0, 0, True) == (hard.hard, hard.hard_days, hard.severed > 0)
    assert [(0, 0), (0, 0)] == [(found.severed, found.hard_days) for found in groups]
    assert {0} == {found.unplaced for found in costs.values()}


def test_the_share_of_an_organisation_in_its_fullest_night() -> None:
    """It should take the median of organisations that are large, and say nothing of small ones."""
    way = STRATEGIES[0]
    large = a_case(boxes(3 * LARGE), [], a_season(10), most=60)
    small = a_case(boxes(3 * LARGE - 3), [], a_season(10), most=60)

    share = cost(way, planned(large, groups=way.groups)).largest_share
    assert 20 / LARGE <= share < 0.4
    assert 0 == cost(way, planned(small, groups=way.groups)).largest_share


def test_days_are_counted_from_the_first_night() -> None:
    """It should give the last and the mean day in days from the first night on."""
    way = STRATEGIES[0]
    found = cost(way, planned(a_case(boxes(24), [], a_season(10), most=6), groups=way.groups))

    assert (3, 1.5) == (found.last_day, found.mean_day)
