"""What pages read of a ledger is found by an index, and is what the ledger holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from mailwave.adapters.ledger import Ledger
from mailwave.core.estate import Permission
from tests.mailwave.adapters.ledgers import (
    MAILBOXES,
    ORGANISATIONS,
    PERMISSIONS,
    a_plan,
    an_empty_ledger,
    closed_ledgers,
)
from tests.mailwave.builders import REASON, guid

__all__ = ["closed_ledgers"]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger with a plan of three mailboxes, and two rights."""
    made = an_empty_ledger(tmp_path)
    made.import_estate(ORGANISATIONS, MAILBOXES, PERMISSIONS, REASON)
    made.save_plan(a_plan(0, 1, 2), REASON)
    return made


@contextmanager
def questions() -> Iterator[list[tuple[str, Any]]]:
    """What databases are asked in the block, and with which values."""
    found: list[tuple[str, Any]] = []

    def keep(_: object, __: object, statement: str, values: object, *___: object) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, values))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def test_a_visit_goes_through_no_table(ledger: Ledger) -> None:
    """It should find a person, an organisation, their rights and their nights by an index, out of millions."""
    with questions() as put:
        ledger.around(MAILBOXES[0].address)
        ledger.records_of("RR8")
        ledger.organisation("RR8")
        ledger.rights_of([guid(0), guid(5)])
        ledger.named([guid(0)])
        ledger.undelivered("RR8")
    with ledger._store.read() as connection:
        plans = {
            statement: [
                str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]
            for statement, values in put
        }
    assert len(plans) >= 6
    scans = {
        f"SCAN {table}" for table in ("mailboxes", "permissions", "in_flight", "batches", "organisations")
    }
    assert [] == [(asked, step) for asked, plan in plans.items() for step in plan if step in scans]


def test_rights_are_found_from_both_ends(ledger: Ledger) -> None:
    """It should find the rights that are held on somebody, and those that they hold."""
    assert sorted(PERMISSIONS) == ledger.rights_of([guid(5)])
    assert [Permission(guid(5), guid(0), PERMISSIONS[0].kind)] == ledger.rights_of([guid(0)])
    assert [] == ledger.rights_of([guid(3)])


def test_a_person_is_read_at_once(ledger: Ledger) -> None:
    """It should return a person with what they share, the other ends, and those nights that concern them."""
    found = ledger.around(MAILBOXES[0].address)
    assert found is not None
    assert guid(0) == found.record.mailbox.guid
    assert [Permission(guid(5), guid(0), PERMISSIONS[0].kind)] == found.rights
    assert {guid(0): "W15", guid(5): None} == {end: wave for end, (_, wave) in found.named.items()}
    assert ["W15"] == list(found.nights)


def test_who_is_not_there_is_nobody(ledger: Ledger) -> None:
    """It should return nothing for an address that no mailbox has, and little for who shares nothing."""
    assert ledger.around("nobody@nhsmail.example") is None
    found = ledger.around(MAILBOXES[4].address)
    assert found is not None
    assert ([], [guid(4)], {}) == (found.rights, list(found.named), found.nights)
