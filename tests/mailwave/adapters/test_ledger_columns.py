"""A ledger in columns is the ledger in structs, in each of its databases."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from sqlalchemy import Connection, inspect

from mailwave.adapters import ledger_summary
from mailwave.adapters.estate_parquet import NotAnEstate
from mailwave.adapters.estate_tables import read_tables
from mailwave.core.delegates.held import of_permissions
from mailwave.core.estate import Mailbox
from mailwave.core.estate_columns import estate_digest
from mailwave.core.population import of_mailboxes
from mailwave.core.refusals import DifferentScope, Refusal
from mailwave.core.scope import BrokenScope
from mailwave.core.states import MailboxState
from tests.databases import NewUrl
from tests.mailwave.adapters.ledgers import (
    MAILBOXES,
    ORGANISATIONS,
    PERMISSIONS,
    a_ledger,
    an_empty_ledger,
    step,
)
from tests.mailwave.builders import REASON, a_mailbox, an_organisation


def in_parquet(folder: Path, **changed: pl.DataFrame) -> Path:
    """The small estate as files in *folder*, with some tables *changed*."""
    number = {box.guid: n for n, box in enumerate(MAILBOXES)}
    tables = {
        "organisations": pl.DataFrame(
            [{name: getattr(body, name) for name in body.__struct_fields__} for body in ORGANISATIONS]
        ),
        "mailboxes": pl.DataFrame(
            [
                {"number": n} | {name: getattr(box, name) for name in box.__struct_fields__}
                for n, box in enumerate(MAILBOXES)
            ]
        ),
        "permissions": pl.DataFrame(
            [
                {"mailbox": number[right.guid], "trustee": number[right.trustee], "kind": right.kind}
                for right in PERMISSIONS
            ]
        ),
        **changed,
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    return folder


def shape(connection: Connection) -> dict[str, list[str]]:
    """Every index and constraint of every table."""
    held = inspect(connection)
    return {
        table: sorted(
            str((each["name"], each.get("column_names", each.get("constrained_columns"))))
            for found in (
                held.get_indexes(table),
                held.get_foreign_keys(table),
                held.get_unique_constraints(table),
                [held.get_pk_constraint(table)],
            )
            for each in found
        )
        for table in held.get_table_names()
    }


class TestImport:
    def test_it_is_the_same_ledger(self, ledger_url: str, tmp_path: Path) -> None:
        """It should hold what an import of structs holds, with one entry, and verify."""
        ledger = an_empty_ledger(ledger_url)
        with ledger._store.read() as connection:
            before = shape(connection)
        ledger.import_columns(read_tables(in_parquet(tmp_path)), REASON)

        assert MAILBOXES == [record.mailbox for record in ledger.mailboxes(MailboxState.WAITING)]
        assert sorted(ORGANISATIONS, key=lambda body: body.code) == ledger.organisations()
        assert sorted(PERMISSIONS) == ledger.permissions()
        assert (6, 1) == (ledger.total().waiting, len(ledger.journal()))
        ledger.verify_journal()
        with ledger._store.read() as connection:
            assert before == shape(connection)
            assert {} == ledger_summary.differences(connection)

    def test_both_roads_know_each_other_s_estate(self, new_ledger_url: NewUrl, tmp_path: Path) -> None:
        """It should know the estate again that came in structs, and the other way round, and refuse another."""
        columns = read_tables(in_parquet(tmp_path))
        one, other = a_ledger(new_ledger_url()), an_empty_ledger(new_ledger_url())
        one.move_state(step(0, MailboxState.SYNCING), REASON)
        one.import_columns(columns, REASON)
        other.import_columns(columns, REASON)
        other.import_estate(ORGANISATIONS, MAILBOXES, PERMISSIONS, REASON)

        assert (1, 2) == (one.total().in_flight, len(one.journal()))
        assert (one.scope(), 1) == (other.scope(), len(other.journal()))
        none = pl.DataFrame(schema={"mailbox": pl.Int64, "trustee": pl.Int64, "kind": pl.String})
        fewer = in_parquet(tmp_path, permissions=none)
        with pytest.raises(DifferentScope):
            other.import_columns(read_tables(fewer), REASON)

    def test_an_empty_estate_freezes_nothing(self, ledger_url: str, tmp_path: Path) -> None:
        """It should take the place of organisations that were imported alone."""
        ledger = an_empty_ledger(ledger_url)
        ledger.import_estate(ORGANISATIONS[:1], [], [], REASON)
        ledger.import_columns(read_tables(in_parquet(tmp_path)), REASON)

        ledger.verify_journal()
        assert (2, 6) == (len(ledger.organisations()), ledger.total().planned)


class TestReading:
    def test_tables_come_back_as_they_were(self, ledger_url: str) -> None:
        """It should give back texts that are empty or foreign, and numbers that are not known."""
        odd = [
            msgspec.structs.replace(a_mailbox(n), display_name=text, server=text, items=None)
            for n, text in enumerate(
                ["", '"quoted", and', "two\nlines\r", "Siân \\N", "NULL", "{{7*7}}", " x "]
            )
        ]
        ledger = an_empty_ledger(ledger_url)
        ledger.import_estate([an_organisation()], odd, [], REASON)

        columns = ledger.columns()
        assert odd == [Mailbox(*row) for row in columns.mailboxes.iter_rows()]
        assert ledger.scope() == estate_digest(columns)

    def test_an_import_comes_back_as_it_was(self, ledger_url: str, tmp_path: Path) -> None:
        """It should give back the tables that were imported."""
        ledger, tables = an_empty_ledger(ledger_url), read_tables(in_parquet(tmp_path))
        ledger.import_columns(tables, REASON)

        assert [True] * 3 == [
            held.equals(given) for held, given in zip(ledger.columns(), tables, strict=True)
        ]

    def test_the_population_is_that_of_the_records(self, ledger_url: str) -> None:
        """It should give a plan the same as it gets by way of structs."""
        ledger = a_ledger(ledger_url)
        expected = of_mailboxes([record.mailbox for record in ledger.mailboxes()], ledger.organisations())
        rights = of_permissions(expected, ledger.permissions())
        population, held, _ = ledger.everybody()

        assert expected[-3:] == population[-3:]
        assert [True] * 9 == [
            np.array_equal(one, other)
            for one, other in zip((*expected[:-3], *rights), (*population[:-3], *held), strict=True)
        ]

    def test_an_empty_ledger_has_an_empty_population(self, ledger_url: str) -> None:
        """It should have nobody in it."""
        population, held, _ = an_empty_ledger(ledger_url).everybody()

        assert (0, 0) == (population.size, len(held.kind))


@pytest.mark.parametrize(
    ("table", "change", "error", "words"),
    [
        ("mailboxes", lambda held: held.drop("address"), NotAnEstate, "address"),
        ("mailboxes", lambda held: held.with_columns(number=pl.lit(1)), BrokenScope, "number"),
        ("mailboxes", lambda held: held.with_columns(pl.col("items").cast(pl.Float64)), NotAnEstate, "items"),
        ("permissions", lambda held: held.with_columns(kind=pl.lit("Owner")), BrokenScope, "Owner"),
        ("permissions", lambda held: held.with_columns(trustee=pl.lit(99)), BrokenScope, "not in the estate"),
        ("permissions", lambda held: held.with_columns(trustee=pl.lit(-1)), BrokenScope, "not in the estate"),
        ("organisations", lambda held: held.with_columns(code=pl.lit("X")), BrokenScope, "code: X"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    tmp_path: Path,
    table: str,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    error: type[Refusal],
    words: str,
) -> None:
    """It should name what is wrong with a table, and read nothing of it."""
    file = in_parquet(tmp_path) / f"{table}.parquet"
    change(pl.read_parquet(file)).write_parquet(file)

    with pytest.raises(error, match=words):
        read_tables(tmp_path)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """It should refuse a file that is no Parquet."""
    (in_parquet(tmp_path) / "mailboxes.parquet").write_bytes(b"PAR1 and nothing")

    with pytest.raises(NotAnEstate):
        read_tables(tmp_path)
