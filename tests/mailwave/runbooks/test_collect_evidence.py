"""What services show of readiness, collected: seats by the tenant's own count, the rest as discovery read it."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from mailwave.adapters.discovery_store import write_found
from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.ledger import Ledger
from mailwave.core.licences import LARGEST_WITHOUT, needs_licence
from mailwave.core.readiness.observed import Leads
from mailwave.core.refusals import NoScope
from mailwave.runbooks.collect_evidence import CollectEvidence, Discovered, reserved
from rehearsal.clock import VirtualClock
from tests.mailwave.builders import NOW, REASON, a_mailbox, a_shared_mailbox, an_organisation, guid
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.services import Services, Time

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
PEOPLE = pl.DataFrame(
    {
        "guid": [guid(1), guid(2), guid(9)],
        "account": ["person1", "person2", "person9"],
        "upn": ["person1@nhsmail.example", None, None],
        "domains": DISCOVERED["domains"],
        "lane": ["usual", "usual", "application"],
    }
)
DOMAINS = pl.DataFrame({"domain": ["nhsmail.example"], "on": [date(2026, 8, 31)]})
LOG = (
    b"#Fields: date time cs-uri-stem cs-username cs(User-Agent) crypt-protocol\n"
    b"2026-09-01 07:00:00 /mapi/ NHS\\PERSON1 Outlook 100\n"
)


def test_seats_are_kept_in_the_order_of_the_guids() -> None:
    """It should keep as many as are free, none for who has moved, and say of who needs none that nothing is missing."""
    boxes = [a_mailbox(n) for n in (3, 1, 2, 0)] + [a_shared_mailbox(4)]
    states = ["waiting", "waiting", "waiting", "moved", "waiting"]
    rows = [
        (box.guid, box.recipient_type, box.size_bytes, state)
        for box, state in zip(boxes, states, strict=True)
    ]
    table = pl.DataFrame(rows, schema=["guid", "recipient_type", "size_bytes", "state"], orient="row")

    for free, expected in ((2, [True, True, False]), (3, [True] * 3), (0, [False] * 3), (-1, [False] * 3)):
        found = reserved(table, free)
        assert [True, *expected, True] == found["seat"].to_list()
        assert 3 == found["needed"].sum()


def test_a_seat_is_needed_as_for_one_mailbox() -> None:
    """It should need a seat for whoever may not be in the cloud without a licence."""
    kinds = ("UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox", "LinkedMailbox")
    boxes = [
        a_mailbox(n, recipient_type=kind, size_bytes=size)
        for n, (kind, size) in enumerate(product(kinds, (None, LARGEST_WITHOUT, LARGEST_WITHOUT + 1)))
    ]
    rows = [(box.guid, box.recipient_type, box.size_bytes, "waiting") for box in boxes]
    table = pl.DataFrame(rows, schema=["guid", "recipient_type", "size_bytes", "state"], orient="row")

    assert [needs_licence(box) for box in boxes] == reserved(table, 0)["needed"].to_list()


class Names:
    """DNS as a table."""

    def leads(self, domain: str) -> Leads:
        """Where *domain* leads; its autodiscover nobody could say."""
        return Leads(("mx.example", "mail.example"), None if domain == "nhsmail.example" else ())


def collecting(ledger: Ledger, folder: Path, names: Names | None = None) -> CollectEvidence:
    """The runbook on a ledger, with what discovery found above."""
    return CollectEvidence(
        clock=Time(VirtualClock(NOW), Boundary()),
        ledger=ledger,
        discovered=lambda: Discovered(DISCOVERED, PEOPLE, DOMAINS),
        licences=Services().licences(Boundary()),
        routing_domain=ROUTING.upper(),
        domains=("nhsmail.example",),
        names=names,
        log_days=30,
        keep=lambda tables: write_found(folder, tables),
    )


def test_what_is_collected_is_evidence(tmp_path: Path) -> None:
    """It should be tables that the check takes: of what is in scope, with routing and seats, no value made up."""
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db", lambda: NOW) as ledger:
        runbook = collecting(ledger, tmp_path / "readiness", Names())
        with pytest.raises(NoScope):
            runbook.prepare()
        ledger.import_estate([an_organisation()], [a_mailbox(1), a_mailbox(2)], [], REASON)

        collected = runbook.prepare({"u_ex260901_x.log": LOG})
        runbook.run(collected)

    found = read_evidence(tmp_path / "readiness")
    assert found.mailboxes is not None
    assert found.facts is not None
    assert [(guid(1), True, True), (guid(2), False, True)] == found.mailboxes.select(
        "guid", "routing", "seat"
    ).rows()
    assert [date(2026, 9, 1), None] == found.mailboxes["mobile_on"].to_list()
    assert found.domains is not None
    assert [("nhsmail.example", date(2026, 8, 31))] == found.domains.rows()
    assert (2, 1) == (collected.needed, collected.known["mobile"])
    today = NOW.date()
    assert {
        ("RR8", "tls", "1.1", today, True),
        ("RR8", "mail_exchanger", "mail.example; mx.example", today, True),
        ("RR8", "owners", "0", today, True),
    } == set(found.facts.rows())
    assert {"tls": 1, "mail_exchanger": 1, "owners": 1} == collected.shown


def test_without_names_and_logs_nothing_is_said_of_them(tmp_path: Path) -> None:
    """It should hand in no evidence of what nobody looked at."""
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db", lambda: NOW) as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(1)], [], REASON)

        assert ["owners"] == list(collecting(ledger, tmp_path).prepare().shown)
