"""Tables of delegate rights."""

from __future__ import annotations

import pytest

from mailwave.core.bad_rows import BadRows
from mailwave.core.estate import RIGHTS, Permission
from mailwave.core.permissions import read_permissions
from tests.mailwave.builders import guid

KNOWN = [guid(n) for n in range(3)]
HEAD = "Mailbox,Trustee,Right\r\n"


def table(*rows: tuple[str, str, str]) -> dict[str, bytes]:
    """A file of those rows."""
    return {"rights.csv": (HEAD + "".join(",".join(row) + "\r\n" for row in rows)).encode()}


def test_rights_are_read_sorted_and_once() -> None:
    """It should read rights in either case, sort them, and take a repeated one once."""
    pairs = [(on, by, kind) for on in range(3) for by in range(3) for kind in RIGHTS if on != by]
    rows = [(guid(on).upper(), guid(by), kind) for on, by, kind in reversed(pairs)]

    expected = [Permission(guid(on), guid(by), kind) for on, by, kind in pairs]

    assert expected == read_permissions(table(*rows, rows[0]), KNOWN)


def test_no_files_are_no_rights() -> None:
    """It should find nothing in nothing."""
    assert [] == read_permissions({}, KNOWN)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((guid(0), guid(1), "ReadPermission"), "'ReadPermission'"),
        ((guid(9), guid(1), "SendAs"), "is no mailbox of the inventory"),
        ((guid(0), "LEEDS\\somebody", "SendAs"), "is no mailbox of the inventory"),
    ],
)
def test_one_bad_row_refuses_all(row: tuple[str, str, str], said: str) -> None:
    """It should name the file, the line and the problem of a bad row, and read nothing."""
    with pytest.raises(BadRows) as caught:
        read_permissions(table((guid(0), guid(1), "SendAs"), row), KNOWN)

    assert said in str(caught.value)
    assert "rights.csv" in str(caught.value)
    assert [3] == [fault.line for fault in caught.value.rows]
