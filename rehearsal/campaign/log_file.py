"""The event log in a file: one record a day, written when the day is over, so that a killed campaign can go on.

The file begins with the digest of the campaign that it belongs to. A record is the day's number and its count of words,
the words, and the sha256 of both. A record that is cut off was being written when the process ended: that day never
took place, and is cut away.
"""

from __future__ import annotations

import hashlib
import os
import struct
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from rehearsal.campaign.draws import Words
from rehearsal.campaign.errors import LogFileBroken, LogUnusable, OtherCampaign
from rehearsal.campaign.events import EventLog
from rehearsal.campaign.world import World

_HEAD = struct.Struct("<QQ")
_DIGEST = hashlib.sha256().digest_size
_WORD = np.dtype("<u8")


@dataclass
class LogFile(EventLog):
    """An event log each of whose days is on the disk before the next one begins."""

    file: BinaryIO = field(kw_only=True)

    @classmethod
    def opened(cls, path: Path, world: World) -> LogFile:
        """Open the log of the campaign on *world*, with the days that are in it, or begin it.

        :raises OtherCampaign: if it is the log of other mailboxes, another profile or another seed.
        :raises LogFileBroken: if a whole record of it is not what was written.
        :raises LogUnusable: if the file cannot be opened.
        """
        with ExitStack() as unless_opened:
            file = unless_opened.enter_context(_opened(path))
            file.seek(0)
            found = file.read(_DIGEST)
            if len(found) < _DIGEST:
                file.truncate(0)
                file.write(world.digest)
                file.flush()
            elif found != world.digest:
                raise OtherCampaign(path=path)
            days = _days(file, path)
            unless_opened.pop_all()
            return cls(days, file=file)

    def append(self, words: Words) -> None:
        """Write a day, whole or not at all."""
        data = words.astype(_WORD, copy=False).tobytes()
        head = _HEAD.pack(len(self.days), len(words))
        self.file.write(head + data + hashlib.sha256(head + data).digest())
        self.file.flush()
        os.fsync(self.file.fileno())
        super().append(words)

    def close(self) -> None:
        """Close the file; nothing may be appended afterwards."""
        self.file.close()


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("a+b")
    except OSError as problem:
        raise LogUnusable(path=path, problem=problem) from None


def _days(file: BinaryIO, path: Path) -> list[Words]:
    """Read the whole records from where *file* stands, and cut away what comes after them."""
    days: list[Words] = []
    whole = file.tell()
    while len(head := file.read(_HEAD.size)) == _HEAD.size:
        number, count = _HEAD.unpack(head)
        left = os.fstat(file.fileno()).st_size - file.tell()
        if count * _WORD.itemsize + _DIGEST > left:
            break
        data = file.read(count * _WORD.itemsize)
        if number != len(days) or file.read(_DIGEST) != hashlib.sha256(head + data).digest():
            raise LogFileBroken(path=path, day=len(days))
        days.append(np.frombuffer(data, dtype=_WORD).astype(np.uint64))
        whole = file.tell()
    file.truncate(whole)
    file.seek(0, os.SEEK_END)
    return days
