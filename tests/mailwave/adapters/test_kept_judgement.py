"""A judgement kept in files: the same when it is read again, and as if it were not there when anything is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from mailwave.adapters.kept_judgement import NAME, KeptJudgement
from mailwave.core.estate import ClientSeen
from mailwave.core.readiness.judge import Judged
from mailwave.core.readiness.kept import Kept, clients_table
from tests.mailwave.builders import NOW

KEPT = Kept(
    Judged(
        pl.DataFrame({"?size": [0, 4], "code": [255, 2]}, schema={"?size": pl.UInt8, "code": pl.UInt8}),
        pl.DataFrame({"organisation": ["RR8"], "tls_on": [date(2026, 9, 1)], "bandwidth": [0.5]}),
    ),
    pl.Series("guid", ["a", "b"]),
    pl.DataFrame({"organisation": ["RR8"], "first": [2**64 - 1], "until": [date.max]},
                 schema_overrides={"first": pl.UInt64}),
    "sha256:00",
    date(2026, 9, 1),
    clients_table({"/o=x/cn=a": ClientSeen((16, 0, 4600), (16, 0, 5000), NOW)}),
)  # fmt: skip


def is_kept(found: Kept | None) -> bool:
    """Whether that is what was kept."""
    return (
        found is not None
        and KEPT.judged.mailboxes.equals(found.judged.mailboxes)
        and KEPT.judged.organisations.equals(found.judged.organisations)
        and KEPT.guids.equals(found.guids)
        and KEPT.stamps.equals(found.stamps)
        and KEPT[3:5] == found[3:5]
        and KEPT.clients.equals(found.clients)
    )


def test_it_is_the_same_again(tmp_path: Path) -> None:
    """It should read what was written, types and all, and know of nothing before that."""
    keeper = KeptJudgement(tmp_path / "readiness")

    assert keeper.read() is None
    keeper.write(KEPT)
    assert is_kept(keeper.read())


def test_the_newer_takes_the_place_of_the_older(tmp_path: Path) -> None:
    """It should keep one judgement, and the files of no other."""
    keeper = KeptJudgement(tmp_path)
    keeper.write(KEPT._replace(guids=pl.Series("guid", ["c", "d"])))
    keeper.write(KEPT)

    assert is_kept(keeper.read())
    assert 5 == len(list(tmp_path.iterdir()))


def test_a_write_that_was_cut_off_leaves_the_older(tmp_path: Path) -> None:
    """It should go by the file that is written last."""
    keeper = KeptJudgement(tmp_path)
    keeper.write(KEPT)
    named = (tmp_path / NAME).read_bytes()
    tables = {file: file.read_bytes() for file in tmp_path.glob("*.parquet")}
    keeper.write(KEPT._replace(guids=pl.Series("guid", ["c", "d"])))
    (tmp_path / NAME).write_bytes(named)
    for file, content in tables.items():
        file.write_bytes(content)

    assert is_kept(keeper.read())


def test_what_is_not_whole_is_not_there(tmp_path: Path) -> None:
    """It should take nothing where a table is torn, changed or gone, or the file that names them is."""
    keeper = KeptJudgement(tmp_path)
    for file in (*(f"judged-{name}" for name in ("mailboxes", "organisations", "stamps")), NAME):
        for content in (b"", b"PAR1", None):
            keeper.write(KEPT)
            found = next(tmp_path.glob(f"{file}*"))
            if content is None:
                found.unlink()
            else:
                found.write_bytes(content)
            assert keeper.read() is None


def test_another_table_in_its_place_is_not_taken(tmp_path: Path) -> None:
    """It should go by what was kept, not by what can be read."""
    keeper = KeptJudgement(tmp_path)
    keeper.write(KEPT)
    file = next(tmp_path.glob("judged-mailboxes*"))
    pl.read_parquet(file).with_columns(pl.lit(255, dtype=pl.UInt8).alias("code")).write_parquet(file)

    assert keeper.read() is None


def test_it_says_where_the_evidence_lies(tmp_path: Path) -> None:
    """It should remember the folder that evidence was read from, and take its own for it where none is remembered."""
    own, given = tmp_path / "readiness", tmp_path / "handed-in"
    nothing = KeptJudgement(own).handed_in
    KeptJudgement(own, given).write(KEPT)
    remembered = KeptJudgement(own).handed_in
    KeptJudgement(own).write(KEPT)

    assert (own, given, own) == (nothing, remembered, KeptJudgement(own).handed_in)
