"""Every request that reached the simulated estate, in order, on disk before it takes effect.

The services are deterministic functions of (seed, estate, order of requests), so a rehearsal that was killed is
rebuilt by replaying this file: whatever took effect before the kill has taken effect again after it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from rehearsal.errors import RehearsalError
from rehearsal.wire import CmdletCall, CmdletResult, Reply, Request

Handler = Callable[[Request], Reply]
Invoker = Callable[[CmdletCall], CmdletResult]


class _Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    service: str
    request: Request | None = None
    call: CmdletCall | None = None


class CommandLogBroken(RehearsalError):
    """A line of the log, other than a torn last one, cannot be read."""

    exit_code = 2
    advice = "that rehearsal is lost: remove its folder and start it again"

    def __init__(self, *, path: Path, line: int) -> None:
        self.path = path
        self.line = line
        super().__init__(f"{path}: line {line} is not a command")


class CommandLog:
    """The one door to the simulated services: it writes a command down, then has it carried out.

    *handlers* answer HTTP requests and *invokers* run cmdlets, both by service name.
    """

    def __init__(self, path: Path, handlers: Mapping[str, Handler], invokers: Mapping[str, Invoker]) -> None:
        self._path = path
        self._handlers = dict(handlers)
        self._invokers = dict(invokers)
        self._encode = msgspec.json.Encoder().encode
        self._replay()
        self._file: BinaryIO = path.open("ab", buffering=0)

    def perform(self, service: str, request: Request) -> Reply:
        """Write *request* down and return the service's answer."""
        self._write_down(_Entry(service, request=request))
        return self._handlers[service](request)

    def invoke(self, service: str, call: CmdletCall) -> CmdletResult:
        """Write *call* down and return what the cmdlet wrote."""
        self._write_down(_Entry(service, call=call))
        return self._invokers[service](call)

    def _write_down(self, entry: _Entry) -> None:
        """Write one whole line or none: a full disk takes the part that fits, and then nothing may be carried out."""
        line = self._encode(entry) + b"\n"
        size = os.fstat(self._file.fileno()).st_size
        if self._file.write(line) != len(line):
            self._file.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))

    def close(self) -> None:
        """Close the file; nothing may be performed afterwards."""
        self._file.close()

    def _replay(self) -> None:
        if not self._path.exists():
            return
        data = self._path.read_bytes()
        whole, _, torn = data.rpartition(b"\n")
        if torn:  # killed while the last line was being written: that command never took effect
            self._path.write_bytes(whole + b"\n" if whole else b"")
        decode = msgspec.json.Decoder(_Entry).decode
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                entry = decode(line)
            except msgspec.DecodeError:
                raise CommandLogBroken(path=self._path, line=number) from None
            self._carry_out(entry)

    def _carry_out(self, entry: _Entry) -> None:
        if entry.request is not None:
            self._handlers[entry.service](entry.request)
        if entry.call is not None:
            self._invokers[entry.service](entry.call)
