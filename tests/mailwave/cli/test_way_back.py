"""What the way back would cost, as typed, before anybody says go."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from mailwave import wiring
from mailwave.cli import way_back
from mailwave.core.rollback import Cost, SiteCost
from mailwave.exits import Exit
from tests.mailwave.builders import REASON, a_mailbox, an_organisation
from tests.mailwave.cli.conftest import WHY, Run


def test_a_plan_says_what_its_waves_cost_to_take_back(run: Run) -> None:
    """It should say of each wave how much would be copied back, and for how many hours."""
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(n) for n in range(900)], [], REASON)
    run("wave", "plan", *WHY)

    code, said = run("wave", "show")
    _, data = run("wave", "show", "--json")

    assert Exit.OK == code, said
    assert "to take a whole wave back" in said
    back = json.loads(data[data.index("{") : data.rindex("}") + 1])["way_back"]
    assert 900 * 10**9 == sum(site["bytes"] for wave in back.values() for site in wave["sites"])
    assert all(wave["hours"] > 0 for wave in back.values())


def test_what_was_not_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should show room that nobody read as not read, and name who needs more than a batch."""
    console = Console(record=True, width=200)
    monkeypatch.setattr(way_back, "out", console)
    sites = (SiteCost("leeds", 2, 3 * 10**9, 1, 4.5), SiteCost("bristol", 1, 10**9, 0, 1.0, 2 * 10**9))

    way_back.show_cost(Cost(sites, 4.5, ("born@x", "other@x")))

    said = console.export_text()
    assert "not read" in said
    assert "4.5 hours for all; 1 mailboxes have no known size" in said
    assert "2 mailboxes of these organisations were born in the cloud" in said
    assert "born@x" in said
