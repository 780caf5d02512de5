"""The polls' benchmark, small."""

import pytest

from bench.areas import live
from bench.areas.live_stores import NOW, REASON, Wide, fill
from bench.processes import processor_clock
from bench.rows import ResultsDiffer
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.core.progress import Face
from mailwave.core.states import MailboxState
from rehearsal import postgresql


def test_a_row_a_measurement_and_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should poll and look in SQLite with a reader beside, agreeing with the wide table and a recount."""
    monkeypatch.setattr(postgresql, "programs", lambda: None)
    rows = list(live.rows(mailboxes=400, changes=40, pairs=2))

    names = ("poll", "poll, all in another state", "dashboard")
    assert [f"SQLite: {name}" for name in names] == [row.name for row in rows]
    assert all(row.ratio for row in rows)


def test_a_summary_that_differs_is_found(ledger_url: str) -> None:
    """It should measure nothing whose result is wrong, in each database."""
    with Ledger.open(ledger_url, lambda: NOW) as ledger:
        store = Store(ledger_url)
        filled = fill(store, ledger, 400, 40)
        night = live.Night(ledger, Wide.copied(store), "x", filled, processor_clock())
        assert {MailboxState.SYNCING, MailboxState.SYNCED, MailboxState.COMPLETING} == set(
            night._states.values()
        )
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE summary SET size_bytes = size_bytes + 1 WHERE face = 'wave'")
        with pytest.raises(ResultsDiffer):
            night.polls(10, 1, 400)
        assert ledger.dashboard(Face.WAVE).planned == 400
        with store.write() as connection:
            connection.exec_driver_sql("DROP TABLE wide")
        store.close()
    assert REASON.who == "bench"
