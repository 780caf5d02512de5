"""What a site offers: each cmdlet with how it is carried out and which of its parameters take effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from rehearsal.site.binding import Bound
from rehearsal.wire import CmdletResult

Run = Callable[[Bound], CmdletResult]


@dataclass(frozen=True)
class Offered:
    """One cmdlet; *parameters* are those that take effect, besides those of every cmdlet."""

    run: Run
    parameters: frozenset[str]


def offered(parameters: str, run: Run) -> Offered:
    """A cmdlet whose modelled parameters are the words of *parameters*."""
    return Offered(run, frozenset(parameters.split()))


Offer = Mapping[str, Offered]
"""Cmdlets by name."""


class Part(Protocol):
    """Whatever offers cmdlets."""

    @property
    def cmdlets(self) -> Offer:
        """What it offers."""


def joined(parts: Iterable[Part]) -> Offer:
    """All that *parts* offer; of two cmdlets of one name the later part's."""
    return {name: each for part in parts for name, each in part.cmdlets.items()}
