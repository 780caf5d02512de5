"""What a plan must keep to, as one JSON file that every planner and the checker read.

Values only: the planners compared, and the checker that judges them, share nothing else.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

FILE = "terms.json"
"""In the folder of the estate, beside its Parquet files."""


class Unit(msgspec.Struct, frozen=True):
    """What one mailbox takes: *fixed*, and one more for each *bytes_each* that it holds; 0: its size is no matter."""

    fixed: int
    bytes_each: int = 0

    def amount(self, size: int) -> int:
        """For a mailbox of *size* bytes."""
        return self.fixed + (size // self.bytes_each if self.bytes_each else 0)


class Limit(msgspec.Struct, frozen=True):
    """A bucket, counted in *unit*, of one *site* or of all: what each night adds, and the most that it can hold."""

    name: str
    unit: str
    site: str | None
    refill: list[int]
    depth: list[int]


class Organisation(msgspec.Struct, frozen=True):
    """From which night on it may move, and the spans of nights, both ends included, in which it may not."""

    ready: int
    frozen: list[tuple[int, int]]


class Group(msgspec.Struct, frozen=True):
    """The most that moves as one: mailboxes and bytes. Trustees of more than *hub* mailboxes join nobody."""

    mailboxes: int
    bytes: int
    hub: int


class Grant(msgspec.Struct, frozen=True):
    """A figure as `environments/limits.*.yaml` names it, and those of single sites where they differ."""

    figure: int
    sites: dict[str, int] = {}


class Terms(msgspec.Struct, frozen=True):
    """All of it. Nights are counted from 0, a calendar day each, the first on *first*.

    *grants* and *limits* say the same: *grants* by the names that our planner makes its buckets of, *limits* as the
    buckets themselves, for planners and checkers that know no names. *prices* are those of severed rights.
    """

    first: date
    nights: int
    units: dict[str, Unit]
    grants: dict[str, Grant]
    limits: list[Limit]
    organisations: dict[str, Organisation]
    group: Group
    prices: dict[str, int]
    hard: list[str]


def read(folder: Path, name: str = FILE) -> Terms:
    """The terms called *name* in *folder*."""
    return msgspec.json.decode((folder / name).read_bytes(), type=Terms)


def write(terms: Terms, folder: Path, name: str = FILE) -> None:
    """Put *terms* into *folder*, under *name*."""
    (folder / name).write_bytes(msgspec.json.encode(terms))
