"""The journal: whatever is changed behind its back is found."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mailwave.adapters import ledger_journal
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_schema import journal
from mailwave.core.notices import Milestone, Notice, NoticeRecord, NoticeState
from mailwave.core.refusals import JournalBroken
from mailwave.core.states import MailboxState
from tests.mailwave.adapters.ledgers import TestClock, a_ledger, a_plan, step
from tests.mailwave.builders import NOW, REASON, guid

S = MailboxState


def a_busy_ledger(folder: Path) -> Ledger:
    """A ledger with every kind of entry."""
    clock = TestClock()
    ledger = a_ledger(folder, clock)
    plan = a_plan(0, 1, 2)
    ledger.save_plan(plan, REASON)
    ledger.record_approval(plan.waves[0].digest, "W15", NOW + timedelta(days=30), REASON)
    clock.pass_(timedelta(hours=1, microseconds=7))
    ledger.reserve_notice(guid(0), Milestone.TWO_WEEKS, "ref", REASON)
    ended = NoticeRecord(Notice(guid(0), Milestone.TWO_WEEKS, "ref"), NoticeState.SENT, "notify-1")
    ledger.settle_notices([ended], REASON)
    ledger.outcome(ledger.intent("batch.start", "test-15-0", {"n": 1}, REASON), "ok", {})
    ledger.move_state([*step(0, S.SYNCING), *step(3, S.DEFERRED)], REASON)
    return ledger


def broken_at(ledger: Ledger, folder: Path, *statements: str) -> int:
    """Where the journal is found broken after *statements* were run behind the ledger's back."""
    with closing(sqlite3.connect(folder / "ledger.db")) as connection, connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
    with pytest.raises(JournalBroken) as caught:
        ledger.verify_journal()
    return caught.value.n


def test_an_honest_journal_verifies(tmp_path: Path) -> None:
    """It should find nothing wrong with a ledger that only the program wrote, also after opening it again."""
    a_busy_ledger(tmp_path).close()

    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", TestClock().now) as again:
        again.verify_journal()
        assert list(range(1, 9)) == [entry.n for entry in again.journal()]


def test_every_entry_says_who_and_why(tmp_path: Path) -> None:
    """It should carry the reason of the act, and for an end the reason of its beginning."""
    assert {REASON} == {entry.reason for entry in a_busy_ledger(tmp_path).journal()}


@pytest.mark.parametrize(
    "change",
    [
        "detail = replace(detail, 'SUBJECT', 'x') || ' '",
        "why = 'another'",
        "who = 'somebody.else'",
        "ticket = 'CHG9999'",
        "act = 'estate.import'",
        "at = '2026-09-01T08:00:00.000001Z'",
        "previous = digest",
    ],
)
def test_a_changed_entry_is_found(tmp_path: Path, change: str) -> None:
    """It should name the entry of which any part was changed."""
    assert 3 == broken_at(a_busy_ledger(tmp_path), tmp_path, f"UPDATE journal SET {change} WHERE n = 3")


def test_an_entry_forged_with_its_digest_is_found(tmp_path: Path) -> None:
    """It should notice at the next entry that one was rewritten together with its own digest."""
    ledger = a_busy_ledger(tmp_path)
    with ledger._store.write() as connection:
        row = dict(connection.execute(select(journal).where(journal.c.n == 3)).mappings().one())
        forged = {**row, "who": "somebody.else"}
        connection.execute(
            update(journal)
            .where(journal.c.n == 3)
            .values(who="somebody.else", digest=ledger_journal._digest(forged))
        )

    with pytest.raises(JournalBroken) as caught:
        ledger.verify_journal()
    assert 4 == caught.value.n


def test_a_removed_entry_is_found(tmp_path: Path) -> None:
    """It should notice a hole."""
    assert 5 == broken_at(a_busy_ledger(tmp_path), tmp_path, "DELETE FROM journal WHERE n = 5")


def test_a_cut_off_end_is_found(tmp_path: Path) -> None:
    """It should notice that the last entry is gone, because the tables say more than the rest leads to."""
    assert 0 == broken_at(a_busy_ledger(tmp_path), tmp_path, "DELETE FROM journal WHERE n = 8")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mailboxes SET state = 'moved' WHERE state = 'syncing'",
        "UPDATE mailboxes SET why = 'because' WHERE state = 'deferred'",
        "UPDATE mailboxes SET size_bytes = 1 WHERE place = 0",
        "UPDATE mailboxes SET batch = NULL WHERE place = 0",
        "UPDATE waves SET window_end = '2027-01-01T00:00:00.000000Z'",
        "UPDATE organisations SET name = 'ANOTHER' WHERE code = 'RR8'",
        "UPDATE approvals SET digest = 'sha256:forged'",
        "UPDATE approvals SET expires_at = '2099-01-01T00:00:00.000000Z'",
        "UPDATE intents SET outcome = NULL",
        "UPDATE notices SET state = 'reserved'",
        "DELETE FROM notices",
        "DELETE FROM permissions",
    ],
)
def test_a_table_that_differs_is_found(tmp_path: Path, statement: str) -> None:
    """It should find every row that the entries do not lead to."""
    assert 0 == broken_at(a_busy_ledger(tmp_path), tmp_path, statement)


def test_an_act_that_is_none_of_ours_is_found(tmp_path: Path) -> None:
    """It should not pass over an entry it cannot replay, even one whose digest is right."""
    ledger = a_busy_ledger(tmp_path)
    with ledger._store.write() as connection:
        ledger._append(connection, "something.else", "x", {}, REASON)

    with pytest.raises(JournalBroken) as caught:
        ledger.verify_journal()
    assert 9 == caught.value.n
