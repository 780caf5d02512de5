"""The ledger's own commands, and the import of a whole estate from Parquet."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mailwave.exits import Exit
from tests.databases import Pool
from tests.mailwave.adapters.test_ledger_columns import in_parquet
from tests.mailwave.cli.conftest import WHY, Run

FILE = "a ?%b/ledger.db"
"""Where the ledger of `run` is."""


def at_version(file: Path, version: str) -> None:
    """Have the ledger in *file* say that it is of *version*."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE ledger_version SET version_num = ?", (version,))


def test_a_whole_estate_is_imported(run: Run, tmp_path: Path) -> None:
    """It should import the tables, do nothing in a dry run, and take the same again."""
    folder = tmp_path / "tables"
    folder.mkdir()
    in_parquet(folder)
    command = ("estate", "import", "--from", str(folder), *WHY)

    assert Exit.OK == run(*command, "-n")[0]
    code, said = run(*command)
    assert Exit.OK == code
    assert "delegate rights" in said
    assert Exit.OK == run(*command)[0]
    assert "planned" in run("wave", "account", "--json")[1]


def test_a_folder_that_is_no_estate_is_refused(run: Run, tmp_path: Path) -> None:
    """It should end with 10 and name the table and the column that is missing."""
    folder = tmp_path / "tables"
    folder.mkdir()
    file = in_parquet(folder) / "mailboxes.parquet"
    import polars as pl

    pl.read_parquet(file).drop("legacy_dn").write_parquet(file)

    code, said = run("estate", "import", "--from", str(folder), *WHY)
    assert Exit.INPUT_REJECTED == code
    assert "mailboxes.parquet" in said
    assert "legacy_dn" in said


def test_something_has_to_be_imported(run: Run) -> None:
    """It should name both roads when none was taken."""
    code, said = run("estate", "import", *WHY)

    assert Exit.CONFIGURATION == code
    assert "--from" in said


def test_an_older_ledger_is_refused_with_the_command_to_run(run: Run, tmp_path: Path) -> None:
    """It should end with 33, name the command, and show before and after the upgrade what is so."""
    assert "nothing is in it yet" in run("estate", "ledger", "status")[1]
    assert Exit.OK == run("estate", "ledger", "upgrade")[0]
    at_version(tmp_path / FILE, "0000")

    code, said = run("wave", "account")
    assert Exit.LEDGER_OUTDATED == code
    assert "mailwave estate ledger upgrade" in said
    assert '"held": "0000"' in run("estate", "ledger", "status", "--json")[1]


def test_a_ledger_on_a_server_is_named_without_its_password(
    run: Run, databases: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should work on PostgreSQL by the address in a file, and show no password."""
    file = tmp_path / "address"
    file.write_text(databases.empty().replace("ledger@", "ledger:sesame@"))
    file.chmod(0o600)
    monkeypatch.delenv("MAILWAVE_LEDGER")
    monkeypatch.setenv("MAILWAVE_LEDGER_FILE", str(file))

    assert Exit.OK == run("estate", "ledger", "upgrade")[0]
    code, said = run("estate", "ledger", "status")
    assert Exit.OK == code
    assert "ledger:***@" in said
    assert "sesame" not in said
