"""The planners that are compared keep the same terms, or their figures would mean nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bench.areas import planner
from bench.planners import bounds, workload
from bench.planners.terms import Organisation, read, write
from bench.processes import run

MAILBOXES = 3_000


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small estate, with six times the capacity that would be its part."""
    folder = tmp_path_factory.mktemp("estate")
    run("rehearsal.national", "--seed", "3", "--mailboxes", str(MAILBOXES), "--out", str(folder))
    write(workload.terms(folder, 3, share=6.0), folder)
    return folder


@pytest.mark.parametrize("name", ["ours", "plain", "spreadsheet"])
def test_each_planner_keeps_the_terms(name: str, estate: Path, tmp_path: Path) -> None:
    """It should place everybody by the estate's terms, as the checker counts, and no earlier than the flow."""
    found = planner.planned(name, estate, read(estate), tmp_path)
    bound = msgspec.json.decode(
        run("bench.planners.bounds", str(estate), "terms.json").said, type=bounds.Bound
    )

    assert (0, 0) == (found.faults.total, found.faults.unplaced)
    assert bound.last <= bound.joint <= found.last
    assert bound.wait <= found.wait


def test_a_slip_postpones_so_many(estate: Path) -> None:
    """It should postpone as many organisations as it is asked for, and leave the others as they were."""
    before = read(estate)
    after, late = workload.slipped(before, 1, organisations=5, days=30)

    changed = [code for code, rule in after.organisations.items() if rule != before.organisations[code]]
    assert late == sorted(changed)
    first = before.organisations[late[0]]
    assert Organisation(first.ready + 30, first.frozen) == after.organisations[late[0]]
