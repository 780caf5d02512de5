"""Migrations: an upgraded ledger is one made from scratch, and a failed upgrade has changed nothing."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, create_engine, inspect
from sqlalchemy.exc import DBAPIError

from mailwave.adapters import ledger_migrations, ledger_progress, ledger_store
from mailwave.adapters.ledger_schema import REVISION, VERSION_TABLE, metadata
from mailwave.adapters.ledger_store import Store
from mailwave.core.progress import Flight
from mailwave.core.refusals import LedgerUnusable
from mailwave.core.states import MailboxState
from tests.databases import NewUrl
from tests.mailwave.adapters.ledgers import a_ledger, an_empty_ledger

BASELINE = "0001"
IN_FLIGHT = "0002"

ROWS = (
    "INSERT INTO meta VALUES ('scope', 'sha256:1')",
    "INSERT INTO journal VALUES (1, '2026-01-01T00:00:00.000000Z', 'a', 's', '{}', 'w', 'h', 't', 'y', 'p', 'd')",
    "INSERT INTO organisations VALUES ('RR8', 'LEEDS', 'trust', '', '', '', 2)",
    "INSERT INTO waves VALUES ('W1', '2026-02-01', '2026-02-01T19:00:00.000000Z', '2026-02-02T05:00:00.000000Z', 'w')",
    "INSERT INTO batches VALUES ('B1', 'W1', 'leeds', 0)",
    *(
        f"INSERT INTO mailboxes VALUES ('{guid}', '{guid}@x', 'a', 'd', 'RR8', 'leeds', 'UserMailbox', 'l', 's', 'db',"
        f" 7, 1, 'waiting', '', {batch}, 0)"
        for guid, batch in (("g1", "'B1'"), ("g2", "NULL"))
    ),
    "INSERT INTO permissions VALUES ('g1', 'g2', 'SendAs')",
    "INSERT INTO approvals VALUES (1, 'w', 'W', '2026-01-01T00:00:00.000000Z', '2026-03-01T00:00:00.000000Z', 'x', '')",
    "INSERT INTO intents VALUES (1, 'act', 's', '{}', 'ok', NULL)",
    "INSERT INTO notices VALUES ('g1', 'success', 'ref', 'sent', '', 1)",
)
"""A row or two of each table, as it was in the first version that could be upgraded."""

SEEN = (
    *ROWS,
    "INSERT INTO in_flight VALUES (7, 'g1', 'RR8', 'leeds', 'W1', 'B1', 7, 'syncing', '')",
    "INSERT INTO in_flight VALUES (1999, 'g2', 'RR8', 'leeds', '', '', 7, 'syncing', '')",
    "INSERT INTO progress VALUES (7, 'Syncing', 40, 4, 2, 'Stalled', 1790000000)",
    "INSERT INTO progress VALUES (1999, '', NULL, NULL, NULL, '', NULL)",
)
"""Two mailboxes in flight in the second version, of which a poll has seen one."""

BROKEN = """
from alembic import op
from sqlalchemy import Column, Integer

revision, down_revision = "9999", "{before}"

def upgrade():
    op.create_table("early", Column("n", Integer))
    op.execute("{last}")
"""


def at(url: str, revision: str, *statements: str) -> None:
    """Bring the database at *url* to *revision*, and run *statements*."""
    engine = create_engine(url)
    with engine.begin() as connection:
        ledger_migrations.upgrade(connection, revision)
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def asked[Answer](url: str, question: Callable[[Connection], Answer]) -> Answer:
    """What *question* finds in the database at *url*."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return question(connection)
    finally:
        engine.dispose()


def shape(connection: Connection) -> dict[str, object]:
    """Every table as the database itself describes it."""
    held = inspect(connection)
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in held.get_columns(table)],
            "key": held.get_pk_constraint(table),
            "references": sorted(map(str, held.get_foreign_keys(table))),
            "once": sorted(map(str, held.get_unique_constraints(table))),
            "indexes": sorted(
                str(
                    {
                        **index,
                        "dialect_options": str(list(map(str, index.get("dialect_options", {}).values()))),
                    }
                )
                for index in held.get_indexes(table)
            ),
            "checks": sorted(map(str, held.get_check_constraints(table))),
        }
        for table in sorted(held.get_table_names())
    }


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each table of the baseline holds."""
    names = [name for name in inspect(connection).get_table_names() if name != VERSION_TABLE]
    return {
        name: len(connection.execute(Table(name, MetaData(), autoload_with=connection).select()).all())
        for name in names
    }


def test_the_last_migration_is_the_program_s() -> None:
    """It should look for the version that the newest migration leads to."""
    assert REVISION == ledger_migrations.steps()[-1][0]


def test_models_and_migrations_agree(empty_database_url: str) -> None:
    """It should find nothing to change in a ledger made from scratch."""
    an_empty_ledger(empty_database_url).close()

    def differences(connection: Connection) -> list[object]:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert [] == asked(empty_database_url, differences)


def test_an_upgraded_ledger_is_one_made_from_scratch(new_database_url: NewUrl) -> None:
    """It should have, upgraded from the baseline with rows in it, the shape of a new one, and its rows still."""
    new, old = new_database_url(), new_database_url()
    an_empty_ledger(new).close()
    at(old, BASELINE, *ROWS)
    before = asked(old, rows)
    store = Store(old, of_any_version=True)

    assert (BASELINE, REVISION) == (store.revision, store.upgrade())
    store.close()
    assert asked(new, shape) == asked(old, shape)
    after = asked(old, rows)
    assert before | {"meta": 2} == {name: after[name] for name in before}
    an_empty_ledger(old).close()


def test_what_was_seen_is_packed(empty_database_url: str) -> None:
    """It should keep what the last poll saw of mailboxes in flight, and count who is planned and who is held up."""
    at(empty_database_url, IN_FLIGHT, *SEEN)
    store = Store(empty_database_url, of_any_version=True)
    store.upgrade()
    store.close()
    ledger = an_empty_ledger(empty_database_url)

    seen, unseen = ledger.flights()
    place = ("RR8", "leeds", "W1", "B1", 7, MailboxState.SYNCING)
    moment = datetime.fromtimestamp(1790000000, UTC)
    assert Flight("g1", *place, "Syncing", 40, 4, 2, "Stalled", moment) == seen
    assert ("g2", "", None) == (unseen.guid, unseen.status, unseen.seen)
    assert ({"Stalled": 1}, 2) == (ledger.dashboard().stalls, ledger.dashboard().planned)
    with ledger._store.read() as connection:
        assert [] == ledger_progress.astray(connection)


@pytest.mark.parametrize("last", ["DROP TABLE nowhere", "DELETE FROM organisations"])
def test_an_upgrade_is_whole_or_nothing(
    empty_database_url: str, last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should leave a ledger as it was when the last step of an upgrade fails, or would have rows lead nowhere."""
    ledger = a_ledger(empty_database_url)
    held = ledger.mailboxes()
    ledger.close()
    before = asked(empty_database_url, shape)
    folder = tmp_path / "migrations"
    shutil.copytree(ledger_migrations.FOLDER, folder)
    (folder / "versions" / "r9999_broken.py").write_text(BROKEN.format(before=REVISION, last=last))
    monkeypatch.setattr(ledger_migrations, "FOLDER", folder)
    monkeypatch.setattr(ledger_store, "REVISION", "9999")
    store = Store(empty_database_url, of_any_version=True)

    with pytest.raises((DBAPIError, LedgerUnusable)):
        store.upgrade()
    store.close()
    monkeypatch.undo()
    assert before == asked(empty_database_url, shape)
    assert held == an_empty_ledger(empty_database_url).mailboxes()


def test_no_way_back_is_offered() -> None:
    """It should hold no migration that undoes one: what a newer version wrote, an older one cannot keep."""
    files = (ledger_migrations.FOLDER / "versions").glob("r*.py")
    assert [] == [file.name for file in files if "def downgrade" in file.read_text()]
