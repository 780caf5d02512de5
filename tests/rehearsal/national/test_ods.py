"""Reading the carried organisations."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.national import ods
from rehearsal.national.errors import BadOrganisations, FolderUnusable
from rehearsal.national.shape import KINDS

ROW = '"A1","THE SURGERY","Y63","QHM","1 ROAD","","LEEDS","","","LS1 1AA","19740401","","A",' + ",".join(
    ['""'] * 14
)


def exports(folder: Path, rows: dict[str, str]) -> Path:
    for kind in KINDS:
        (folder / kind.file).write_text(rows.get(kind.file, ""), encoding="latin-1")
    return folder


def test_closed_organisations_are_left_out(tmp_path: Path) -> None:
    """It should take active rows, and in the file of trusts those without a close date."""
    shut = ROW.replace("A1", "A2").replace('"A"', '"C"')
    trust = ROW.replace("A1", "R1").replace('"A"', '""')
    closed = trust.replace("R1", "R2").replace('"19740401",""', '"19740401","20200101"')
    folder = exports(tmp_path, {"epraccur.csv": f"{ROW}\n{shut}\n", "etr.csv": f"{trust}\n{closed}\n"})
    assert [("R1", "trust"), ("A1", "prescriber")] == [(found.code, found.kind) for found in ods.read(folder)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f'{ROW}\n"A2","SHORT"\n', "epraccur.csv, line 2: has 2 columns where an export has 27"),
        (f"{ROW}\n{ROW}\n", "epraccur.csv, line 2: repeats the code A1 of epraccur.csv"),
        (ROW.replace('"A1"', '""'), "epraccur.csv, line 1: has no code or no name"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    """It should say the file, the line and the fault."""
    with pytest.raises(BadOrganisations, match=sentence):
        ods.read(exports(tmp_path, {"epraccur.csv": text}))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """It should say which file is not there."""
    with pytest.raises(FolderUnusable, match=r"etr\.csv cannot be used"):
        ods.read(tmp_path)
