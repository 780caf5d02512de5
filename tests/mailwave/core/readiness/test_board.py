"""What keeps mailboxes out, as an operator and as a local administrator are told it."""

from __future__ import annotations

import csv
import io

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.estate import Mailbox, Record
from mailwave.core.hostile import is_formula
from mailwave.core.readiness.board import NOT_SHOWN, columns_of, sheet, standing
from mailwave.core.readiness.scope import WHOLE, Scope
from mailwave.core.states import MailboxState
from tests.mailwave.core.discovery.test_hostile import TEXTS
from tests.mailwave.core.readiness.books import SHIPPED

ANNE = Scope("RR8", "anne")
FOREIGN = "user-not-ready: 1 of the 2 people who use it are not ready, the first p9@rae.example"
OWN = "size-over: it is over 200 GB"


def a_record(
    why: str, state: MailboxState = MailboxState.DEFERRED, address: str = "p1@nhs.example"
) -> Record:
    """A mailbox of RR8 that is kept out, because of *why*."""
    guid = "00000000-0000-4000-8000-000000000001"
    box = Mailbox(
        guid, address, "p1", "P 1", "RR8", "leeds", "UserMailbox", "/o=N/cn=p1", "EX01", "DB1", 1, 1
    )
    return Record(box, state, why)


def codes() -> set[str]:
    """Every code that the rules themselves may give."""
    return {SHIPPED.code(number).name for number in range(2 * len(SHIPPED.rules))}


def test_an_operator_is_told_every_code() -> None:
    """It should name the code, and what stands before the reason where there is none."""
    lines = standing(columns_of([a_record(FOREIGN), a_record("withdrawn: at their wish")]), SHIPPED, WHOLE)
    assert {"user-not-ready", "withdrawn"} == {line.code for line in lines}


def test_a_local_administrator_is_not_told_of_others() -> None:
    """It should say of what rests on other people, or on what somebody wrote, only that an operator knows it."""
    lines = standing(
        columns_of([a_record(FOREIGN), a_record("withdrawn: at the wish of RAE")]), SHIPPED, ANNE
    )
    assert [(NOT_SHOWN, 2, "operator")] == [(line.code, line.mailboxes, line.owner) for line in lines]
    row = next(csv.DictReader(io.StringIO(sheet(columns_of([a_record(FOREIGN)]), SHIPPED, ANNE))))
    assert ("deferred", "", "") == (row["state"], row["code"], row["remedy"])


@given(TEXTS, st.sampled_from([MailboxState.DEFERRED, MailboxState.EXCLUDED, MailboxState.FAILED]))
def test_no_word_of_a_reason_reaches_a_local_administrator(why: str, state: MailboxState) -> None:
    """It should show the rules' own codes and nothing that anybody wrote, and no cell that a spreadsheet would run."""
    record = a_record(why, state, address=why)
    assert {line.code for line in standing(columns_of([record]), SHIPPED, ANNE)} <= codes() | {NOT_SHOWN}
    blank = msgspec.structs.replace(record, why="")
    assert sheet(columns_of([blank]), SHIPPED, ANNE) == sheet(columns_of([record]), SHIPPED, ANNE)
    cells = next(
        row
        for n, row in enumerate(
            csv.reader(io.StringIO(sheet(columns_of([record]), SHIPPED, ANNE), newline=""))
        )
        if n
    )
    assert [] == [cell for cell in cells if is_formula(cell)]
