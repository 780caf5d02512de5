"""What servers have counted of their own logs: who used which protocol."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from mailwave.core.bad_rows import BadRows
from mailwave.core.client_use import owned, read_client_use, used, web_seen
from mailwave.core.web_log import WebSeen

HEADING = "log\taccount\tclient\tagent\ttls\tuses\tlast"
EDGE = "Mozilla/5.0+Chrome/140.0.0.0+Safari/537.36+Edg/140.0.0.0"
SINCE, DAY = date(2026, 8, 2), date(2026, 9, 1)
PEOPLE = pl.DataFrame(
    {
        "guid": ["g1", "g2", "g3", "g4"],
        "organisation": ["RR8", "RR8", "RX1", "RX1"],
        "account": ["anna", "same", "same", "four"],
        "upn": ["anna.a@nhs.example", None, "three@nhs.example", "Four@nhs.example"],
    }
)


def table(*lines: str) -> dict[str, bytes]:
    """The table of a server with *lines*, whose cells are split at spaces."""
    text = "\n".join((HEADING, *("\t".join(line.split(" ")) for line in lines), ""))
    return {"EX01.client-use.tsv": text.encode()}


def read(*lines: str) -> pl.DataFrame:
    """What *lines* say, of whom it is known."""
    return owned(read_client_use(table(*lines), since=SINCE), PEOPLE)


def test_a_use_belongs_to_who_has_the_name() -> None:
    """It should know an account with its domain or without, and a sign-in name, in any case of letters."""
    found = read(
        "pop NHS\\ANNA - - - 3 2026-09-01",
        "imap anna.a@NHS.example - - - 1 2026-08-20",
        "smtp four@nhs.example - - SP_PROT_TLS1_2_SERVER 2 2026-08-30",
        "pop nobody - - - 9 2026-09-01",
    )

    assert [
        ("g1", "imap", 1, date(2026, 8, 20)),
        ("g1", "pop", 3, DAY),
        ("g4", "smtp", 2, date(2026, 8, 30)),
    ] == used(found).rows()


def test_uses_at_several_servers_are_added_up() -> None:
    """It should add the uses of a mailbox by one protocol, and keep the last day."""
    found = read(
        "pop anna - - - 3 2026-08-20", "pop NHS\\anna - - - 4 2026-09-01", "pop anna - - - 9 2026-08-01"
    )

    assert [("g1", "pop", 7, DAY)] == used(found).rows()


def test_a_name_of_two_says_nothing_of_either() -> None:
    """It should pass over a name that two organisations share."""
    assert read("pop same - - - 3 2026-09-01").is_empty()


def test_the_web_tells_tls_and_browsers_of_an_organisation() -> None:
    """It should show each TLS and browser with the last day of it, and nothing where there is neither."""
    found = read(
        f"web anna owa {EDGE} 400 3 2026-08-20",
        f"web NHS\\anna owa {EDGE} 400 1 2026-09-01",
        "web anna mapi - 100 1 2026-08-03",
        "web four mapi - - 5 2026-09-01",
    )

    assert [
        ("RR8", WebSeen("1.1", date(2026, 8, 3))),
        ("RR8", WebSeen("1.2", DAY, {"edge": 140}, DAY)),
    ] == list(web_seen(found))


@pytest.mark.parametrize(
    "line",
    [
        "ftp anna - - - 1 2026-09-01",
        "pop anna - - - 0 2026-09-01",
        "pop anna - - - many 2026-09-01",
        "pop anna - - - 1 yesterday",
        "web anna owa - TLS1.2 1 2026-09-01",
        "pop anna - - -",
    ],
)
def test_a_line_that_is_no_use_is_refused(line: str) -> None:
    """It should name the file and the line."""
    with pytest.raises(BadRows) as refused:
        read_client_use(table("pop anna - - - 1 2026-09-01", line), since=SINCE)

    assert [("EX01.client-use.tsv", 3)] == [(row.file, row.line) for row in refused.value.rows]


@pytest.mark.parametrize("data", [b"", b"log\taccount\n", b"\xff\xfe\x00", b"a\tb\n1\t2\t3\n"])
def test_a_file_that_is_no_table_is_refused(data: bytes) -> None:
    """It should say so, whatever the file holds."""
    with pytest.raises(BadRows):
        read_client_use({"x.client-use.tsv": data}, since=SINCE)


def test_no_file_is_no_use() -> None:
    """It should have no line where nothing was counted."""
    assert used(owned(read_client_use({}, since=SINCE), PEOPLE)).is_empty()
