"""Lists of mailboxes that a person hands in."""

from __future__ import annotations

import pytest

from mailwave.core.address_list import LARGEST, read_addresses
from mailwave.core.bad_rows import BadRows

HEAD = b"EmailAddress\r\n"


def test_each_once_in_order() -> None:
    """It should read addresses in any case and form that Export-Csv writes, each once, and pass over other columns."""
    rows = ('"=a","B@X.example"', '"","o\'b@x.example"', '"","b@x.EXAMPLE"')
    data = "\r\n".join(("\ufeff#TYPE X", '"Name","emailaddress"', *rows)).encode()

    assert ["b@x.example", "o'b@x.example"] == read_addresses("list.csv", data)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("=HYPERLINK(a@x.example)", "a spreadsheet would run"),
        ("@SUM(1)", "a spreadsheet would run"),
        ("a\x1b[2J@x.example", "control character"),
        ("a\u202e@x.example", r"'a\u202e@x.example' where"),
        ("\u0430dmin@x.example", r"'\u0430dmin@x.example' where"),
        ("a@x.example;b@x.example", "where its EmailAddress belongs"),
        ("*", "where its EmailAddress belongs"),
        ("a@x..example", "where its EmailAddress belongs"),
        ("a b@x.example", "where its EmailAddress belongs"),
        ("a" * 65 + "@x.example", "where its EmailAddress belongs"),
        ('"a@x.example"\r\n" "', "where its EmailAddress belongs"),
    ],
)
def test_hostile_rows(cell: str, said: str) -> None:
    """It should refuse all for one bad row, name its line and reason, and show nothing that acts on a screen."""
    with pytest.raises(BadRows) as caught:
        read_addresses("list.csv", HEAD + f"a@x.example\r\n{cell}\r\n".encode())

    (row,) = caught.value.rows
    assert row.line in {3, 4}
    assert said in row.reason
    assert row.reason.isprintable()
    assert row.reason.isascii()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (HEAD, "names no mailbox"),
        (b"Mailbox\r\na@x.example\r\n", "has no column EmailAddress"),
        (b"EmailAddress,EmailAddress\r\na,b\r\n", "more than one column EmailAddress"),
        (HEAD + b"\xff@x.example\r\n", "is not UTF-8 text"),
        ("EmailAddress\r\na@x.example".encode("utf-16-le"), "UTF-16"),
        (HEAD + b'"a@x.example\r\n', "broken quoting"),
        (HEAD + b"a@x\0.example\r\n", "holds a NUL character"),
        (HEAD + b"a@x.example,b@x.example\r\n", "has 2 cells where the header has 1"),
        (b"x" * (LARGEST + 1), "more than a list of mailboxes has"),
    ],
)
def test_no_such_table(data: bytes, said: str) -> None:
    """It should say what is wrong with a file that is no such table."""
    with pytest.raises(BadRows) as caught:
        read_addresses("list.csv", data)

    assert said in str(caught.value)
