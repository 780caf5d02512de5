"""The log that lets a rehearsal outlive its process."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from rehearsal.command_log import CommandLog, CommandLogBroken
from rehearsal.wire import CmdletCall, CmdletResult, Reply, Request


class Counter:
    """A service that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def handle(self, request: Request) -> Reply:
        """Remember the body."""
        self.told.append(request.body.decode())
        return Reply(200)

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """Remember the cmdlet."""
        self.told.append(call.cmdlet)
        return CmdletResult()


def a_log(path: Path, counter: Counter) -> CommandLog:
    """A log in front of *counter*."""
    return CommandLog(path, {"counter": counter.handle}, {"counter": counter.invoke})


def told(path: Path, *bodies: str) -> None:
    """Tell a counter behind the log at *path* each of *bodies*, then a cmdlet."""
    log = a_log(path, Counter())
    for body in bodies:
        log.perform("counter", Request("POST", "/", body=body.encode()))
    log.invoke("counter", CmdletCall("me", "Get-Mailbox"))
    log.close()


class TestCommandLog:
    """Commands survive their process."""

    def test_replays_what_was_performed(self, tmp_path: Path) -> None:
        """It should carry out again, in order, every command of an earlier process."""
        told(tmp_path / "log", "one", "two")

        again = Counter()
        a_log(tmp_path / "log", again).close()

        assert ["one", "two", "Get-Mailbox"] == again.told

    def test_refuses_what_it_cannot_write_down(self, tmp_path: Path) -> None:
        """It should carry out nothing that does not fit on the disk, and keep no part of it."""
        told(tmp_path / "log", "one")
        before = (tmp_path / "log").read_bytes()
        counter = Counter()
        log = a_log(tmp_path / "log", counter)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, hard))
        try:
            with pytest.raises(OSError, match="No space"):
                log.perform("counter", Request("POST", "/", body=b"two"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            log.close()

        assert ["one", "Get-Mailbox"] == counter.told
        assert before == (tmp_path / "log").read_bytes()

    def test_forgets_a_torn_last_line(self, tmp_path: Path) -> None:
        """It should drop a line that was being written at the kill, and go on behind the whole ones."""
        told(tmp_path / "log", "one")
        with (tmp_path / "log").open("ab") as file:
            file.write(b'{"service":"coun')

        log = a_log(tmp_path / "log", Counter())
        log.perform("counter", Request("POST", "/", body=b"two"))
        log.close()
        again = Counter()
        a_log(tmp_path / "log", again).close()

        assert ["one", "Get-Mailbox", "two"] == again.told

    def test_names_a_broken_line(self, tmp_path: Path) -> None:
        """It should refuse a log with an unreadable line in the middle and name the line."""
        (tmp_path / "log").write_bytes(b'nonsense\n{"service":"counter"}\n')

        with pytest.raises(CommandLogBroken) as refusal:
            a_log(tmp_path / "log", Counter())

        assert 1 == refusal.value.line
