"""The planner on columns: groups whole, notice kept, and what stood left where it can be."""

import numpy as np

from mailwave.core.placement.problem import NEW, Flags, Numbers
from mailwave.core.placement.reasons import KEPT, PLACED, TOLD, TOLD_GONE
from mailwave.core.plan_columns import Placement
from mailwave.core.planning import Earlier, planned
from tests.mailwave.builders import a_right
from tests.mailwave.core.estates import RIGHTS, a_case, a_season, boxes, postponed


def earlier(plan: Placement, told: Flags, *, label: Numbers | None = None) -> Earlier:
    """What stands of *plan*, whose *told* mailboxes know their night."""
    return Earlier(plan.night, told, np.zeros_like(told), label)


def nobody(count: int) -> Flags:
    return np.zeros(count, dtype=np.bool_)


def test_the_same_in_another_order_is_the_same_plan() -> None:
    """It should give a plan the same digest whatever order mailboxes and rights come in."""
    one = planned(a_case(boxes(), RIGHTS, a_season())).placement
    other = planned(a_case(boxes()[::-1], RIGHTS[::-1], a_season())).placement

    assert one.digest("test") == other.digest("test")
    assert one.digest("test") != one.digest("pilot")


def test_who_shares_moves_together() -> None:
    """It should give the members of a group one night, and list only rights between groups as severed."""
    plan = planned(a_case(boxes(), RIGHTS, a_season())).placement

    assert 1 == len(set(plan.night[[0, 3, 6]].tolist()))
    apart = plan.night[plan.severed.mailbox] != plan.night[plan.severed.trustee]
    assert apart.all()
    assert (
        plan.together == np.maximum(plan.night[plan.severed.mailbox], plan.night[plan.severed.trustee])
    ).all()


def test_closed_nights_are_for_those_who_were_told() -> None:
    """It should put nobody new into a night of which nobody can be told in time any more."""
    first = planned(a_case(boxes(), [], a_season()))
    told = first.placement.night < 2

    again = planned(a_case(boxes(), [], a_season(), closed=4), earlier(first.placement, told)).placement

    assert (again.night[told] == first.placement.night[told]).all()
    assert (again.night[~told] >= 4).all()
    assert {TOLD} == set(again.why[told].tolist())


def test_nothing_changed_changes_nothing() -> None:
    """It should keep the digest of a plan when it is planned again."""
    plan = planned(a_case(boxes(), RIGHTS, a_season())).placement
    again = planned(a_case(boxes(), RIGHTS, a_season()), earlier(plan, nobody(24))).placement

    assert plan.digest("test") == again.digest("test")
    assert {PLACED} == set(plan.why.tolist())
    assert {KEPT} == set(again.why.tolist())


def test_one_organisation_that_postpones_moves_nobody_else() -> None:
    """It should move those alone who had a night that is barred now, and name those of them who were told."""
    first = planned(a_case(boxes(), [], a_season())).placement
    barred = (first.population.organisation == 1) & (first.night < 3)
    told = first.night == 0
    season = a_season(8, postponed("RX1", 0, 2))

    again = planned(a_case(boxes(), [], season), earlier(first, told, label=first.label)).placement

    assert (barred == (again.night != first.night)).all()
    assert {TOLD_GONE} == set(again.why[barred & told].tolist())


def test_people_who_were_told_different_nights_are_no_group() -> None:
    """It should leave two people on the nights they know when a right comes up between them."""
    first = planned(a_case(boxes(), [], a_season())).placement
    one, other = int(np.flatnonzero(first.night == 0)[0]), int(np.flatnonzero(first.night == 1)[0])
    told = first.night < 2
    again = planned(a_case(boxes(), [a_right(one, other)], a_season()), earlier(first, told)).placement

    assert (again.night[told] == first.night[told]).all()
    assert [(one, other)] == list(
        zip(again.severed.mailbox.tolist(), again.severed.trustee.tolist(), strict=True)
    )


def test_who_is_new_finds_a_night() -> None:
    """It should place mailboxes that were in no plan, and leave all others."""
    old = planned(a_case(boxes(20), [], a_season())).placement
    case = a_case(boxes(24), [], a_season())
    row = old.population.places(case.population.guid)
    night = np.where(row >= 0, old.night[row], NEW)

    again = planned(case, Earlier(night, nobody(24), nobody(24), None)).placement

    assert (again.night[row >= 0] == night[row >= 0]).all()
    assert (again.night >= 0).all()
    assert {PLACED} == set(again.why[row < 0].tolist())


def test_a_promise_goes_before_a_right() -> None:
    """It should part one who was told nothing from one who was, when another who was told had no room beside both."""
    first = planned(a_case(boxes(5), [a_right(0, 1)], a_season())).placement
    told = np.arange(5) % 2 == 0
    assert {0} == set(first.night.tolist())

    case = a_case(boxes(5), [a_right(0, 1)], a_season(), most=3)
    again = planned(case, earlier(first, told, label=first.label)).placement

    assert [0, 0, 0] == again.night[told].tolist()
    assert [(0, 1)] == list(zip(again.severed.mailbox.tolist(), again.severed.trustee.tolist(), strict=True))
