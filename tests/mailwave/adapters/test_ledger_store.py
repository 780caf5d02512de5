"""Opening a ledger in each of its databases, and what happens when two want it."""

import os
import threading
from pathlib import Path

import msgspec
import psycopg
import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError

from mailwave.adapters import ledger_engine
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_engine import Database, database_file, holds_a_secret
from mailwave.adapters.run_lock import AlreadyRunning
from mailwave.core.refusals import LedgerBusy, LedgerOutdated, LedgerUnusable, Unstorable
from mailwave.core.states import MailboxState
from rehearsal import postgresql
from tests.databases import Pool
from tests.mailwave.adapters.ledgers import MAILBOXES, TestClock, a_ledger, an_empty_ledger, step
from tests.mailwave.builders import NOW, REASON, a_mailbox, an_organisation, guid

S = MailboxState


def change(url: str, statement: str) -> None:
    """Run *statement* in the database at *url*, as somebody else's program would."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


class TestOpening:
    def test_a_ledger_outlives_its_process(self, ledger_url: str) -> None:
        """It should be found again as it was left."""
        with a_ledger(ledger_url) as ledger:
            ledger.move_state(step(0, S.SYNCING), REASON)

        with an_empty_ledger(ledger_url) as again:
            assert [guid(0)] == [record.mailbox.guid for record in again.mailboxes(S.SYNCING)]

    def test_several_may_make_it_at_once(self, empty_database_url: str) -> None:
        """It should be made once when several processes find an empty database."""
        opened: list[str | None] = []

        def make() -> None:
            with Ledger.open(empty_database_url, TestClock().now) as ledger:
                opened.append(ledger.scope())

        makers = [threading.Thread(target=make) for _ in range(3)]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join()
        assert [None, None, None] == opened

    def test_an_older_ledger_is_refused(self, empty_database_url: str) -> None:
        """It should say that the ledger has to be brought up first, and change nothing in it."""
        an_empty_ledger(empty_database_url).close()
        change(empty_database_url, "UPDATE ledger_version SET version_num = '0000'")

        for _ in range(2):
            with pytest.raises(LedgerOutdated, match="0000"):
                an_empty_ledger(empty_database_url)

    def test_a_newer_ledger_is_refused(self, empty_database_url: str) -> None:
        """It should not touch tables that it does not know."""
        an_empty_ledger(empty_database_url).close()
        change(empty_database_url, "UPDATE ledger_version SET version_num = '9999'")

        with pytest.raises(LedgerUnusable, match="9999"):
            an_empty_ledger(empty_database_url)

    def test_a_ledger_that_is_upgraded_meanwhile_is_left_alone(self, empty_database_url: str) -> None:
        """It should write nothing more once another program has brought the ledger to a newer version."""
        ledger = a_ledger(empty_database_url)
        change(empty_database_url, "UPDATE ledger_version SET version_num = '9999'")

        with pytest.raises(LedgerUnusable, match="9999"):
            ledger.move_state(step(0, S.SYNCING), REASON)
        assert 6 == ledger.total().waiting

    def test_tables_of_unknown_origin_are_refused(self, empty_database_url: str) -> None:
        """It should not take tables of its own names for a ledger when nothing says of which version they are."""
        change(empty_database_url, "CREATE TABLE meta (x INTEGER)")

        with pytest.raises(LedgerUnusable, match="another program"):
            an_empty_ledger(empty_database_url)

    def test_a_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        """It should say in one sentence that a file is no ledger."""
        (tmp_path / "ledger.db").write_bytes(b"not a database at all, whatever its name may say" * 100)

        with pytest.raises(LedgerUnusable):
            an_empty_ledger(tmp_path)

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "nonsense",
            "nosuch://x",
            "mysql://x/y",
            "sqlite:////nowhere/at/all/ledger.db",
            "postgresql+asyncpg://x/y",
            "postgresql+psycopg://x/y?host=/nowhere",
            "postgresql+psycopg://x@127.0.0.1:1/y",
            "postgresql+psycopg://x@db.example/y?sslmode=require",
            "postgresql+psycopg://x@127.0.0.1/y?password=sesame",
        ],
    )
    def test_an_address_that_leads_nowhere_is_refused(self, address: str) -> None:
        """It should refuse in one line an address that is none, or where no database answers that may be a ledger."""
        with pytest.raises(LedgerUnusable) as caught:
            Ledger.open(address, TestClock().now)
        assert ["sesame" in str(caught.value), "\n" in str(caught.value)] == [False, False]

    def test_sqlite_is_set_up_to_last(self, tmp_path: Path) -> None:
        """It should write ahead, sync each commit, and hold foreign keys."""
        ledger = an_empty_ledger(tmp_path)

        with ledger._store.write() as connection:
            held = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert ["wal", 2, 1] == held

    def test_postgresql_is_set_up_to_last(self, databases: Pool) -> None:
        """It should sync each commit, whatever the server's own setting, and let a reader change nothing."""
        url = databases.empty()
        change(url, f"ALTER DATABASE {url.split('/')[3].split('?')[0]} SET synchronous_commit = off")
        ledger = an_empty_ledger(url)

        with ledger._store.write() as connection:
            assert "on" == connection.exec_driver_sql("SHOW synchronous_commit").scalar()
        with pytest.raises(LedgerUnusable, match="read-only"), ledger._store.read() as connection:
            connection.exec_driver_sql("DELETE FROM meta")


class TestSecrets:
    def test_a_password_is_not_shown(self, databases: Pool) -> None:
        """It should name the ledger without its password, and say what the server said."""
        url = databases.server.url("postgres", postgresql.GUARDED).replace("guarded@", "guarded:sesame@")

        with pytest.raises(LedgerUnusable, match="password authentication failed") as caught:
            Ledger.open(url, TestClock().now)
        assert "sesame" not in str(caught.value)
        assert "guarded:***@" in str(caught.value)

    def test_a_password_file_is_used(
        self, databases: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It should let the client library find the password in the file that PGPASSFILE names."""
        kept = tmp_path / "passwords"
        kept.write_text(f"*:*:*:{postgresql.GUARDED}:{postgresql.PASSWORD}\n")
        kept.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(kept))
        url = databases.empty()
        change(url, f"GRANT ALL ON SCHEMA public TO {postgresql.GUARDED}")

        with Ledger.open(url.replace("//ledger@", f"//{postgresql.GUARDED}@"), TestClock().now) as ledger:
            assert ledger.scope() is None

    @pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-ca"])
    def test_a_server_elsewhere_has_to_prove_itself(self, mode: str) -> None:
        """It should refuse less than the whole check of a server's certificate, and ask for it by default."""
        with pytest.raises(LedgerUnusable, match="verify-full"):
            Database.at(f"postgresql+psycopg://x@db.example/y?sslmode={mode}")
        asked: dict[str, object] = {}
        database = Database.at("postgresql+psycopg://x@db.example/y")
        event.listen(
            database.writer, "do_connect", lambda *given: asked.update(given[3]) or psycopg.connect("")
        )
        with pytest.raises(OperationalError):
            database.writer.connect()
        assert "verify-full" == asked["sslmode"]

    @pytest.mark.parametrize(
        ("url", "holds"),
        [
            ("postgresql+psycopg://x:y@h/d", True),
            ("postgresql+psycopg://x@h/d?password=y", True),
            ("postgresql+psycopg://x@h/d?sslmode=verify-full", False),
            ("sqlite:///ledger.db", False),
            ("nonsense", False),
        ],
    )
    def test_a_secret_is_seen(self, url: str, holds: bool) -> None:  # noqa: FBT001
        """It should tell an address with a password from one without."""
        assert holds is holds_a_secret(url)

    def test_only_a_file_has_a_folder(self) -> None:
        """It should tell the file of a ledger from a database on a server."""
        assert Path("a/b.db") == database_file("sqlite:///a/b.db")
        assert [None] * 3 == [database_file(url) for url in ("postgresql://h/d", "sqlite://", "nonsense")]


class TestTwo:
    def test_a_ledger_held_by_another_process_is_busy(
        self, ledger_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It should say that somebody else is writing, and change nothing."""
        monkeypatch.setattr(ledger_engine, "WAIT_MS", 50)
        ledger, other = a_ledger(ledger_url), an_empty_ledger(ledger_url)

        with other._store.write(), pytest.raises(LedgerBusy):
            ledger.move_state(step(0, S.SYNCING), REASON)
        assert 6 == ledger.total().waiting
        ledger.move_state(step(0, S.SYNCING), REASON)

    def test_a_writer_stops_no_reader(self, ledger_url: str) -> None:
        """It should show a reader what was there before, until the writer has ended."""
        ledger, other = a_ledger(ledger_url), an_empty_ledger(ledger_url)

        with ledger._store.write() as connection:
            connection.exec_driver_sql("UPDATE summary SET state = 'syncing'")
            assert 6 == other.total().waiting
        assert 6 == other.total().in_flight

    def test_a_reader_sees_one_moment(self, ledger_url: str) -> None:
        """It should see in one transaction what was there when it began, whatever is written meanwhile."""
        ledger, other = a_ledger(ledger_url), an_empty_ledger(ledger_url)
        query = "SELECT count(*) FROM mailboxes WHERE state = 'waiting'"

        with other._store.read() as connection:
            seen = [connection.exec_driver_sql(query).scalar()]
            ledger.move_state(step(0, S.SYNCING), REASON)
            seen.append(connection.exec_driver_sql(query).scalar())
        assert [6, 6] == seen

    def test_who_freezes_with_the_lock_loses_it(
        self, databases: Pool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It should let others write when one does nothing in the middle of a write, and refuse that one's."""
        url = databases.empty()
        one, other = an_empty_ledger(url), an_empty_ledger(url)
        monkeypatch.setattr(ledger_engine, "IDLE_MS", 50)

        with pytest.raises(LedgerUnusable, match="idle"), one._store.write():
            other.import_estate([], [], [], REASON)

        assert 1 == len(list(other.journal()))

    def test_one_act_is_done_by_one_process(self, databases: Pool) -> None:
        """It should let nobody else, on whatever machine, do what a process is doing, and say who does it."""
        url = databases.empty()
        one, other = an_empty_ledger(url), an_empty_ledger(url)

        with one.alone("wave run"):
            with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), other.alone("wave run"):
                pass
            with other.alone("wave return"):
                other.import_estate([], [], [], REASON)
        with other.alone("wave run"):
            pass

    def test_a_cut_connection_is_made_again(self, databases: Pool) -> None:
        """It should go on after the server has ended a connection that lay idle."""
        url = databases.empty()
        ledger = a_ledger(url)
        with psycopg.connect(host=str(databases.server.folder), user="ledger", dbname="postgres") as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (url.split("/")[3].split("?")[0],),
            )

        assert 6 == ledger.total().waiting


class TestText:
    def test_order_is_that_of_the_bytes(self, ledger_url: str) -> None:
        """It should order by the bytes of UTF-8, not by a language, in every database."""
        codes = ["a1", "B1", "b2", "_1", "Z9", "É1", "é2", "10", "9"]
        ledger = an_empty_ledger(ledger_url)
        ledger.import_estate([an_organisation(code) for code in codes], [], [], REASON)

        assert sorted(codes, key=str.encode) == [body.code for body in ledger.organisations()]

    @pytest.mark.parametrize("text", ["a\x00b", "a\ud800", "x" * 301])
    def test_what_one_database_refuses_all_refuse(self, ledger_url: str, text: str) -> None:
        """It should refuse a NUL, half of a surrogate pair and a key that is too long, and write nothing."""
        ledger = a_ledger(ledger_url)

        with pytest.raises(Unstorable):
            ledger.record_approval(text, "W1", NOW, REASON)
        assert (1, len(MAILBOXES)) == (len(ledger.journal()), ledger.total().waiting)

    @pytest.mark.parametrize("text", ["a\x00b@example.org", "a\ud800@example.org", "x" * 301])
    def test_an_import_of_such_text_is_refused(self, ledger_url: str, text: str) -> None:
        """It should import nothing of an estate in which one text cannot be kept."""
        ledger = an_empty_ledger(ledger_url)

        with pytest.raises(Unstorable):
            ledger.import_estate(
                [an_organisation()], [msgspec.structs.replace(a_mailbox(1), address=text)], [], REASON
            )
        assert ledger.scope() is None
