"""The checker of plans notices each seed of a fault, and takes no near miss for one."""

from __future__ import annotations

import polars as pl
import pytest

from bench.planners.checker import Faults, Promise, Tables, faults
from tests.bench.planners import plan_faults as seeds


def found(planned: seeds.Planned) -> Faults:
    rights = pl.DataFrame(seeds.RIGHTS, schema=["mailbox", "trustee", "kind"], orient="row")
    severed = pl.DataFrame(planned.severed, schema={"mailbox": pl.String, "trustee": pl.String}, orient="row")
    before = pl.DataFrame({"guid": list(seeds.BEFORE), "night": list(seeds.BEFORE.values())})
    tables = Tables(
        pl.DataFrame(planned.boxes, orient="row"), rights, pl.DataFrame(planned.plan, orient="row"), severed
    )
    return faults(seeds.TERMS, tables, Promise(before, seeds.FIRST, pl.Series(seeds.TOLD)))


def test_a_sound_plan_has_no_fault() -> None:
    """It should count nothing in a plan that keeps all its terms."""
    assert (0, 0) == (found(seeds.SOUND).total, found(seeds.SOUND).unplaced)


@pytest.mark.parametrize("what", seeds.SEEDS)
def test_each_fault_is_counted_and_no_near_miss(what: str) -> None:
    """It should count the fault under its name, and not the change that comes as near to it as can be."""
    seed = seeds.SEEDS[what]

    assert getattr(found(seed.fault()), seed.name) > 0
    assert getattr(found(seed.near()), seed.name) == 0


def test_each_rule_has_a_seed() -> None:
    """It should have a seeded fault for each rule that the checker counts."""
    assert set(Faults.__struct_fields__) - {"unplaced"} == {seed.name for seed in seeds.SEEDS.values()}


def test_no_night_is_no_fault() -> None:
    """It should count a mailbox without a night as not placed, and as nothing else."""
    counted = found(seeds.moved(f=-1))

    assert (1, 0) == (counted.unplaced, counted.barred + counted.over)
