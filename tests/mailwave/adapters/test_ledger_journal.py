"""The journal: whatever is changed behind its back is found."""

from datetime import timedelta

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


def a_busy_ledger(place: str) -> Ledger:
    """A ledger with every kind of entry."""
    clock = TestClock()
    ledger = a_ledger(place, clock)
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


def broken_at(ledger: Ledger, *statements: str) -> int:
    """Where the journal is found broken after *statements* were run behind the ledger's back."""
    with ledger._store.write() as connection:
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount > 0, statement
    with pytest.raises(JournalBroken) as caught:
        ledger.verify_journal()
    return caught.value.n


def test_an_honest_journal_verifies(ledger_url: str) -> None:
    """It should find nothing wrong with a ledger that only the program wrote, also after opening it again."""
    a_busy_ledger(ledger_url).close()

    with Ledger.open(ledger_url, TestClock().now) as again:
        again.verify_journal()
        assert list(range(1, 9)) == [entry.n for entry in again.journal()]


def test_every_entry_says_who_and_why(ledger_url: str) -> None:
    """It should carry the reason of the act, and for an end the reason of its beginning."""
    assert {REASON} == {entry.reason for entry in a_busy_ledger(ledger_url).journal()}


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
def test_a_changed_entry_is_found(ledger_url: str, change: str) -> None:
    """It should name the entry of which any part was changed."""
    assert 3 == broken_at(a_busy_ledger(ledger_url), f"UPDATE journal SET {change} WHERE n = 3")


def test_an_entry_forged_with_its_digest_is_found(ledger_url: str) -> None:
    """It should notice at the next entry that one was rewritten together with its own digest."""
    ledger = a_busy_ledger(ledger_url)
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


def test_a_removed_entry_is_found(ledger_url: str) -> None:
    """It should notice a hole."""
    statements = ("UPDATE notices SET settled = NULL", "DELETE FROM journal WHERE n = 5")

    assert 5 == broken_at(a_busy_ledger(ledger_url), *statements)


def test_a_cut_off_end_is_found(ledger_url: str) -> None:
    """It should notice that the last entry is gone, because the tables say more than the rest leads to."""
    assert 0 == broken_at(a_busy_ledger(ledger_url), "DELETE FROM journal WHERE n = 8")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mailboxes SET state = 'moved' WHERE state = 'in_flight'",
        "UPDATE in_flight SET state = 'synced'",
        "UPDATE in_flight SET why = 'because'",
        "UPDATE in_flight SET organisation = 'A81001'",
        "UPDATE in_flight SET size_bytes = 1",
        "UPDATE meta SET value = '0' WHERE key = 'scope.planned'",
        "UPDATE summary SET mailboxes = mailboxes + 1 WHERE face = 'site' AND state = 'waiting'",
        "UPDATE summary SET size_bytes = 0 WHERE face = 'batch'",
        "UPDATE organisations SET planned = planned + 1 WHERE code = 'A81001'",
        "INSERT INTO leavers VALUES ('00000000-0000-0000-0000-000000000001', 1)",
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
def test_a_table_that_differs_is_found(ledger_url: str, statement: str) -> None:
    """It should find every row that the entries do not lead to."""
    assert 0 == broken_at(a_busy_ledger(ledger_url), statement)


def test_an_act_that_is_none_of_ours_is_found(ledger_url: str) -> None:
    """It should not pass over an entry it cannot replay, even one whose digest is right."""
    ledger = a_busy_ledger(ledger_url)
    with ledger._store.write() as connection:
        ledger._append(connection, "something.else", "x", {}, REASON)

    with pytest.raises(JournalBroken) as caught:
        ledger.verify_journal()
    assert 9 == caught.value.n
