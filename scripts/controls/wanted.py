"""What a property must be, where that is not one value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sized
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wanted:
    """A demand on a value: whether the value *fits*, and how the demand *reads* after "must be"."""

    fits: Callable[[Any], bool]
    reads: str


def met(wanted: Any, value: Any) -> bool:
    """Whether *value* is what is *wanted*: a `Wanted`, or the value itself."""
    return wanted.fits(value) if isinstance(wanted, Wanted) else bool(value == wanted)


def reading(wanted: Any) -> str:
    """How *wanted* reads in a sentence."""
    return wanted.reads if isinstance(wanted, Wanted) else repr(wanted)


def at_most(most: int) -> Wanted:
    """From 1 to *most*; 0 stands for no limit of the tenant's own."""
    return Wanted(lambda value: 1 <= _number(value) <= most, f"1 to {most}")


def one_of(values: Collection[str]) -> Wanted:
    """Any of *values*."""
    return Wanted(lambda value: value in values, f"one of {', '.join(values)}")


EMPTY = Wanted(lambda value: isinstance(value, list | tuple) and not value, "an empty list")
"""A list without entries; that it is not told is not enough."""

NONE = Wanted(lambda value: not value, "left out")
"""Nothing: absent, or without entries."""

SOME = Wanted(lambda value: isinstance(value, Sized) and len(value) > 0, "given")
"""A text or list that is not empty."""


def _number(value: Any) -> float:
    """The value as a number; 0 where it is none."""
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
