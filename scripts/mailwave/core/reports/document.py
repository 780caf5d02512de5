"""A report as values: a verdict, figures and tables whose columns say what their cells are.

A page, a workbook and JSON are made of the same values, so that none of them reckons.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

Plain = str | int | float | date | datetime | None
"""What a cell holds. None: nobody knows it, which is not 0."""


class Kind(StrEnum):
    """What the cells of a column are: *money* in whole units of a currency, *share* of 1, *moment* in UTC."""

    TEXT = "text"
    COUNT = "count"
    BYTES = "bytes"
    SHARE = "share"
    MONEY = "money"
    DAY = "day"
    MOMENT = "moment"


class Valued(NamedTuple):
    """A value of a *kind* of its own, in a column of words."""

    value: Plain
    kind: Kind


Cell = Plain | Valued


class Tone(StrEnum):
    """How good a verdict or a figure is."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Verdict(msgspec.Struct, frozen=True):
    """A *word* such as "Missed", and the *sentence* that says by how much and why."""

    word: str
    sentence: str
    tone: Tone


class Figure(msgspec.Struct, frozen=True):
    """One number that a reader looks for first; its *kind* says how it is written."""

    name: str
    value: Plain
    kind: Kind = Kind.COUNT
    tone: Tone = Tone.PLAIN


class Column(msgspec.Struct, frozen=True):
    """The head of a column, and what its cells are."""

    name: str
    kind: Kind = Kind.COUNT


class Section(msgspec.Struct, frozen=True):
    """A table under a *title* of at most 31 letters, which is how long the name of a sheet may be.

    *says* is a sentence or two above it. A section without rows says only that there are none. *of_a_kind*: its rows
    are a kind, a reason and a number, and people are shown so many of each kind at once; None: they are shown all.
    """

    title: str
    says: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    of_a_kind: int | None = None


class Document(msgspec.Struct, frozen=True):
    """The report on *subject*, as it was *at* a moment in UTC."""

    title: str
    subject: str
    environment: str
    at: datetime
    verdict: Verdict
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]


def text(name: str) -> Column:
    """A column of words."""
    return Column(name, Kind.TEXT)


def size(name: str) -> Column:
    """A column of bytes."""
    return Column(name, Kind.BYTES)


def day(name: str) -> Column:
    """A column of local days."""
    return Column(name, Kind.DAY)


def count(name: str) -> Column:
    """A column of whole numbers."""
    return Column(name)
