"""Commands that are typed in the wrong order, or at the wrong place: refused, and nothing is changed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailwave import cli
from mailwave.exits import Exit

WHY = ("--ticket", "CHG1", "--reason", "test")
ODS = Path(__file__).resolve().parents[3] / "rehearsal" / "data" / "ods"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command line with a ledger in a folder whose name has to be quoted; code and all that was printed."""
    monkeypatch.setenv("MAILWAVE_ENVIRONMENT", "rehearsal")
    monkeypatch.setenv("MAILWAVE_LEDGER", f"sqlite:///{tmp_path}/a%20%3F%25b/ledger.db")
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.delenv("MAILWAVE_ENDPOINTS", raising=False)

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["mailwave", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return command


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
