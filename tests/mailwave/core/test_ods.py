"""Organisation exports: the real ones, and damaged ones."""

import contextlib
import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.bad_rows import BadRow, BadRows
from mailwave.core.ods import read_exports

ODS = Path(__file__).parents[3] / "rehearsal" / "data" / "ods"


def a_row(code: str = "A81001", **columns: str) -> list[str]:
    """A row of 27 cells; *columns* are named c1 to c26 by position."""
    row = [code, "THE DENSHAM SURGERY", "Y63", "QHM", *[""] * 5, "TS18 1HU", "19740401", "", "A", *[""] * 14]
    for name, value in columns.items():
        row[int(name.removeprefix("c"))] = value
    return row


def exported(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("latin-1")


def bad_rows(**files: bytes) -> tuple[BadRow, ...]:
    with pytest.raises(BadRows) as caught:
        read_exports({f"{name}.csv": data for name, data in files.items()})
    return caught.value.rows


class TestRealExports:
    def test_the_three_files_give_every_open_organisation(self) -> None:
        """It should find 212 trusts, 12,083 prescribing cost centres and 11,276 dispensers: 23,571 in all."""
        organisations = read_exports({path.name: path.read_bytes() for path in sorted(ODS.glob("*.csv"))})

        kinds = Counter(organisation.kind for organisation in organisations)
        assert {"trust": 212, "prescriber": 12_083, "dispenser": 11_276} == kinds
        assert 23_571 == len({organisation.code for organisation in organisations})


class TestOpen:
    @pytest.mark.parametrize(
        ("status", "closed", "expected"),
        [
            ("A", "", 1),
            ("A", "20300101", 1),
            ("", "", 1),
            ("", "20200101", 0),
            ("C", "20200101", 0),
            ("P", "", 0),
        ],
    )
    def test_the_status_decides_and_else_the_close_date(
        self, status: str, closed: str, expected: int
    ) -> None:
        """It should take A as open, and no status as open while there is no close date."""
        found = read_exports({"etr.csv": exported(a_row(c11=closed, c12=status))})

        assert expected == len(found)

    def test_postcodes_come_out_in_one_form(self) -> None:
        """It should mend blanks in postcodes, as some real rows need."""
        found = read_exports(
            {"folder/edispensary.csv": exported(a_row(c9="SA5 9 EA"), a_row("A2X", c9=" LS97TF "))}
        )

        assert ["SA5 9EA", "LS9 7TF"] == [organisation.postcode for organisation in found]

    @given(st.text(st.characters(codec="latin-1", categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=60))
    def test_names_survive_the_round_trip(self, name: str) -> None:
        """It should give back any latin-1 name as it was written."""
        found = read_exports({"etr.csv": exported(a_row(c1=name))})

        assert [name] == [organisation.name for organisation in found]


class TestDamage:
    @pytest.mark.parametrize(
        "row",
        [
            a_row(c1=""),
            a_row(c1="=HYPERLINK(1)"),
            a_row(c1="A\x00B"),
            a_row(c1="A\x07B"),
            a_row("a81"),
            a_row(""),
            a_row(c12="X"),
            a_row(c10="20240231"),
            a_row(c10="2024W011"),
            a_row(c11="yesterday"),
            a_row(c9="NOWHERE"),
            a_row(c2="Y6"),
            a_row()[:-1],
            [*a_row(), ""],
            a_row(c12="C", c10="x"),
        ],
    )
    def test_a_bad_row_is_named_by_its_line(self, row: list[str]) -> None:
        """It should refuse the whole file and name the line of the bad row."""
        found = bad_rows(epraccur=exported(a_row(), row, a_row("A2X")))

        assert [("epraccur.csv", 2)] == [(bad.file, bad.line) for bad in found]

    def test_lines_are_those_of_the_physical_file(self) -> None:
        """It should count the lines inside a quoted cell, as an editor does."""
        found = bad_rows(etr=exported(a_row(c5="ONE\nTWO\r\nTHREE"), a_row("A2X", c12="X")))

        assert [4] == [bad.line for bad in found]

    def test_a_code_is_given_once_over_all_files(self) -> None:
        """It should name the line that had the code first."""
        found = bad_rows(etr=exported(a_row()), epraccur=exported(a_row("A2X"), a_row()))

        assert [BadRow("epraccur.csv", 2, "repeats the organisation code A81001 of etr.csv:1")] == list(found)

    def test_all_bad_rows_are_found_at_once_up_to_a_ceiling(self) -> None:
        """It should keep 50 with their reasons and count the rest."""
        rows = [a_row(f"A{n:04d}", c12="X") for n in range(73)]

        with pytest.raises(BadRows) as caught:
            read_exports({"etr.csv": exported(*rows)})
        assert (50, 23) == (len(caught.value.rows), caught.value.more)
        assert str(caught.value).endswith("and 23 more")

    @pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b"\xff\xfe\x00"])
    def test_an_empty_or_foreign_file_is_refused(self, data: bytes) -> None:
        """It should not take a file without any organisation for an export."""
        assert bad_rows(etr=data)

    def test_another_file_is_refused(self) -> None:
        """It should say which files it knows."""
        assert "etr.csv" in bad_rows(letters=exported(a_row()))[0].reason

    def test_no_file_at_all_is_refused(self) -> None:
        """It should not take an empty folder for an estate without organisations."""
        with pytest.raises(BadRows, match="none was found"):
            read_exports({})

    @given(st.binary(max_size=400))
    def test_no_bytes_cause_anything_but_a_refusal(self, data: bytes) -> None:
        """It should answer any bytes at all with organisations or bad rows, never with a traceback."""
        with contextlib.suppress(BadRows):
            read_exports({"etr.csv": data})
