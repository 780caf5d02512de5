"""Tables of leavers and of transfers."""

import pytest

from mailwave.core.amendment_files import read_leavers, read_transfers
from mailwave.core.amendments import Transfer
from mailwave.core.bad_rows import BadRows
from tests.mailwave.builders import guid


def test_leavers_are_read() -> None:
    """It should take ExchangeGuids in any case, in the order of the files, past columns that nobody wants."""
    one = f"Name,ExchangeGuid\nA,{guid(2).upper()}\nB,{guid(1)}\n".encode()
    two = f"exchangeguid\r\n{guid(0)}\r\n".encode("utf-16")

    assert [guid(2), guid(1), guid(0)] == read_leavers({"one.csv": one, "two.csv": two})


def test_transfers_are_read() -> None:
    """It should take a mailbox and the organisation that it goes to."""
    table = f"ExchangeGuid,Organisation\n{guid(1)},A81001\n".encode()

    assert [Transfer(guid(1), "A81001")] == read_transfers({"t.csv": table}, {"A81001"})


@pytest.mark.parametrize(
    ("table", "line", "reason"),
    [
        (f"ExchangeGuid,Organisation\n{guid(1)},X9\n", 2, "no organisation in scope"),
        ("ExchangeGuid,Organisation\nperson1@nhsmail.example,RR8\n", 2, "where its ExchangeGuid belongs"),
        (f"ExchangeGuid,Organisation\n{guid(1)},RR8\n{guid(1).upper()},RR8\n", 3, "repeats"),
        (f"ExchangeGuid,Organisation\n{guid(1)},RR8\x07\n", 2, "control characters"),
        (f"ExchangeGuid\n{guid(1)}\n", 1, "has no column Organisation"),
        ("ExchangeGuid,Organisation\n", 0, "holds no row"),
        ("", 0, "is empty"),
    ],
)
def test_a_bad_row_refuses_the_whole(table: str, line: int, reason: str) -> None:
    """It should name file, line and reason, and take nothing."""
    with pytest.raises(BadRows, match=reason) as caught:
        read_transfers({"t.csv": table.encode()}, {"RR8"})
    assert ("t.csv", line) == (caught.value.rows[0].file, caught.value.rows[0].line)
