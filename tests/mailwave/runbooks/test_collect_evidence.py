"""What services show of readiness, collected: seats by the tenant's own count, the rest as discovery read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.ledger import Ledger
from mailwave.core.estate import Record
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState
from mailwave.runbooks.collect_evidence import CollectEvidence, reserved
from tests.mailwave.builders import NOW, REASON, a_mailbox, a_shared_mailbox, an_organisation, guid
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.services import Services

ROUTING = "nhsmail.mail.onmicrosoft.com"
DISCOVERED = pl.DataFrame(
    {
        "guid": [guid(1), guid(2), guid(9)],
        "mobile": ["16.1", None, "14.1"],
        "mobile_on": [date(2026, 9, 1), None, date(2026, 9, 1)],
        "domains": [f"nhsmail.example;{ROUTING}", "nhsmail.example", None],
        "directory_on": [date(2026, 8, 31)] * 3,
    }
)


def test_seats_are_kept_in_the_order_of_the_guids() -> None:
    """It should keep as many as are free, none for who has moved, and say of who needs none that nothing is missing."""
    records = [Record(a_mailbox(n), MailboxState.WAITING) for n in (3, 1, 2)]
    records += [Record(a_shared_mailbox(4), MailboxState.WAITING), Record(a_mailbox(0), MailboxState.MOVED)]

    for free, expected in ((2, [False, True, True]), (3, [True] * 3), (0, [False] * 3), (-1, [False] * 3)):
        assert [*expected, True, True] == [seat for _, seat in reserved(records, free)]


def test_what_is_collected_is_evidence(tmp_path: Path) -> None:
    """It should be a table that the check takes: of mailboxes in scope, with routing and seats, no value made up."""
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db", lambda: NOW) as ledger:
        folder = tmp_path / "readiness"
        folder.mkdir()
        runbook = CollectEvidence(
            ledger,
            lambda: DISCOVERED,
            Services().licences(Boundary()),
            ROUTING.upper(),
            lambda table: table.write_parquet(folder / "mailboxes.parquet"),
        )
        with pytest.raises(NoScope):
            runbook.prepare()
        ledger.import_estate([an_organisation()], [a_mailbox(1), a_mailbox(2)], [], REASON)

        collected = runbook.prepare()
        runbook.run(collected)

    table = read_evidence(folder).mailboxes
    assert table is not None
    assert [(guid(1), True, True), (guid(2), False, True)] == table.select("guid", "routing", "seat").rows()
    assert [date(2026, 9, 1), None] == table["mobile_on"].to_list()
    assert (2, 1) == (collected.needed, collected.known["mobile"])
