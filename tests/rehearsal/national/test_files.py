"""An estate in a folder, and its digest."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import rfc8785

from rehearsal.national import __main__ as command
from rehearsal.national import canonical, files
from rehearsal.national.errors import FolderUnusable
from rehearsal.national.estate import KEYS, NationalEstate


def test_what_is_written_is_read_again(estate: NationalEstate, tmp_path: Path) -> None:
    """It should read the rows that it wrote, with the digests of the contents file."""
    contents = files.write(estate, tmp_path / "estate")
    assert contents == files.describe(files.read(tmp_path / "estate"))


def test_the_digest_is_of_rows_and_not_of_bytes(estate: NationalEstate, tmp_path: Path) -> None:
    """It should not change with compression, row groups or the order of rows, and change with one value."""
    table, key = estate.permissions, KEYS["permissions"]
    table.sample(fraction=1, shuffle=True, seed=1).write_parquet(
        tmp_path / "other", compression="gzip", row_group_size=777
    )
    other = pl.read_parquet(tmp_path / "other")
    changed = table.with_columns(
        trustee=pl.when(pl.col("mailbox") == table["mailbox"][0]).then(0).otherwise("trustee")
    )
    assert canonical.digest(table, key) == canonical.digest(other, key)
    assert canonical.digest(table, key) != canonical.digest(changed, key)


@pytest.mark.parametrize("name", KEYS)
def test_canonical_rows_are_rfc_8785(estate: NationalEstate, name: str) -> None:
    """It should write rows byte for byte as the reference implementation does."""
    table = estate.tables[name]
    rows = table.select(sorted(table.columns)).head(300)
    expected = b"".join(rfc8785.dumps(row) + b"\n" for row in rows.iter_rows(named=True))
    assert expected == canonical.lines(rows)


def test_a_write_that_was_cut_off_is_no_estate(estate: NationalEstate, tmp_path: Path) -> None:
    """It should refuse a folder without its contents file, and one without a table."""
    files.write(estate, tmp_path)
    (tmp_path / "sites.parquet").unlink()
    with pytest.raises(FolderUnusable, match="no whole estate"):
        files.read(tmp_path)
    (tmp_path / files.CONTENTS).unlink()
    with pytest.raises(FolderUnusable, match="no whole estate"):
        files.read(tmp_path)


def test_writing_over_an_estate_takes_its_contents_file_first(estate: NationalEstate, tmp_path: Path) -> None:
    """It should leave no whole estate where a second write is cut off between two tables."""
    files.write(estate, tmp_path)

    def cut(what: str) -> None:
        if what == "mailboxes.parquet":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write(estate, tmp_path, progress=cut)
    with pytest.raises(FolderUnusable, match="no whole estate"):
        files.read(tmp_path)


def test_the_command_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It should write the files, end with 0, and show tables, digest, time and memory."""
    code = command.main(["--seed", "7", "--mailboxes", "1000", "--out", str(tmp_path)])
    said = capsys.readouterr()
    assert code == 0
    assert {f"{name}.parquet" for name in KEYS} | {files.CONTENTS} == {
        file.name for file in tmp_path.iterdir()
    }
    assert "peak memory" in said.out
    assert "permissions" in said.err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--mailboxes", "3", "--out", "{tmp}/a"], 2, "it must lie between 1,000 and 10,000,000"),
        (["--mailboxes", "1000", "--out", "{tmp}/file"], 4, "cannot be used: file exists"),
    ],
)
def test_bad_input_gets_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
) -> None:
    """It should refuse with the exit code and the sentence of the error, and no trace."""
    (tmp_path / "file").touch()
    found = command.main([part.format(tmp=tmp_path) for part in arguments])
    said = capsys.readouterr().err
    assert found == code
    assert sentence in said
    assert "Traceback" not in said
