"""What a roll-out to a whole nation needs of the directory: lists for all, and never a request a person but to join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Processing:
    """How far group licensing is with a group: *done* with everybody, and how many people it *refused*."""

    done: bool
    refused: int


class RollOutGroups(Protocol):
    """The licence groups, by the names of the identity stack's licences; raises as `mailwave.ports.Licences`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The groups."""
        ...

    def members(self, group: str) -> AbstractSet[str]:
        """The ids of the members of *group*."""
        ...

    def join(self, group: str, people: Sequence[str]) -> None:
        """Make *people* members of *group*; whoever is one stays one, so it may be done again."""
        ...

    def processing(self) -> Mapping[str, Processing]:
        """How far group licensing is with each group."""
        ...
