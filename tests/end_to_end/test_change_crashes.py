"""`mailwave change apply` killed in the middle, and run again: what was approved is made, once.

CHANGE_CRASHES says how many random moments are tried as well (`make prove`); CRASH_SEED and CRASH_SLICE which ones.
"""

from __future__ import annotations

import json
import os
import random

import pytest

from rehearsal.deploy import FAR
from tests.end_to_end.crashing import Crashing, Death, Moment
from tests.end_to_end.operator import WHY
from tests.end_to_end.test_stack_crashes import FOUNDATION, SEED, WRITES, left_open

pytestmark = [pytest.mark.engine, pytest.mark.crash, pytest.mark.timeout(1_800)]

LAYER = "foundation"
CRASHES = int(os.environ.get("CHANGE_CRASHES", "0"))


def moments() -> list[Moment]:
    """The pinned moment, and as many random ones as are asked for."""
    draw = random.Random(SEED)
    deaths = tuple(Death)
    return [
        Moment(WRITES[LAYER] // 2, Death.ENGINE),
        *(
            Moment(draw.randint(1, WRITES[LAYER]), draw.choice(deaths), after=draw.random() < 0.7)
            for _ in range(CRASHES)
        ),
    ]


@pytest.mark.parametrize("moment", moments(), ids=str)
def test_a_killed_change_goes_on(crashing: Crashing, moment: Moment) -> None:
    """It should end where a clean run ends, with one object each, and then find the change made."""
    reviewed = crashing.operator.mailwave(
        "change", "review", *WHY, "--until", FAR, f"--layer={LAYER}", "--no-plays", "--json"
    )
    assert 0 == reviewed.code, reviewed.text
    change = json.loads(reviewed.out)["change"]
    assert crashing.killed(moment, "change", "apply", change, *WHY), "it ended before it could be killed"

    again = crashing.operator.mailwave("change", "apply", change, *WHY)
    assert 0 == again.code, again.text
    assert FOUNDATION == dict(crashing.objects())
    assert FOUNDATION == dict(crashing.made), "something was made twice"
    assert [] == left_open(crashing.operator, LAYER)
    assert [] == crashing.operator.locks()
    made = crashing.operator.mailwave("change", "apply", change, *WHY)
    assert (0, True) == (made.code, "made before" in made.text)
