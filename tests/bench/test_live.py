"""The polls' benchmark, small."""

from contextlib import closing

import pytest

from bench.areas import live
from bench.areas.live_serving import NotCounted, Serving, without_helpers
from bench.areas.live_stores import NOW, REASON, Wide, fill
from bench.rows import ResultsDiffer
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.core.progress import Face
from mailwave.core.states import MailboxState
from rehearsal import postgresql
from tests.databases import NewUrl


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
        night = live.Night(ledger, Wide.copied(store), "x", filled, Serving(store))
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


def test_a_process_of_the_server_that_is_not_counted_is_found(new_database_url: NewUrl) -> None:
    """It should measure nothing by a clock that leaves out a process of the server, and have queries start none."""
    url = new_database_url()
    serves = url.startswith("postgresql")
    if serves:
        without_helpers(url)
    with Ledger.open(url, lambda: NOW), closing(Store(url)) as store:
        serving = Serving(store)
        serving.check()
        with store.read() as connection, store.read() as another:
            connection.exec_driver_sql("SELECT 1")
            if not serves:
                serving.check()
                return
            assert "0" == another.exec_driver_sql("SHOW max_parallel_workers_per_gather").scalar_one()
            (process,) = another.exec_driver_sql("SELECT pg_backend_pid()").one()
        with pytest.raises(NotCounted, match=str(process)):
            serving.check()
