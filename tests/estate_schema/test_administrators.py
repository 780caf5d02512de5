"""The table of administrators: who may attest and waive, taken whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_schema import ConfigurationError
from estate_schema.administrators import COLUMNS, load_administrators

HEAD = ",".join(COLUMNS)
ANNE = "00000000-0000-0000-0000-00000000000a,Anne,RR8,attests," + "ab" * 32 + ",2026-01-01,2026-12-31,"
BERT = "00000000-0000-0000-0000-00000000000b,Bert,*,waives," + "cd" * 32 + ",2026-01-01,2026-12-31,2026-03-01"


def table(folder: Path, *lines: str) -> Path:
    """A file of these lines."""
    file = folder / "administrators.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_everybody_is_taken(tmp_path: Path) -> None:
    """It should take who attests for one organisation, who waives for any, and when a key was revoked."""
    found = load_administrators(table(tmp_path, HEAD, ANNE, BERT)).administrators

    assert [("RR8", "attests", None), ("*", "waives", "2026-03-01")] == [
        (each.organisation, each.part, each.revoked and str(each.revoked)) for each in found
    ]


def test_without_a_table_there_is_nobody(tmp_path: Path) -> None:
    """It should know nobody where there is no file, and where there is nobody in it."""
    assert () == load_administrators(tmp_path / "none.csv").administrators
    assert () == load_administrators(table(tmp_path, HEAD)).administrators


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([HEAD.replace("who", "whom"), ANNE], "line 1: has other columns"),
        ([HEAD, ANNE + ",more"], "row 2: has too many or too few cells"),
        ([HEAD, ANNE[:-1].rsplit(",", 1)[0]], "row 2: has too many or too few cells"),
        ([HEAD, ANNE.replace("RR8", "rr8")], "administrators.0.organisation"),
        ([HEAD, ANNE.replace("RR8", "*")], "attests for every organisation"),
        ([HEAD, ANNE.replace("ab" * 32, "ab" * 31)], "administrators.0.public_key"),
        ([HEAD, ANNE.replace("2026-12-31", "2025-12-31")], "ends before it begins"),
        ([HEAD, ANNE.replace("00000000-", "anne")], "administrators.0.who"),
        ([HEAD, ANNE, BERT.replace("cd" * 32, "ab" * 32)], "has the key abababababab twice"),
        ([HEAD, ANNE, ANNE.replace("RR8", "RX1").replace("ab" * 32, "cd" * 32)], "in two parts"),
        ([HEAD, '"' + ANNE], "is no table in UTF-8"),
    ],
)
def test_a_wrong_table_is_refused_whole(lines: list[str], problem: str, tmp_path: Path) -> None:
    """It should name the first thing that is wrong, and take nobody."""
    with pytest.raises(ConfigurationError, match=problem.replace("*", r"\*")):
        load_administrators(table(tmp_path, *lines))
