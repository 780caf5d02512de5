"""Tests of what a board is told: dangerous changes in the right class, and their harmless neighbours in none.

The changes are the engine's own events, written by `seeded_changes`, which knows nothing of what judges them.
"""

from __future__ import annotations

import pytest
from pulumi import automation as auto

from mailwave.adapters.engine_events import Watcher
from mailwave.core.change.dangers import DANGERS
from mailwave.core.change.risks import Judged, Risk, judge
from mailwave.core.stacks import StackChange
from tests.mailwave.adapters.seeded_changes import AZURE, SEEDS, Step, create, delete, update


def seen(**steps: Step) -> list[StackChange]:
    """What the adapter makes of a preview with these steps, by name."""
    watcher = Watcher("hybrid-pilot", planned=True)
    for name, step in steps.items():
        watcher(auto.EngineEvent.from_json(step.event(name)))
    return list(watcher.changes.values())


def judged(step: Step) -> Judged:
    """The one judgement of *step*."""
    (one,) = judge("hybrid-pilot", seen(it=step), DANGERS)
    return one


def test_there_are_enough() -> None:
    """It should have twenty kinds of danger and more, of every class but the cosmetic one."""
    assert len(SEEDS) >= 20
    assert {*Risk} - {Risk.COSMETIC} == {seed.risk for seed in SEEDS.values()}


@pytest.mark.parametrize("name", SEEDS)
def test_what_is_dangerous_is_said_in_its_class(name: str) -> None:
    """It should class the change rightly, and say in plain words what may happen; of its neighbour it says nothing."""
    seed = SEEDS[name]
    found, near = judged(seed.dangerous), judged(seed.near)
    assert (seed.risk, True) == (found.risk, seed.says in found.danger), found
    assert (seed.near_risk, "") == (near.risk, near.danger), near


def test_names_alone_are_enough() -> None:
    """It should tell the danger also where a provider names the property only, and not what lies inside it."""
    event = SEEDS["concurrency raised"].dangerous.event()
    metadata = event["resourcePreEvent"]["metadata"]
    metadata |= {"detailedDiff": None, "diffs": ["migrations"]}
    watcher = Watcher("hybrid-pilot", planned=True)
    watcher(auto.EngineEvent.from_json(event))
    (one,) = judge("hybrid-pilot", watcher.changes.values(), DANGERS)
    assert "more moves at once" in one.danger


def test_the_worst_comes_first() -> None:
    """It should order changes by risk, the dangerous before the others of one risk."""
    found = judge(
        "foundation-pilot",
        seen(
            tags=SEEDS["ledger's server replaced"].near,
            endpoint=SEEDS["endpoint deleted"].dangerous,
            record=create(f"{AZURE}dns:RecordSet"),
            exchanger=SEEDS["MX changed"].dangerous,
        ),
        DANGERS,
    )
    assert [Risk.MAIL_ROUTING, Risk.MAIL_ROUTING, Risk.CAPACITY, Risk.COSMETIC] == [
        each.risk for each in found
    ]
    assert [True, False] == [bool(each.danger) for each in found[:2]]


def test_a_number_not_known_yet_is_no_smaller_one() -> None:
    """It should say nothing of a value that is known only when the change is made."""
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    kind = "exchange:index:MigrationEndpoint"
    found = judged(update(kind, {"migrations": {"maximum": 9.0}}, {"migrations": {"maximum": unknown}}))
    assert (Risk.CAPACITY, "") == (found.risk, found.danger)


def test_what_nobody_has_classed_is_the_worst() -> None:
    """It should not take a new type of resource for a harmless one."""
    assert Risk.MAIL_ROUTING is judged(create("somebody:index:Thing")).risk


def test_a_component_is_none_of_what_it_stands_for() -> None:
    """It should leave the danger of a part's removal to the objects of that part, each in its own class."""
    found = judged(delete("mailwave:foundation:Budget"))
    assert (Risk.COSMETIC, "") == (found.risk, found.danger)
