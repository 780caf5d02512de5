"""`mailwave service` as it is typed."""

from __future__ import annotations

import json

import pytest

from mailwave import wiring
from mailwave.core.states import MailboxState, Transition
from mailwave.exits import Exit
from tests.mailwave.builders import REASON, a_mailbox, an_organisation, guid
from tests.mailwave.cli.conftest import WHY, Run

TEAMS = ("service", "campaign", "--service", "teams", "--people", "1200000")


def test_a_campaign_says_which_limit_binds_and_by_how_much_it_is_missed(run: Run) -> None:
    """It should end with 32 and name the limit, what it would have to be, and how many have it in time."""
    code, said = run(*TEAMS)

    assert Exit.PLAN_REFUSED == code
    for piece in (
        "20 days are needed",
        "group_licences_an_hour binds",
        "7,143 in 1 hour",
        "420,000 have it by then",
        "13 days before",
    ):
        assert piece in said


def test_a_campaign_that_is_kept_ends_well(run: Run) -> None:
    """It should tell programs the same, and end with 0 where the days suffice."""
    late, _ = run(*TEAMS, "--days", "19")
    code, said = run(*TEAMS, "--days", "20", "--json")

    plan = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert (Exit.PLAN_REFUSED, Exit.OK) == (late, code)
    assert (True, 20, "group_licences_an_hour") == (plan["kept"], plan["groups"], plan["limiting"])


def test_what_is_no_service_of_a_group_is_refused(run: Run) -> None:
    """It should end with 2 for a service that nobody joins a group for, and for a word on what is read back."""
    code, said = run("service", "campaign", "--service", "sharepoint")
    unknown, not_known = run("service", "campaign", "--service", "tea")
    word, refused = run("service", "attest", "-s", "teams", "-o", "RX1", *WHY)

    assert {Exit.CONFIGURATION} == {code, unknown, word}
    assert "nobody joins a group for sharepoint: a roll-out can only be of teams, onedrive" in said
    assert "no service is called 'tea'; there are teams, onedrive, archive" in not_known
    assert "nobody's word counts instead" in refused


@pytest.mark.parametrize("plan", [("--json",), ()])
def test_a_campaign_is_for_whom_the_ledger_has(run: Run, plan: tuple[str, ...]) -> None:
    """It should count whoever is not excluded, and end with 13 while nothing was imported."""
    nothing, _ = run("service", "campaign", "--service", "teams", *plan)
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(n) for n in range(30)], [], REASON)
        ledger.move_state([Transition(guid(3), MailboxState.EXCLUDED, "too-large")], REASON)
    code, said = run("service", "campaign", "--service", "teams", *plan)

    assert (Exit.NO_PLAN, Exit.OK) == (nothing, code)
    assert ('"people": 29' if plan else "29 people, 1 group") in said
