"""`mailwave wave status` of a run: endpoints' limits and admin calls."""

from __future__ import annotations

import json

from mailwave.exits import Exit
from mailwave.runbooks.wave.governing import ACT
from mailwave.wiring import Settings
from tests.mailwave.builders import REASON
from tests.mailwave.cli.conftest import Run

WHY = "the source stalls 40% of the moves that were looked at"


def test_status_shows_what_was_set_and_what_it_cost(run: Run) -> None:
    """It should show each endpoint's limits as last set, the slots in use then and why, and the calls of each run."""
    with Settings.load("rehearsal").ledger() as ledger:
        for migrations, outcome in ((30, "ok"), (26, "ok"), (99, "failed")):
            detail = {
                "from": {"migrations": 100, "increments": 20},
                "to": {"migrations": migrations, "increments": 5},
                "in_use": {"migrations": 44, "increments": 3},
                "why": WHY,
            }
            ledger.outcome(ledger.intent(ACT, "leeds", detail, REASON), outcome, {})
        ledger.note_calls("alone", {"complete": 1873, "poll": 1290})
        ledger.note_calls("alone", {"complete": 1900, "poll": 1300})

    code, told = run("wave", "status")
    _, data = run("wave", "status", "--json")

    assert Exit.OK == code
    shown = " ".join(told.split())
    assert f"leeds │ 26 │ 44 │ 5 │ 3 │ {WHY}" in shown
    assert "admin calls of alone's run: 3,200 (1,900 complete, 1,300 poll)" in shown
    found = json.loads(data[data.index("{") : data.rindex("}") + 1])
    assert {"alone": {"complete": 1900, "poll": 1300}} == found["admin_calls"]
    assert [("leeds", 26, 44, 5, 3, WHY)] == [tuple(each.values()) for each in found["endpoints"]]
