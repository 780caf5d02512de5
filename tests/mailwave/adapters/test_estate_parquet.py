"""An estate in Parquet: read as columns, and refused by name where it does not fit together."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mailwave.adapters.estate_parquet import NotAnEstate, read_estate
from mailwave.core.population import NotGuids, guid_texts, of_mailboxes
from mailwave.core.scope import BrokenScope
from tests.mailwave.builders import a_mailbox, a_right, guid

TABLES: dict[str, dict[str, list[Any]]] = {
    "mailboxes": {
        "number": [7, 3, 5],
        "guid": [guid(2), guid(0), guid(1)],
        "organisation": ["RR8", "A81001", "RR8"],
        "site": ["leeds", "bristol", "leeds"],
        "database": ["DB1", "DB2", "DB1"],
        "size_bytes": [10, None, 30],
    },
    "permissions": {"mailbox": [7, 3, 7], "trustee": [3, 5, 3], "kind": ["SendAs", "FullAccess", "SendAs"]},
    "organisations": {
        "code": ["RR8", "A81001"],
        "name": ["LEEDS", "SURGERY"],
        "kind": ["trust", "prescriber"],
        "region": ["Y63", None],
        "icb": ["QWO", ""],
        "postcode": ["LS9", ""],
    },
}


def written(folder: Path, **changes: dict[str, list[Any]]) -> Path:
    """The tables as files in *folder*, with *changes* of their columns."""
    for name, columns in TABLES.items():
        pl.DataFrame(columns | changes.get(name, {})).write_parquet(folder / f"{name}.parquet")
    return folder


def test_an_estate_is_read_as_columns(tmp_path: Path) -> None:
    """It should order mailboxes by guid, and turn the numbers in rights into their rows."""
    population, held = read_estate(written(tmp_path))
    same = of_mailboxes(
        [
            a_mailbox(0, organisation="A81001", site="bristol", size_bytes=None),
            a_mailbox(1, organisation="RR8", size_bytes=30),
            a_mailbox(2, organisation="RR8", size_bytes=10),
        ]
    )

    assert guid_texts(same.guid) == guid_texts(population.guid)
    for name in ("organisation", "site", "bytes", "lane"):
        assert getattr(same, name).tolist() == getattr(population, name).tolist()
    assert ["A81001", "RR8"] == [body.code for body in population.organisations]
    assert [a_right(0, 1), a_right(2, 0, "SendAs")] == held.permissions(population)


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"permissions": {"mailbox": [7, 3, 99]}}, BrokenScope, "3 on 99"),
        ({"permissions": {"trustee": [3, 4, 3]}}, BrokenScope, "4 on 3"),
        ({"permissions": {"kind": ["SendAs", "Owner", "SendAs"]}}, BrokenScope, "Owner"),
        ({"mailboxes": {"guid": [guid(2), "x", guid(1)]}}, NotGuids, "'x'"),
        ({"mailboxes": {"guid": [guid(2), guid(2), guid(1)]}}, BrokenScope, guid(2)),
        ({"mailboxes": {"organisation": ["RR8", "RX9", "RR8"]}}, BrokenScope, "RX9"),
        ({"organisations": {"code": ["RR8", "RR8"]}}, BrokenScope, "RR8"),
    ],
)
def test_what_does_not_fit_is_named(
    tmp_path: Path, changes: dict[str, dict[str, list[Any]]], error: type[Exception], says: str
) -> None:
    """It should name the mailbox, organisation or right that leads nowhere or stands twice."""
    with pytest.raises(error, match=says):
        read_estate(written(tmp_path, **changes))


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    """It should say which file is no Parquet or lacks a column, and leave a missing file to the system's error."""
    written(tmp_path)
    (tmp_path / "permissions.parquet").write_bytes(b"no table")
    with pytest.raises(NotAnEstate, match=r"permissions\.parquet"):
        read_estate(tmp_path)

    pl.DataFrame({"mailbox": [1], "trustee": [1]}).write_parquet(tmp_path / "permissions.parquet")
    with pytest.raises(NotAnEstate, match="kind"):
        read_estate(tmp_path)

    (tmp_path / "permissions.parquet").unlink()
    with pytest.raises(FileNotFoundError):
        read_estate(tmp_path)
