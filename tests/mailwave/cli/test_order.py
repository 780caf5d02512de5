"""Commands that are typed in the wrong order, or at the wrong place: refused, and nothing is changed."""

from __future__ import annotations

from pathlib import Path

from mailwave.exits import Exit
from tests.mailwave.cli.conftest import ODS, WHY, Run


def test_the_check_wants_an_estate(run: Run, tmp_path: Path) -> None:
    """It should end with 13 and not call nobody ready when nothing was imported."""
    code, said = run("estate", "check", "--client-logs", str(tmp_path), *WHY)

    assert Exit.NO_PLAN == code
    assert "holds no estate" in said


def test_the_check_wants_logs(run: Run, tmp_path: Path) -> None:
    """It should end with 10 when the folder holds no log, and not defer everybody for want of evidence."""
    run("estate", "import", "--ods", str(ODS), *WHY)

    code, said = run("estate", "check", "--client-logs", str(tmp_path), *WHY)

    assert Exit.INPUT_REJECTED == code
    assert "*.LOG" in said


def test_files_of_one_name_are_all_read(run: Run, tmp_path: Path) -> None:
    """It should see that two exports of one name repeat each other, and not let one hide the other."""
    other = tmp_path / "etr.csv"
    other.write_bytes((ODS / "etr.csv").read_bytes().splitlines(keepends=True)[0])

    code, said = run("estate", "import", "--ods", str(ODS), "--ods", str(other), *WHY)

    assert Exit.INPUT_REJECTED == code
    assert f"{other}:1: repeats the organisation code" in said


def test_a_ledger_lies_where_its_address_says(run: Run, tmp_path: Path) -> None:
    """It should make the folder that the ledger's address means, whatever letters are quoted in it."""
    code, _ = run("wave", "account")

    assert Exit.OK == code
    assert ["a ?%b"] == [entry.name for entry in tmp_path.iterdir()]
