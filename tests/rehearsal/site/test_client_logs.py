"""The RPC Client Access logs."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rehearsal.estate import OUTLOOK_2010, START, Estate
from rehearsal.site import client_logs
from rehearsal.site.client_logs import ARCHIVED_DAYS, FIELDS

Line = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, estate: Estate) -> Path:
    """The logs of both servers."""
    folder = tmp_path_factory.mktemp("logs")
    client_logs.write(folder, estate, START)
    return folder


def lines(folder: Path) -> list[Line]:
    """Every line of every log, read as CSV."""
    read: list[Line] = []
    for file in sorted(folder.glob("*/RCA_*.LOG")):
        text = file.read_text(encoding="utf-8").splitlines()
        fields = (
            next(line for line in text if line.startswith("#Fields: ")).removeprefix("#Fields: ").split(",")
        )
        read += csv.DictReader([line for line in text if not line.startswith("#")], fieldnames=fields)
    return read


def test_logs_look_like_exchanges(folder: Path, estate: Estate) -> None:
    """It should write one file a day and server, with Exchange's head, its line ends and every field."""
    assert [server.name for server in estate.site.servers] == sorted(path.name for path in folder.iterdir())
    text = (folder / "EX01" / "RCA_20260825-1.LOG").read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n")
    head = text.split(b"\r\n")[:5]
    assert [b"#Software: Microsoft Exchange Server", b"#Version: 15.02.1748.010"] == head[:2]
    assert b"#Fields: " + ",".join(FIELDS).encode() == head[4]
    assert all(None not in line and None not in line.values() for line in lines(folder))


def test_everybody_with_a_client_is_seen(folder: Path, estate: Estate) -> None:
    """It should show each client in use within the last month, by the mailbox's LegacyExchangeDN (fact D28)."""
    recent = {
        line["client-name"]: line["client-software-version"]
        for line in lines(folder)
        if line["client-software"] == "OUTLOOK.EXE" and age(line) < timedelta(days=30)
    }
    expected = {mailbox.legacy_dn: mailbox.client for mailbox in estate.mailboxes if mailbox.client}
    assert expected == recent


def age(line: Line) -> timedelta:
    """How long before the present the line was written."""
    return START - datetime.fromisoformat(line["date-time"])


def test_old_files_tell_of_old_clients(folder: Path) -> None:
    """It should keep an archived day, on which people used what they use no longer."""
    old = [line for line in lines(folder) if age(line) > timedelta(days=30)]
    assert {OUTLOOK_2010} == {line["client-software-version"] for line in old}
    assert {ARCHIVED_DAYS - 1, ARCHIVED_DAYS} >= {age(line).days for line in old}


def test_nothing_is_from_the_future(folder: Path) -> None:
    """It should have no line later than the present, and each file in order."""
    assert all(age(line) >= timedelta(0) for line in lines(folder))
    for file in folder.glob("*/*.LOG"):
        stamps = [line[:24] for line in file.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
        assert stamps == sorted(stamps)


def test_logs_are_the_same_each_time(folder: Path, estate: Estate, tmp_path: Path) -> None:
    """It should write the same logs for the same estate."""
    client_logs.write(tmp_path, estate, START)
    assert {p.name: p.read_bytes() for p in folder.glob("EX01/*")} == {
        p.name: p.read_bytes() for p in tmp_path.glob("EX01/*")
    }
