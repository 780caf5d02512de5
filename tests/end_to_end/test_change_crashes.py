"""`mailwave change apply` killed in the middle, and run again: what was approved is made, once.

CHANGE_CRASHES=all kills at each write to the cloud, one after the other (`make prove`), CRASH_SLICE at some of them;
else it is one. The boundaries between a ledger's writes are killed at in tests/mailwave/runbooks/test_change_killed.py.
"""

from __future__ import annotations

import json
import os

import pytest

from rehearsal.deploy import FAR
from tests.end_to_end.crashing import Crashing, Death, Moment
from tests.end_to_end.operator import WHY
from tests.end_to_end.test_stack_crashes import FOUNDATION, WRITES, left_open

pytestmark = [pytest.mark.engine, pytest.mark.crash, pytest.mark.timeout(1_800)]

LAYER = "foundation"
ALL = os.environ.get("CHANGE_CRASHES") == "all"
FIRST, SLICES = map(int, os.environ.get("CRASH_SLICE", "0/1").split("/"))
LAST = WRITES[LAYER]
LATER = Moment(LAST + 1, Death.ALL)


def moments() -> list[Moment]:
    """The pinned moment, or this slice of all: whoever is ended changes from write to write."""
    if not ALL:
        return [Moment(LAST // 2, Death.ENGINE)]
    deaths = tuple(Death)
    return [Moment(write, deaths[write % len(deaths)]) for write in range(1 + FIRST, LAST + 1, SLICES)]


def reviewed(crashing: Crashing) -> str:
    """A change that makes the whole layer."""
    done = crashing.operator.mailwave(
        "change", "review", *WHY, "--until", FAR, f"--layer={LAYER}", "--no-plays", "--json"
    )
    assert 0 == done.code, done.text
    return str(json.loads(done.out)["change"])


@pytest.mark.parametrize("moment", moments(), ids=str)
def test_a_killed_change_goes_on(crashing: Crashing, moment: Moment) -> None:
    """It should end where a clean run ends, with one object each, and then find the change made."""
    change = reviewed(crashing)
    assert crashing.killed(moment, "change", "apply", change, *WHY), "it ended before it could be killed"

    again = crashing.operator.mailwave("change", "apply", change, *WHY)
    assert 0 == again.code, again.text
    assert FOUNDATION == dict(crashing.objects())
    assert FOUNDATION == dict(crashing.made), "something was made twice"
    assert [] == left_open(crashing.operator, LAYER)
    assert [] == crashing.operator.locks()
    made = crashing.operator.mailwave("change", "apply", change, *WHY)
    assert (0, True) == (made.code, "made before" in made.text)


@pytest.mark.skipif(not ALL or FIRST != 0, reason="it belongs to the loop over all writes, once")
def test_there_is_no_later_write(crashing: Crashing) -> None:
    """It should end without a kill where one is set behind the last write: the loop has been at all of them."""
    assert not crashing.killed(LATER, "change", "apply", reviewed(crashing), *WHY)
    assert FOUNDATION == dict(crashing.made)
