"""A folder of evidence: taken whole or not at all, with file, line and reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from mailwave.adapters.evidence_files import read_estate, read_evidence
from mailwave.core.bad_rows import BadRows
from mailwave.core.readiness.handed_in import HandedIn
from tests.mailwave.core.readiness.books import SHIPPED

GUID = "00000000-0000-0000-0000-000000000001"
MAILBOXES = "guid,mobile,mobile_on,hold,hold_on,seat,mail_user\n"
ROW = f"{GUID},16.1,2026-09-01,none,2026-09-01,true,{GUID}\n"
FACTS = "organisation,kind,value,on,source\n"
FACT = "RR8,tls,1.2,2026-09-01,observed\n"


def problems(folder: Path) -> list[str]:
    """Why the evidence in *folder* is refused."""
    with pytest.raises(BadRows) as refused:
        read_evidence(folder)
    return [str(row) for row in refused.value.rows]


def test_an_empty_folder_is_no_evidence(tmp_path: Path) -> None:
    """It should read nothing from nothing."""
    found = read_evidence(tmp_path)

    assert HandedIn() == found


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_both_formats_say_the_same(kind: str, tmp_path: Path) -> None:
    """It should take the same values from CSV, with or without a byte order mark, and from Parquet."""
    text = ("\ufeff" + MAILBOXES + ROW).encode()
    if kind == "csv":
        (tmp_path / "mailboxes.csv").write_bytes(text)
    else:
        pl.read_csv(text.removeprefix(b"\xef\xbb\xbf")).write_parquet(tmp_path / "mailboxes.parquet")

    found = read_evidence(tmp_path).mailboxes

    assert found is not None
    day = date(2026, 9, 1)
    assert [(GUID, day, "none", day, GUID, True)] == found.select(
        "guid", "mobile_on", "hold", "hold_on", "mail_user", "seat"
    ).rows()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (ROW.replace("16.1", "new"), "mailboxes.csv:3: has, where its mobile belongs, 'new'"),
        (ROW.replace("true", "yes"), "mailboxes.csv:3: has, where its seat belongs, 'yes'"),
        (ROW.replace("2026-09-01", "01/09/2026", 1), "has, where its mobile_on belongs, '01/09/2026'"),
        (ROW.replace("none", "=cmd()"), "has, where its hold belongs, '=cmd()'"),
        (ROW.replace(GUID, "x" * 36, 1), "has, where its guid belongs, 'xxxx"),
        (
            ROW.replace(f",{GUID}\n", ",nobody\n"),
            "mailboxes.csv:3: has, where its mail_user belongs, 'nobody'",
        ),
        (ROW, "mailboxes.csv:3: repeats the guid"),
    ],
)
def test_a_bad_mailbox_is_named(row: str, why: str, tmp_path: Path) -> None:
    """It should refuse the whole folder for one value that cannot be taken, and name its line."""
    first = ROW.replace(GUID, GUID[:-1] + "2") if GUID not in why and "repeats" not in why else ROW
    (tmp_path / "mailboxes.csv").write_text(MAILBOXES + first + row, encoding="utf-8")

    assert any(why in problem for problem in problems(tmp_path))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("RR8,tls,twelve,2026-09-01,observed\n", "has 'twelve' where its tls belongs"),
        ("RR8,colour,red,2026-09-01,observed\n", "has 'colour' where one of tls"),
        ("rr8,tls,1.2,2026-09-01,observed\n", "has 'rr8' where its organisation belongs"),
        ("RR8,tls,1.2,2026-13-01,observed\n", "has '2026-13-01' where its day belongs"),
        ("RR8,tls,1.2,2026-09-01,attested\n", "an attestation counts only with its signature"),
        ("RR8,tls,1.2,2026-09-01,rumour\n", "has 'rumour' where observed belongs"),
        ("RR8,mail_exchanger,=cmd(),2026-09-01,observed\n", "where its mail_exchanger belongs"),
        (",,,,\n", "where its organisation belongs"),
    ],
)
def test_a_bad_fact_is_named(row: str, why: str, tmp_path: Path) -> None:
    """It should refuse the whole folder for one fact that cannot be taken, and name its line."""
    (tmp_path / "organisations.csv").write_text(FACTS + FACT + row, encoding="utf-8")

    found = problems(tmp_path)

    assert ["organisations.csv:3: "] == [problem[:21] for problem in found]
    assert why in found[0]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    """It should name a file without its columns, a torn one, two tables of mailboxes, and a torn attestation."""
    (tmp_path / "mailboxes.csv").write_text("name\nx\n", encoding="utf-8")
    (tmp_path / "mailboxes.parquet").write_bytes(b"PAR1 torn")
    (tmp_path / "organisations.csv").write_text("organisation\nRR8\n", encoding="utf-8")
    (tmp_path / "attestations.jsonl").write_text('{"organisation": 1}\n', encoding="utf-8")

    found = problems(tmp_path)

    assert "organisations.csv:1: has no column kind, value, on, source" == found[0]
    assert "mailboxes.csv:1: has no column guid" == found[1]
    assert found[2].startswith("mailboxes.parquet: cannot be read")
    assert found[3].startswith("attestations.jsonl:1: is no statement of that kind")
    assert found[4].endswith("holds more than one table of mailboxes; hand in one")


def test_a_right_of_a_stranger_is_refused(tmp_path: Path) -> None:
    """It should name a right whose mailbox or trustee is no row of the mailboxes."""
    (tmp_path / "mailboxes.csv").write_text(MAILBOXES + ROW, encoding="utf-8")
    (tmp_path / "organisations.csv").write_text(FACTS + FACT, encoding="utf-8")
    (tmp_path / "rights.csv").write_text("mailbox,trustee\n0,0\n0,1\n", encoding="utf-8")

    with pytest.raises(BadRows, match=r"rights\.csv:3: is a right on or of a mailbox that is in no row"):
        read_estate(tmp_path, "csv", SHIPPED, date(2026, 9, 1))
