"""`mailwave notify bounces` and `preview`, typed as an operator types them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from mailwave.adapters.ledger import Ledger
from mailwave.core.notices import Milestone, Notice, NoticeRecord, NoticeState
from mailwave.core.reason import Reason
from mailwave.exits import Exit
from tests.mailwave.builders import a_mailbox, an_organisation, guid
from tests.mailwave.cli.conftest import Run


def test_what_did_not_arrive_is_listed_by_organisation(run: Run) -> None:
    """It should list who was not reached, of which notice and why, for a person and for a program."""
    run("wave", "status")  # it makes the ledger's folder
    reason = Reason("a.person", "test", "CHG1", "test")
    with Ledger.open(os.environ["MAILWAVE_LEDGER"], lambda: datetime.now(UTC)) as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(0)], [], reason)
        notice = Notice(guid(0), Milestone.TWO_WEEKS, "ref", "2026-09-15")
        ledger.reserve_notices([notice], reason)
        for state, detail in ((NoticeState.SENT, "id-1"), (NoticeState.UNDELIVERED, "permanent-failure")):
            ledger.settle_notices([NoticeRecord(notice, state, detail)], reason)

    code, table = run("notify", "bounces", "--organisation", "RR8")
    printed = run("notify", "bounces", "--json")[1]
    (row,) = json.loads(printed[printed.index("[") : printed.rindex("]") + 1])

    assert (Exit.OK, True) == (code, "1 not delivered" in table and "permanent-failure" in table)
    assert ("person0@nhsmail.example", "two_weeks", "2026-09-15") == (
        row["address"],
        row["milestone"],
        row["night"],
    )
    assert "0 not delivered" in run("notify", "bounces", "--organisation", "A81001")[1]


def test_a_preview_without_endpoints_is_refused_in_a_sentence(run: Run) -> None:
    """It should say which setting is missing, and show nothing."""
    code, said = run("notify", "preview", "person0@nhsmail.example")

    assert (Exit.CONFIGURATION, True) == (code, "MAILWAVE_ENDPOINTS" in said)
