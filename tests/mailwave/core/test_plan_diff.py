"""The difference of two plans: who moves on another night, and why."""

import numpy as np

from mailwave.core.placement.reasons import KEPT, NIGHT_GONE, WHYS
from mailwave.core.plan_columns import Placement
from mailwave.core.plan_diff import CAME, LEFT, difference
from mailwave.core.planning import planned
from mailwave.core.population import guid_texts
from tests.mailwave.builders import guid
from tests.mailwave.core.estates import a_case, a_season, boxes, night


def a_plan(nights: list[int], whys: list[int], *, first: int = 0) -> Placement:
    """A plan of mailboxes from number *first* on."""
    case = a_case(boxes(first + len(nights))[first:], [], a_season())
    plan = planned(case).placement
    return plan._replace(night=np.array(nights), why=np.array(whys, dtype=np.int8))


def test_equal_plans_do_not_differ() -> None:
    """It should find nothing between a plan and itself."""
    plan = a_plan([0, 1, 1], [KEPT] * 3)
    found = difference(plan, plan)

    assert ([], 3) == (found.rows(), found.stayed)


def test_each_change_is_a_row() -> None:
    """It should list who moved, came and left, in order of guid, with both days and the reason of the new plan."""
    old = a_plan([0, 1, 2], [KEPT] * 3)
    new = a_plan([1, 5, -1], [KEPT, NIGHT_GONE, NIGHT_GONE], first=1)
    found = difference(old, new)

    assert [
        (guid(0), night(0), None, LEFT),
        (guid(2), night(2), night(5), WHYS[NIGHT_GONE]),
        (guid(3), None, None, CAME),
    ] == found.rows()
    assert {LEFT: 1, CAME: 1, WHYS[NIGHT_GONE]: 1} == found.counts()
    assert 1 == found.stayed
    assert guid_texts(found.guid) == sorted(guid_texts(found.guid))


def test_nights_are_compared_as_days() -> None:
    """It should not call anybody moved whose night has another number in a season that begins earlier."""
    old = a_plan([0, 1], [KEPT] * 2)
    new = old._replace(windows=(old.windows[0], *old.windows), night=old.night + 1)

    assert [] == difference(old, new).rows()
    assert old.digest("test") == new.digest("test")
